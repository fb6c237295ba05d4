// A named array's contents, as artifacts hold them and .npz files store them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ocellus::store {

struct Array {
  enum class Type { f32, i64, u8 };
  Type type = Type::f32;
  std::vector<int64_t> shape;    // empty: a single number
  std::vector<std::byte> bytes;  // C order, little endian
};

using NamedArray = std::pair<std::string, Array>;

// Bytes of one element.
constexpr size_t element_size(Array::Type type) {
  return type == Array::Type::f32 ? 4 : type == Array::Type::i64 ? 8 : 1;
}

// Bytes an array of this shape has. Throws Error(OC_E_INTERNAL) for a negative length or a size beyond 2^62.
uint64_t byte_size(Array::Type type, std::span<const int64_t> shape);

}  // namespace ocellus::store
