// The weights of an encoder of text.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "plugins/models/common/text_encoder/config.hpp"
#include "plugins/models/common/weights/weight_table.hpp"

namespace ocellus::models {

// By the names of T5EncoderModel ("shared.weight", "encoder.block.0. ...") or BertModel and RobertaModel
// ("embeddings.", "encoder.layer.0. ...").
std::vector<WeightSpec> text_encoder_table(const TextEncoderConfig& config);

// The stored tensors by the names of the table. Files may hold the names of a class that wraps the encoder ("bert.",
// "roberta.") or of T5's stack alone, LayerNorm's older "gamma" and "beta", and what the encoder does not use: heads,
// a pooler, T5's decoder, tables of position ids. Throws as match_weights.
WeightMap match_text_encoder(std::span<const TensorView> tensors, const TextEncoderConfig& config,
                             const std::filesystem::path& folder);

}  // namespace ocellus::models
