// Tensors of an artifact by name, as numbers.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

#include "host/store/schema.hpp"

namespace ocellus::store {

// nullptr if it has none of this name.
inline const Array* find_tensor(const ArtifactData& artifact, std::string_view key) {
  for (const auto& [name, array] : artifact.tensors) {
    if (name == key) return &array;
  }
  return nullptr;
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

}  // namespace ocellus::store
