#include "plugins/models/common/transformer/kv_cache.hpp"

#include <ATen/ATen.h>

namespace ocellus::models {

KvCache::KvCache(int64_t layers, int64_t kv_heads, int64_t capacity, int64_t head_dim,
                 const at::TensorOptions& options) {
  for (int64_t layer = 0; layer < layers; ++layer) {
    layers_.push_back(
        {at::empty({kv_heads, capacity, head_dim}, options), at::empty({kv_heads, capacity, head_dim}, options)});
  }
}

KvCache KvCache::with_capacity(int64_t capacity, int64_t kept) && {
  const auto resize = [&](at::Tensor& of) {
    if (of.size(1) == capacity) return;
    const at::Tensor resized = at::empty({of.size(0), capacity, of.size(2)}, of.options());
    resized.narrow(1, 0, kept).copy_(of.narrow(1, 0, kept));
    of = resized;
  };
  for (Layer& layer : layers_) {
    resize(layer.keys);
    resize(layer.values);
  }
  return std::move(*this);
}

std::pair<at::Tensor, at::Tensor> KvCache::put(int64_t layer, int64_t first, const at::Tensor& keys,
                                               const at::Tensor& values) {
  Layer& slot = layers_[static_cast<size_t>(layer)];
  const int64_t count = keys.size(0);
  slot.keys.narrow(1, first, count).copy_(keys.transpose(0, 1));
  slot.values.narrow(1, first, count).copy_(values.transpose(0, 1));
  return {slot.keys.narrow(1, 0, first + count), slot.values.narrow(1, 0, first + count)};
}

}  // namespace ocellus::models
