// The numbers of a recipe, bit for bit those of tools/fixtures/weight_recipes/drawing.py, which describes them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ocellus::data_tool {

struct Tensor {
  std::string name, dtype;  // dtype: F32, F16 or BF16
  std::vector<int64_t> shape;
  double std, mean;
  std::optional<std::array<size_t, 2>> exchanged_rows;  // rows of a matrix that stand in each other's place
};

// The elements in C order, before they are rounded to `dtype`. Throws Error for a shape or for rows that cannot be.
std::vector<float> draw(uint64_t seed, const Tensor& tensor);

// Little-endian elements, rounded to nearest, ties to even. Throws Error for an unknown dtype and for a value beyond
// the range of F16.
std::string encoded(std::span<const float> values, std::string_view dtype);

}  // namespace ocellus::data_tool
