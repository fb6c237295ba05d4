#include "host/options/index_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ocellus/sdk/error.hpp>

namespace ocellus::options {
namespace {

[[noreturn]] void refuse(std::string_view text) {
  throw Error(
      OC_E_OPTION,
      fmt::format("'{}' is not an index set: write 3, -1, 0..11, 0..3+20, all, early, middle, late or auto", text));
}

int64_t number(std::string_view digits, std::string_view whole) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value > 1'000'000 || value < -1'000'000)
    refuse(whole);
  return value;
}

}  // namespace

IndexSet IndexSet::parse(std::string_view text) {
  IndexSet set;
  if (text == "auto") {
    set.auto_ = true;
    return set;
  }
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('+', begin), text.size());
    const std::string_view item = text.substr(begin, end - begin);
    begin = end + 1;
    if (item == "all") {
      set.items_.push_back({Word::all, 0, 0});
    } else if (item == "early") {
      set.items_.push_back({Word::early, 0, 0});
    } else if (item == "middle") {
      set.items_.push_back({Word::middle, 0, 0});
    } else if (item == "late") {
      set.items_.push_back({Word::late, 0, 0});
    } else if (const size_t dots = item.find(".."); dots != std::string_view::npos) {
      set.items_.push_back({Word::none, number(item.substr(0, dots), text), number(item.substr(dots + 2), text)});
    } else {
      const int64_t value = number(item, text);
      set.items_.push_back({Word::none, value, value});
    }
  }
  return set;
}

std::vector<int64_t> IndexSet::resolve(std::string_view what, int64_t count) const {
  const auto from_end = [&](int64_t value) {
    const int64_t index = value < 0 ? value + count : value;
    if (index < 0 || index >= count) {
      throw Error(OC_E_UNSUPPORTED,
                  fmt::format("{} {} does not exist: this model has {} of them, 0 to {} (or -{} to -1)", what, value,
                              count, count - 1, count));
    }
    return index;
  };
  std::vector<int64_t> indices;
  for (const Item& item : items_) {
    int64_t first = 0, last = count - 1;
    switch (item.word) {
      case Word::all:
        break;
      case Word::early:
        last = count / 3 - 1;
        break;
      case Word::middle:
        first = count / 3, last = 2 * count / 3 - 1;
        break;
      case Word::late:
        first = 2 * count / 3;
        break;
      case Word::none:
        first = from_end(item.first), last = from_end(item.last);
        break;
    }
    const int64_t step = item.word == Word::none && first > last ? -1 : 1;
    for (int64_t index = first; step > 0 ? index <= last : index >= last; index += step) {
      if (std::find(indices.begin(), indices.end(), index) == indices.end()) indices.push_back(index);
    }
  }
  if (indices.empty() && !auto_) {
    throw Error(OC_E_UNSUPPORTED, fmt::format("the set of {}s is empty: this model has only {}", what, count));
  }
  return indices;
}

}  // namespace ocellus::options
