// A question on its way to the encoder of text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/common/tokenizer/tokenizer.hpp"
#include "plugins/models/qavit/config.hpp"

namespace ocellus::qavit {

struct Question {
  std::string text;  // that was tokenised
  std::vector<int64_t> ids;
  std::vector<bool> is_special;  // of the tokenizer's template, not the question's text
};

// As QA-ViT cleans a question before training and asking (its pre_question): in lower case, without the marks . ! " ( )
// * # : ; ~, no white space at the end, and of what single blanks part no more than the first `most_words`. A question
// mark stays.
std::string clean_question(std::string_view text, int64_t most_words);

// Throws Error(OC_E_SAMPLE) if there is nothing to ask, or if it is longer than the encoder takes and not to be cut.
Question tokenize_question(std::string_view text, const QuestionConfig& config, const models::Tokenizer& tokenizer);

}  // namespace ocellus::qavit
