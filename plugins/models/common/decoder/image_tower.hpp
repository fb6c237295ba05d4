// What a family puts before the decoder: its image tower and projector, with their weights.
#pragma once

#include <ATen/Functions.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <ocellus/sdk/model.hpp>
#include <span>

#include "plugins/models/common/captures/captures.hpp"
#include "plugins/models/common/transformer/attention.hpp"

namespace ocellus::models {

// Borrows the pixels, which are not written to.
inline at::Tensor tensor_of(std::span<const float> pixels) {
  return at::from_blob(const_cast<float*>(pixels.data()), {static_cast<int64_t>(pixels.size())}, at::kFloat);
}

class ImageTower {
 public:
  virtual ~ImageTower() = default;

  // Takes the pictures of `prepared`, which the same family prepared, through the first `blocks` blocks, and delivers
  // what `captures` asks for. `pixels` is what they look like: PreparedSample::pixels(), or several others of that
  // length, one after another. Returns the features [PreparedSample::features, hidden_size] of each; undefined if the
  // blocks are fewer than they come out of. Asks `sink` before each block whether to go on.
  virtual at::Tensor features(const PreparedSample& prepared, std::span<const float> pixels, int64_t blocks,
                              BlockedAttention& attention, const Captures& captures, const Sink& sink) const = 0;
};

}  // namespace ocellus::models
