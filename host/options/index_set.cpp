#include "host/options/index_set.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <numeric>
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

std::vector<int64_t> IndexSet::resolve_item(const Item& item, std::string_view what, int64_t count) {
  const auto from_end = [&](int64_t value) {
    const int64_t index = value < 0 ? value + count : value;
    if (index < 0 || index >= count) {
      throw Error(OC_E_UNSUPPORTED,
                  fmt::format("{} {} does not exist: this model has {} of them, 0 to {} (or -{} to -1)", what, value,
                              count, count - 1, count));
    }
    return index;
  };
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
  std::vector<int64_t> indices;
  for (int64_t index = first; step > 0 ? index <= last : index >= last; index += step) indices.push_back(index);
  return indices;
}

std::vector<int64_t> IndexSet::resolve(std::string_view what, int64_t count) const {
  std::vector<int64_t> everything(static_cast<size_t>(std::max<int64_t>(count, 0)));
  std::iota(everything.begin(), everything.end(), 0);
  return resolve_among(what, count, everything, "").indices;
}

IndexSet::Possible IndexSet::resolve_among(std::string_view what, int64_t count, std::span<const int64_t> possible,
                                           std::string_view why) const {
  Possible result;
  const auto add = [](std::vector<int64_t>& to, int64_t index) {
    if (std::find(to.begin(), to.end(), index) == to.end()) to.push_back(index);
  };
  for (const Item& item : items_) {
    for (const int64_t index : resolve_item(item, what, count)) {
      if (std::binary_search(possible.begin(), possible.end(), index)) {
        add(result.indices, index);
      } else if (item.word != Word::none) {
        add(result.left_out, index);
      } else {
        throw Error(OC_E_UNSUPPORTED,
                    fmt::format("{} {} {}; there are: {}", what, index, why, fmt::join(possible, ", ")));
      }
    }
  }
  std::sort(result.left_out.begin(), result.left_out.end());
  if (result.indices.empty() && !result.left_out.empty()) {
    throw Error(OC_E_UNSUPPORTED,
                fmt::format("each {} of this set {}; there are: {}", what, why, fmt::join(possible, ", ")));
  }
  if (result.indices.empty() && !auto_) {
    throw Error(OC_E_UNSUPPORTED, fmt::format("the set of {}s is empty: this model has only {}", what, count));
  }
  return result;
}

}  // namespace ocellus::options
