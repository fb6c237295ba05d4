#include "plugins/models/common/lora/merge.hpp"

#include <ATen/ATen.h>

#include <memory>
#include <utility>

#include "plugins/models/common/transformer/runtime_errors.hpp"
#include "plugins/models/common/transformer/weight_tensor.hpp"

namespace ocellus::models {
namespace {

std::pair<at::ScalarType, DType> stored_as(ComputeType type) {
  if (type == ComputeType::bfloat16) return {at::kBFloat16, DType::bf16};
  if (type == ComputeType::float16) return {at::kHalf, DType::f16};
  return {at::kFloat, DType::f32};
}

// A view that keeps its tensor.
TensorView view_of(std::string name, const at::Tensor& tensor, DType dtype) {
  const auto owner = std::make_shared<const at::Tensor>(tensor.contiguous());
  return {std::move(name), dtype, owner->sizes().vec(),
          std::span(static_cast<const std::byte*>(owner->const_data_ptr()), owner->nbytes()), owner};
}

}  // namespace

void merge_adapter(WeightMap& weights, const LoraAdapter& adapter, ComputeType type) {
  const auto [scalar_type, dtype] = stored_as(type);
  // First, so that a weight may be both replaced and adapted.
  for (const auto& [name, tensor] : adapter.replacements) weights.at(name) = tensor;
  with_translated_errors([&] {
    for (const auto& [name, update] : adapter.updates) {
      TensorView& weight = weights.at(name);
      at::Tensor delta = at::mm(weight_tensor(update.b, at::kFloat), weight_tensor(update.a, at::kFloat));
      if (update.is_embedding) delta = delta.t();
      const at::Tensor merged = (weight_tensor(weight, at::kFloat) + delta * update.scaling).to(scalar_type);
      weight = view_of(weight.name, merged, dtype);
    }
  });
}

void merge_lora_folder(WeightMap& weights, const std::filesystem::path& folder, const TableName& table_name,
                       ComputeType type) {
  if (!folder.empty()) merge_adapter(weights, read_lora_adapter(folder, weights, table_name), type);
}

}  // namespace ocellus::models
