// Tensors, texts and numbers of an artifact by name, and arrays as numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "host/store/schema.hpp"

namespace ocellus::store {

// What stands beside `key` in `entries`; nullptr if none has this name.
template <class T>
const T* find_entry(const std::vector<std::pair<std::string, T>>& entries, std::string_view key) {
  for (const auto& [name, value] : entries) {
    if (name == key) return &value;
  }
  return nullptr;
}
inline const Array* find_tensor(const ArtifactData& artifact, std::string_view key) {
  return find_entry(artifact.tensors, key);
}
inline const std::string* find_text(const ArtifactData& artifact, std::string_view key) {
  return find_entry(artifact.texts, key);
}
inline const double* find_number(const ArtifactData& artifact, std::string_view key) {
  return find_entry(artifact.numbers, key);
}

// `count` elements from `first` on; `array` holds those of type T.
template <class T>
std::vector<T> elements_of(const Array& array, size_t first, size_t count) {
  std::vector<T> values(count);
  if (count > 0) std::memcpy(values.data(), array.bytes.data() + first * sizeof(T), count * sizeof(T));
  return values;
}
template <class T>
std::vector<T> elements_of(const Array& array) {
  return elements_of<T>(array, 0, array.bytes.size() / sizeof(T));
}

// `shape` holds as many elements as there are values.
template <class T>
Array array_of(const std::vector<T>& values, std::vector<int64_t> shape) {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, int64_t> || std::is_same_v<T, uint8_t>);
  constexpr Array::Type type = std::is_same_v<T, float>     ? Array::Type::f32
                               : std::is_same_v<T, int64_t> ? Array::Type::i64
                                                            : Array::Type::u8;
  Array array{type, std::move(shape), std::vector<std::byte>(values.size() * sizeof(T))};
  if (!values.empty()) std::memcpy(array.bytes.data(), values.data(), array.bytes.size());
  return array;
}

}  // namespace ocellus::store
