#include "plugins/models/qavit/question.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>

#include "plugins/models/common/tokenizer/characters.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::qavit {

namespace {

std::string lower_case(std::string_view text) {
  std::string lower;
  for (size_t at = 0; at < text.size();) {
    const models::Utf8Unit unit = models::read_utf8(text, at);
    if (unit.valid) {
      models::append_utf8(lower, models::to_lower(unit.code_point));
    } else {
      lower += text.substr(at, unit.length);
    }
    at += unit.length;
  }
  return lower;
}

}  // namespace

std::string clean_question(std::string_view text, int64_t most_words) {
  constexpr std::string_view deleted = ".!\"()*#:;~";
  std::string clean = lower_case(text);
  std::erase_if(clean, [&](char letter) { return deleted.find(letter) != std::string_view::npos; });
  clean.erase(clean.find_last_not_of(' ') + 1);
  size_t end = 0;
  for (int64_t word = 0; word < most_words && end != std::string::npos; ++word)
    end = clean.find(' ', end + (word > 0 ? 1 : 0));
  return clean.substr(0, end);
}

Question tokenize_question(std::string_view text, const QuestionConfig& config, const models::Tokenizer& tokenizer) {
  Question question;
  question.text = config.most_words ? clean_question(text, *config.most_words) : std::string(text);
  if (question.text.find_first_not_of(" \t\r\n") == std::string::npos)
    throw Error(OC_E_SAMPLE, "there is no question: this model looks at a picture with one in mind");
  const std::vector<models::Token> tokens =
      config.most_tokens
          ? tokenizer.encode(question.text, config.adds_special_tokens, static_cast<size_t>(*config.most_tokens))
          : tokenizer.encode(question.text, config.adds_special_tokens);
  for (const models::Token& token : tokens) {
    question.ids.push_back(token.id);
    question.is_special.push_back(token.begin == token.end && tokenizer.is_special(token.id));
  }
  models::check_text_ids(question.ids, config.encoder);
  return question;
}

}  // namespace ocellus::qavit
