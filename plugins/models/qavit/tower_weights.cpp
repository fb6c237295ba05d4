#include "plugins/models/qavit/tower_weights.hpp"

#include "plugins/models/common/clip/weights.hpp"

namespace ocellus::qavit {

std::vector<models::WeightSpec> tower_table(const TowerConfig& config) {
  models::WeightTable table;
  models::add_clip_tower(table, config.vision, "");
  const int64_t width = config.vision.hidden_size;
  for (int64_t i = 0; i < config.vision.layers; ++i) {
    if (!config.is_question_aware(i)) continue;
    const std::string layer = "encoder.layers." + std::to_string(i) + ".";
    table.layer_norm(layer + "instruct_dim_reduce.0", config.instruction_dim);
    table.linear(layer + "instruct_dim_reduce.1", width, config.instruction_dim, false);
    table.linear(layer + "instruct_dim_reduce.3", width, width, false);
    table.linear(layer + "self_attn.instruction_out_proj", width, width, true);
    table.add(layer + "self_attn.instruction_proj_gate", {1});
  }
  return table.specs();
}

std::string tower_table_name(std::string_view stored) {
  if (models::is_of_text_half(stored) || stored.ends_with(".self_attn.instruction_gate")) return {};
  return models::clip_table_name(stored);
}

}  // namespace ocellus::qavit
