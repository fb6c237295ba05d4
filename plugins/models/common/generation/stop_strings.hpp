// Texts that end an answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ocellus::models {

class StopStrings {
 public:
  explicit StopStrings(std::vector<std::string> texts) : texts_(std::move(texts)) {}

  // The answer goes on with these bytes of one token. True if they complete one of the texts, which may have begun in
  // earlier tokens, whatever follows it in the token (as StopStringCriteria of transformers).
  bool end_with(std::string_view bytes);

 private:
  std::vector<std::string> texts_;
  std::string answer_;
};

}  // namespace ocellus::models
