// What a network of LLaVA's kind is made of, whichever form its folder has: every number that becomes a size is
// positive, bounded and divides what it must.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "plugins/models/common/clip/config.hpp"
#include "plugins/models/common/config/activation.hpp"
#include "plugins/models/common/config/json_fields.hpp"
#include "plugins/models/common/config/stored_type.hpp"
#include "plugins/models/common/decoder/text_config.hpp"
#include "plugins/models/common/image/clip_processor.hpp"
#include "plugins/models/common/weights/weight_table.hpp"

namespace ocellus::llava {

// Linear, then an activation and a Linear for each further layer; no layer at all hands the tower's states on.
struct ProjectorConfig {
  int64_t layers;
  bool bias;
  models::Activation activation;
};

struct Config {
  models::TextConfig text;
  models::ClipVisionConfig vision;
  ProjectorConfig projector;
  // After how many blocks of the tower the features are taken; those of several stand side by side.
  std::vector<int64_t> feature_blocks;
  bool class_token_is_feature;  // the "full" strategy of selection
  models::StoredType stored_type;
  int64_t image_token;  // stands for one feature in the prompt; negative if it is no token

  int64_t tokens_of_image() const { return vision.patches() + (class_token_is_feature ? 1 : 0); }
  int64_t feature_width() const { return static_cast<int64_t>(feature_blocks.size()) * vision.hidden_size; }
  int64_t deepest_feature_block() const;
};

// Sizes of a Llama decoder, with the defaults of LlamaConfig. Throws Error(OC_E_MODEL) naming the field for what is
// malformed or not computed: another decoder, scaled rotary embedding.
models::TextConfig read_llama_config(const models::JsonFields& fields);

// A layer of the tower's hidden states, counted from the end if negative, as a number of blocks. Throws
// Error(OC_E_MODEL) naming `key` if there is no such layer.
int64_t blocks_of_layer(const models::JsonFields& fields, const char* key, const nlohmann::json& layer,
                        const models::ClipVisionConfig& vision);

// Throws Error(OC_E_MODEL) unless `processor`, of `folder`, makes every picture as large as the tower takes it.
void check_image_size(const models::ClipImageProcessor& processor, const Config& config,
                      const std::filesystem::path& folder);

// The weights a network of this configuration has: "vision_tower." before CLIP's names, "projector.0", "projector.1"
// and so on, and the decoder's own.
std::vector<models::WeightSpec> weight_table(const Config& config);

}  // namespace ocellus::llava
