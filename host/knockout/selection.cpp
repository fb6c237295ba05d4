#include "host/knockout/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ocellus/sdk/error.hpp>

namespace ocellus::knockout {
namespace {

struct Word {
  const char* name;
  std::vector<uint32_t> segments;
};

// Those that stand for kinds of segments.
const std::vector<Word>& words() {
  static const std::vector<Word> all{{"question", {OC_SEGMENT_QUESTION}},
                                     {"system", {OC_SEGMENT_SYSTEM}},
                                     {"special", {OC_SEGMENT_BOS, OC_SEGMENT_SPECIAL}},
                                     {"text",
                                      {OC_SEGMENT_BOS, OC_SEGMENT_SYSTEM, OC_SEGMENT_USER_TEXT, OC_SEGMENT_QUESTION,
                                       OC_SEGMENT_ASSISTANT_TEXT, OC_SEGMENT_SPECIAL}}};
  return all;
}

[[noreturn]] void refuse(std::string_view text) {
  throw Error(OC_E_OPTION,
              fmt::format("'{}' names no tokens: write image, image:K, question, system, special, text, last, answer, "
                          "all or places such as 5, -1 and 5..9, joined by +; rows also answer:K",
                          text));
}

// The K of "image:K".
int64_t number_behind(std::string_view item, std::string_view text) {
  const std::string_view digits = item.substr(item.find(':') + 1);
  int64_t value = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 0) refuse(text);
  return value;
}

}  // namespace

Selection Selection::parse(std::string_view text, Of of) {
  Selection selection;
  const bool is_row = of == Of::rows;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('+', begin), text.size());
    const std::string_view item = text.substr(begin, end - begin);
    begin = end + 1;
    const auto known =
        std::find_if(words().begin(), words().end(), [&](const Word& word) { return word.name == item; });
    if (known != words().end()) {
      for (const uint32_t kind : known->segments) selection.items_.push_back({OC_SELECT_SEGMENT, kind});
    } else if (item == "all") {
      selection.items_.push_back({OC_SELECT_ALL});
    } else if (item == "last") {
      selection.items_.push_back({OC_SELECT_LAST});
    } else if (item == "image") {
      selection.items_.push_back({OC_SELECT_IMAGE, -1});
    } else if (item.starts_with("image:")) {
      selection.items_.push_back({OC_SELECT_IMAGE, number_behind(item, text)});
    } else if (item == "answer") {
      selection.items_.push_back(is_row ? Item{OC_SELECT_ANSWER} : Item{OC_SELECT_SEGMENT, OC_SEGMENT_ANSWER});
    } else if (is_row && item.starts_with("answer:")) {
      selection.items_.push_back({OC_SELECT_ANSWER, 0, {number_behind(item, text)}});
    } else if (!item.empty() && item.find_first_not_of("0123456789-.") == std::string_view::npos) {
      selection.items_.push_back({.kind = OC_SELECT_INDICES, .places = options::IndexSet::parse(item)});
    } else {
      refuse(text);
    }
  }
  return selection;
}

RawSelection::RawSelection(const Selection& selection, int64_t tokens) {
  for (const Selection::Item& item : selection.items_) {
    std::vector<int64_t>& indices = indices_.emplace_back(item.indices);
    try {
      if (item.places) indices = item.places->resolve("token", tokens);
    } catch (const Error& error) {
      throw Error(OC_E_SAMPLE, std::string(error.what()));
    }
    oc_select& select = selects_.emplace_back();
    select = {};
    select.struct_size = sizeof select;
    select.kind = item.kind;
    select.argument = item.argument;
    select.indices = indices.data();
    select.n_indices = indices.size();
    pointers_.push_back(&select);
  }
}

}  // namespace ocellus::knockout
