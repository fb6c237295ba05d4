// Named ways to put a question, as published studies put theirs.
#pragma once

#include <string>
#include <vector>

#include "host/run/sample.hpp"

namespace ocellus::run {

struct PromptTemplate {
  const char* name;
  const char* text;  // "{question}" stands where the question goes
};

// All there are, by name.
const std::vector<PromptTemplate>& prompt_templates();

// The text of the last user turn becomes the template's, with that text for its question; where the turn has several
// texts between pictures, what stands before the question goes before the first and what stands behind it after the
// last. A question that is put so already stays as it is: published files often bring the words with them. Throws
// Error(OC_E_OPTION) for a name that is not there, Error(OC_E_SAMPLE) without a text to put.
void apply_prompt_template(const std::string& name, Sample& sample);

}  // namespace ocellus::run
