#include "plugins/models/common/clip/weights.hpp"

#include <algorithm>
#include <array>

namespace ocellus::models {

void add_clip_tower(WeightTable& table, const ClipVisionConfig& config, const std::string& prefix) {
  const int64_t width = config.hidden_size;
  table.add(prefix + "embeddings.class_embedding", {width});
  table.add(prefix + "embeddings.patch_embedding.weight",
            {width, config.channels, config.patch_size, config.patch_size});
  table.add(prefix + "embeddings.position_embedding.weight", {config.tokens(), width});
  table.layer_norm(prefix + "pre_layrnorm", width);  // spelt so in every checkpoint
  table.layer_norm(prefix + "post_layernorm", width);
  for (int64_t i = 0; i < config.layers; ++i) {
    const std::string layer = prefix + "encoder.layers." + std::to_string(i) + ".";
    table.layer_norm(layer + "layer_norm1", width);
    table.layer_norm(layer + "layer_norm2", width);
    for (const char* name : {"q_proj", "k_proj", "v_proj", "out_proj"})
      table.linear(layer + "self_attn." + name, width, width, true);
    table.linear(layer + "mlp.fc1", config.intermediate_size, width, true);
    table.linear(layer + "mlp.fc2", width, config.intermediate_size, true);
  }
}

std::string clip_table_name(std::string_view stored) {
  constexpr std::string_view wrapper = "vision_model.";
  if (stored.starts_with(wrapper)) stored.remove_prefix(wrapper.size());
  return stored == "embeddings.position_ids" ? std::string() : std::string(stored);
}

bool is_of_text_half(std::string_view stored) {
  constexpr std::array<std::string_view, 4> parts{"text_model.", "text_projection.", "visual_projection.",
                                                  "logit_scale"};
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) { return stored.starts_with(part); });
}

}  // namespace ocellus::models
