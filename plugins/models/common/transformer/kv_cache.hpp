// Rotated keys and values of all layers for one sequence.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace ocellus::models {

class KvCache {
 public:
  // Room for `capacity` tokens, taken at once.
  KvCache(int64_t layers, int64_t kv_heads, int64_t capacity, int64_t head_dim, const at::TensorOptions& options);

  // The first `kept` tokens of this cache in one with room for `capacity`. Layer by layer: at no time do both exist.
  KvCache with_capacity(int64_t capacity, int64_t kept) &&;

  // Puts keys and values [n, kv_heads, d] of the tokens first .. first+n-1 in place and returns those of all tokens up
  // to there as views [kv_heads, first + n, d].
  std::pair<at::Tensor, at::Tensor> put(int64_t layer, int64_t first, const at::Tensor& keys, const at::Tensor& values);

 private:
  struct Layer {
    at::Tensor keys, values;  // [kv_heads, capacity, d]
  };
  std::vector<Layer> layers_;
};

}  // namespace ocellus::models
