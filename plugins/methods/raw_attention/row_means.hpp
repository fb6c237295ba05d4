// Attention rows reduced over heads, then averaged over the rows, layer by layer.
#pragma once

#include <cstdint>
#include <map>
#include <ocellus/sdk/method.hpp>
#include <span>
#include <vector>

namespace ocellus::methods {

enum class HeadReduction { mean, max, none };  // the mean of one head is that head

// Values of one row, [keys], reduced over the heads of `capture`, which is [heads, rows, keys]; with none, [heads,
// keys].
std::vector<double> reduce_heads(const Capture& capture, size_t row, HeadReduction heads);

class RowMeans {
 public:
  void add(const Capture& capture, HeadReduction heads);

  bool empty() const { return layers_.empty(); }
  // What the last axis of the captures was, sorted: token indices of keys. Empty for masses.
  std::span<const int64_t> keys() const { return keys_; }
  // The place of `token` among the keys.
  size_t place_of(int64_t token) const;
  // Mean over the rows seen; of a head where heads were not reduced. Throws std::out_of_range for a layer or a head
  // that was not captured.
  double at(int64_t layer, size_t place, size_t head = 0) const;
  size_t rows(int64_t layer) const { return layers_.at(layer).rows; }

 private:
  struct Layer {
    std::vector<double> sums;  // [keys] or [heads, keys]
    size_t n_keys = 0, rows = 0;
  };
  std::map<int64_t, Layer> layers_;
  std::vector<int64_t> keys_;
};

}  // namespace ocellus::methods
