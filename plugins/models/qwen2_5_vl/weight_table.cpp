#include "plugins/models/qwen2_5_vl/weight_table.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "plugins/models/common/decoder/text_weights.hpp"

namespace ocellus::qwen2_5_vl {

namespace {

void add_vision(models::WeightTable& table, const VisionConfig& vision) {
  const int64_t width = vision.hidden_size, unit = width * vision.patches_per_unit();
  table.add("visual.patch_embed.proj.weight",
            {width, vision.channels, vision.temporal_patch_size, vision.patch_size, vision.patch_size});
  const bool is_first = vision.family == Family::qwen2_vl;
  const auto norm = [&](const std::string& name) {
    if (is_first) return table.layer_norm(name, width);
    table.add(name + ".weight", {width});
  };
  for (int64_t block = 0; block < vision.depth; ++block) {
    const std::string prefix = fmt::format("visual.blocks.{}.", block);
    norm(prefix + "norm1");
    norm(prefix + "norm2");
    table.linear(prefix + "attn.qkv", 3 * width, width, true);
    table.linear(prefix + "attn.proj", width, width, true);
    if (is_first) {
      table.linear(prefix + "mlp.fc1", vision.intermediate_size, width, true);
      table.linear(prefix + "mlp.fc2", width, vision.intermediate_size, true);
    } else {
      table.gated_mlp(prefix + "mlp", width, vision.intermediate_size, true);
    }
  }
  norm("visual.merger.ln_q");
  table.linear("visual.merger.mlp.0", unit, unit, true);
  table.linear("visual.merger.mlp.2", vision.out_hidden_size, unit, true);
}

}  // namespace

std::vector<models::WeightSpec> weight_table(const Config& config) {
  models::WeightTable table;
  add_vision(table, config.vision);
  models::add_text_decoder(table, config.text);
  return table.specs();
}

int64_t parameter_count(const Config& config) {
  return models::parameter_count(weight_table(config));
}

std::string hub_name(std::string_view name) {
  for (const std::string_view wrapper : {"module.", "base_model.model."}) {
    if (name.starts_with(wrapper)) name.remove_prefix(wrapper.size());
  }
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> renamed = {{
      {"model.visual.", "visual."},
      {"model.language_model.", "model."},
      {"language_model.", "model."},
  }};
  for (const auto& [prefix, hub_prefix] : renamed) {
    if (name.starts_with(prefix)) return std::string(hub_prefix).append(name.substr(prefix.size()));
  }
  return std::string(name);
}

std::string table_name(std::string_view stored, const Config& config) {
  std::string name = hub_name(stored);
  const bool is_ignored = name.ends_with(".rotary_emb.inv_freq") || (config.text.tied_head && name == "lm_head.weight");
  return is_ignored ? std::string() : name;
}

models::WeightMap match_weights(const models::Checkpoint& checkpoint, const Config& config,
                                const std::filesystem::path& folder) {
  const auto name_of = [&](std::string_view stored) { return table_name(stored, config); };
  return models::match_weights(checkpoint.tensors(), weight_table(config), name_of, folder);
}

}  // namespace ocellus::qwen2_5_vl
