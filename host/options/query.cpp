#include "host/options/query.hpp"

#include <fmt/format.h>

#include <charconv>
#include <ocellus/sdk/error.hpp>

namespace ocellus::options {

oc_query parse_query(std::string_view text) {
  const size_t colon = text.find(':');
  const std::string_view word = text.substr(0, colon);
  if (colon == std::string_view::npos) {
    if (word == "last") return {OC_QUERY_LAST, 0, 0};
    if (word == "answer") return {OC_QUERY_ANSWER, 0, 0};
    if (word == "generated") return {OC_QUERY_GENERATED, 0, 0};
    if (word == "question") return {OC_QUERY_QUESTION, 0, 0};
  } else {
    const std::string_view digits = text.substr(colon + 1);
    int64_t index = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (error == std::errc() && end == digits.data() + digits.size() && index >= 0 && index <= 100'000'000) {
      if (word == "answer") return {OC_QUERY_ANSWER_TOKEN, 0, index};
      if (word == "position") return {OC_QUERY_POSITION, 0, index};
    }
  }
  throw Error(
      OC_E_OPTION,
      fmt::format("'{}' is not a query: write last, answer, answer:K, generated, question or position:P", text));
}

}  // namespace ocellus::options
