#include "plugins/models/common/transformer/weight_tensor.hpp"

#include <ATen/ATen.h>

#include <cstdint>
#include <cstring>
#include <ocellus/sdk/error.hpp>

namespace ocellus::models {

namespace {

at::ScalarType scalar_type(const TensorView& stored) {
  switch (stored.dtype) {
    case DType::f16:
      return at::kHalf;
    case DType::bf16:
      return at::kBFloat16;
    case DType::f32:
      return at::kFloat;
    case DType::f64:
      return at::kDouble;
    default:
      throw Error(OC_E_MODEL, "the weight '" + stored.name + "' is stored as " + name(stored.dtype) +
                                  ", which this program cannot compute with; it takes F32, BF16, F16 and F64");
  }
}

}  // namespace

at::Tensor weight_tensor(const TensorView& stored, at::ScalarType type) {
  const at::ScalarType stored_type = scalar_type(stored);
  const auto address = reinterpret_cast<std::uintptr_t>(stored.bytes.data());
  if (address % item_size(stored.dtype) != 0) {
    at::Tensor copy = at::empty(stored.shape, stored_type);
    std::memcpy(copy.mutable_data_ptr(), stored.bytes.data(), stored.bytes.size());
    if (stored.mapping != nullptr) stored.mapping->give_back(stored.bytes);
    return copy.to(type);
  }
  // Never written to: the mapping is read-only.
  void* const data = const_cast<std::byte*>(stored.bytes.data());
  return at::from_blob(
             data, stored.shape,
             [owner = stored.owner, mapping = stored.mapping, bytes = stored.bytes](void*) {
               if (mapping != nullptr) mapping->give_back(bytes);
             },
             at::TensorOptions(stored_type))
      .to(type);
}

}  // namespace ocellus::models
