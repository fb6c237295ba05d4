// A capture as the host hands it to a method.
#pragma once

#include <cstdint>
#include <ocellus/sdk/method.hpp>
#include <utility>
#include <vector>

namespace ocellus::test {

struct Piece {
  int32_t layer = 0;
  std::vector<int64_t> heads, rows, keys;
  std::vector<float> values;   // in C order
  std::vector<int64_t> shape;  // [heads, rows, keys] or [rows, width]

  // Calls `use` with it.
  template <class Use>
  void give(Use&& use) const {
    const TensorPointer tensor = make_tensor(values, shape);
    oc_capture raw{};
    raw.struct_size = sizeof raw;
    raw.layer = layer;
    raw.heads = heads.data(), raw.n_heads = heads.size();
    raw.rows = rows.data(), raw.n_rows = rows.size();
    raw.keys = keys.data(), raw.n_keys = keys.size();
    raw.tensor = tensor.get();
    use(Capture(&raw));
  }
};

// Attention of one head: `values` [rows, keys] of the rows from `first` on.
inline Piece attention(int32_t layer, int64_t first, std::vector<std::vector<float>> rows) {
  Piece piece{layer, {0}, {}, {}, {}, {}};
  for (size_t row = 0; row < rows.size(); ++row) {
    piece.rows.push_back(first + static_cast<int64_t>(row));
    piece.values.insert(piece.values.end(), rows[row].begin(), rows[row].end());
  }
  const auto n_keys = static_cast<int64_t>(rows.front().size());
  for (int64_t key = 0; key < n_keys; ++key) piece.keys.push_back(key);
  piece.shape = {1, static_cast<int64_t>(rows.size()), n_keys};
  return piece;
}

}  // namespace ocellus::test
