// Index sets of the command line: `3`, `-1`, `0..11+20`, `all`, `late`, `auto`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ocellus::options {

class IndexSet {
 public:
  // Throws Error(OC_E_OPTION) on text that is no index set.
  static IndexSet parse(std::string_view text);

  // `auto` leaves the choice to the method.
  bool is_auto() const { return auto_; }

  // The indices meant among `count` things called `what` ("layer"), in the order written, duplicates dropped.
  // Negative ones count from the end. Throws Error(OC_E_UNSUPPORTED) with the range when one does not exist.
  std::vector<int64_t> resolve(std::string_view what, int64_t count) const;

  struct Possible {
    std::vector<int64_t> indices;   // as resolve gives them
    std::vector<int64_t> left_out;  // what only words meant; sorted
  };
  // The same where only those in `possible`, which is sorted, can be had. Throws Error(OC_E_UNSUPPORTED) with `why`
  // ("attends within windows") when a number names another one, or when words leave nothing.
  Possible resolve_among(std::string_view what, int64_t count, std::span<const int64_t> possible,
                         std::string_view why) const;

 private:
  enum class Word { none, all, early, middle, late };
  struct Item {
    Word word;
    int64_t first, last;  // inclusive; for Word::none
  };
  static std::vector<int64_t> resolve_item(const Item& item, std::string_view what, int64_t count);

  std::vector<Item> items_;
  bool auto_ = false;
};

}  // namespace ocellus::options
