// Index sets of the command line: `3`, `-1`, `0..11+20`, `all`, `late`, `auto`.
#pragma once

#include <cstdint>
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

 private:
  enum class Word { none, all, early, middle, late };
  struct Item {
    Word word;
    int64_t first, last;  // inclusive; for Word::none
  };
  std::vector<Item> items_;
  bool auto_ = false;
};

}  // namespace ocellus::options
