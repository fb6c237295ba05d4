#include "plugins/models/common/clip/config.hpp"

#include <fmt/format.h>

#include <string>

#include "plugins/models/common/config/limits.hpp"

namespace ocellus::models {

namespace {

// Far above any tower.
constexpr int64_t most_pixels = 1 << 12;
constexpr int64_t most_patches = 1 << 16;

}  // namespace

ClipVisionConfig read_clip_vision_config(const JsonFields& fields) {
  const std::string type = fields.text("model_type", "clip_vision_model");
  if (type != "clip_vision_model")
    fields.refuse("model_type", "this plugin computes CLIP's vision tower, 'clip_vision_model', only");
  ClipVisionConfig config{};
  config.hidden_size = fields.integer("hidden_size", 768, 1, most_features);
  config.intermediate_size = fields.integer("intermediate_size", 3072, 1, most_features);
  config.layers = fields.integer("num_hidden_layers", 12, 1, most_layers);
  config.heads = fields.integer("num_attention_heads", 12, 1, most_features);
  config.channels = fields.integer("num_channels", 3, 3, 3);
  config.patch_size = fields.integer("patch_size", 32, 1, 256);
  config.image_size = fields.integer("image_size", 224, config.patch_size, most_pixels);
  if (config.patches() > most_patches)
    fields.refuse("patch_size", fmt::format("expected {} patches of a picture at most", most_patches));
  config.layer_norm_eps = fields.real("layer_norm_eps", 1e-5, 0, 1);
  config.activation = read_activation(fields, "hidden_act", "quick_gelu");
  if (config.hidden_size % config.heads != 0)
    fields.refuse("hidden_size", fmt::format("expected a multiple of the number of heads, {}", config.heads));
  config.head_dim = config.hidden_size / config.heads;
  return config;
}

}  // namespace ocellus::models
