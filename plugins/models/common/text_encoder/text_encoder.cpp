#include "plugins/models/common/text_encoder/text_encoder.hpp"

#include "plugins/models/common/text_encoder/bert_encoder.hpp"
#include "plugins/models/common/text_encoder/t5_encoder.hpp"

namespace ocellus::models {

std::unique_ptr<TextEncoder> make_text_encoder(const TextEncoderConfig& config, const WeightLoader& weights) {
  if (config.kind == TextEncoderKind::t5) return std::make_unique<T5Encoder>(config, weights);
  return std::make_unique<BertEncoder>(config, weights);
}

}  // namespace ocellus::models
