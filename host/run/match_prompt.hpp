// How a model is asked whether a candidate matches a query.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/run/retrieval.hpp"
#include "host/run/sample.hpp"

namespace ocellus::run {

// The names of the forms: auto, simple, saliency.
const std::vector<std::string>& match_prompt_forms();

class MatchPrompt {
 public:
  // A form by name, or else the file of a template, whose {query}, {caption}, {query-image} and {candidate-image} are
  // what a question is made of. Throws Error(OC_E_OPTION) for a template without a candidate's picture, or with other
  // words in braces, and Error(OC_E_MODEL) for a file that cannot be read.
  explicit MatchPrompt(const std::string& form_or_file);

  // A sample of one user turn, with its pictures. `candidate_image` is set to the place of the candidate's. Throws
  // Error(OC_E_OPTION) where the prompt lacks what the query has, or the other way round.
  Sample ask(const Query& query, const Candidate& candidate, size_t& candidate_image) const;

 private:
  std::string text_for(const Query& query, const Candidate& candidate) const;

  std::string form_;      // "" = a template of the user's
  std::string template_;  // of a file
};

}  // namespace ocellus::run
