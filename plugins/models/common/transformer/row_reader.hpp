// How attention rows leave the kernel. Free of libtorch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ocellus::models {

// Query rows of one block. The arrays are reused by the next block.
struct AttentionTile {
  const float* values;  // [heads, rows, keys]: float32 probabilities before any cast; keys after a row's own are 0
  int64_t heads;
  int64_t first_row;  // index of rows[0] among the queries
  int64_t rows;
  int64_t keys;  // keys 0 .. keys-1; later ones have probability 0

  std::span<const float> row(int64_t head, int64_t row) const {
    return {values + (head * rows + row) * keys, static_cast<size_t>(keys)};
  }
};

// The same rows on the way back, block by block.
struct AttentionGradientTile {
  AttentionTile probabilities;
  // As AttentionTile::values, of a scalar times `factor`; keys after a row's own have any value.
  const float* gradients;
  double factor;

  std::span<const float> gradient(int64_t head, int64_t row) const {
    return {gradients + (head * probabilities.rows + row) * probabilities.keys,
            static_cast<size_t>(probabilities.keys)};
  }
};

// Sees tiles as they are made, from the first row to the last.
class GradientReader {
 public:
  virtual ~GradientReader() = default;
  virtual bool wants(int64_t first_row, int64_t rows) const = 0;
  virtual void read(const AttentionGradientTile& tile) = 0;
};

// Sees tiles as they are made. Rows are numbered as in the queries of the call.
class RowReader {
 public:
  virtual ~RowReader() = default;
  virtual bool wants(int64_t first_row, int64_t rows) const = 0;
  virtual void read(const AttentionTile& tile) = 0;
};

}  // namespace ocellus::models
