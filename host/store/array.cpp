#include "host/store/array.hpp"

#include <algorithm>
#include <ocellus/sdk/error.hpp>

namespace ocellus::store {

uint64_t byte_size(Array::Type type, std::span<const int64_t> shape) {
  if (std::any_of(shape.begin(), shape.end(), [](int64_t length) { return length < 0; })) {
    throw Error(OC_E_INTERNAL, "an array has a negative length");
  }
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  uint64_t bytes = element_size(type);
  for (const int64_t length : shape) {
    if (__builtin_mul_overflow(bytes, static_cast<uint64_t>(length), &bytes) || bytes > uint64_t{1} << 62) {
      throw Error(OC_E_INTERNAL, "an array is too large for its size to be a number");
    }
  }
  return bytes;
}

}  // namespace ocellus::store
