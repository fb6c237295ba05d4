// The weights of a decoder by the names that its own checkpoints give them: model.embed_tokens, model.layers.N,
// lm_head.
#pragma once

#include "plugins/models/common/decoder/text_config.hpp"
#include "plugins/models/common/weights/weight_table.hpp"

namespace ocellus::models {

// A tied head is not one of them.
void add_text_decoder(WeightTable& table, const TextConfig& text);

}  // namespace ocellus::models
