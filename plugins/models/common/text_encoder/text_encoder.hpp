// Text to states, one sequence at a time, without padding and forward only.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>

#include "plugins/models/common/decoder/weight_loader.hpp"
#include "plugins/models/common/text_encoder/config.hpp"

namespace ocellus::models {

class TextEncoder {
 public:
  virtual ~TextEncoder() = default;

  // The last hidden states [ids, width], of the weights' type. Every token sees every other. Throws as check_text_ids.
  virtual at::Tensor operator()(std::span<const int64_t> ids) const = 0;
};

// Of weights from match_text_encoder.
std::unique_ptr<TextEncoder> make_text_encoder(const TextEncoderConfig& config, const WeightLoader& weights);

}  // namespace ocellus::models
