#include "plugins/models/qwen2_5_vl/weight_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <ocellus/sdk/error.hpp>
#include <utility>

namespace ocellus::qwen2_5_vl {

namespace {

std::string shown(const std::vector<int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

class Table {
 public:
  void add(std::string name, std::vector<int64_t> shape) { specs_.push_back({std::move(name), std::move(shape)}); }
  void linear(const std::string& name, int64_t out, int64_t in, bool bias) {
    add(name + ".weight", {out, in});
    if (bias) add(name + ".bias", {out});
  }
  void layer_norm(const std::string& name, int64_t width) {
    add(name + ".weight", {width});
    add(name + ".bias", {width});
  }
  void mlp(const std::string& name, int64_t width, int64_t inner, bool bias) {
    linear(name + ".gate_proj", inner, width, bias);
    linear(name + ".up_proj", inner, width, bias);
    linear(name + ".down_proj", width, inner, bias);
  }
  std::vector<WeightSpec> take() { return std::move(specs_); }

 private:
  std::vector<WeightSpec> specs_;
};

void add_vision(Table& table, const VisionConfig& vision) {
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
      table.mlp(prefix + "mlp", width, vision.intermediate_size, true);
    }
  }
  norm("visual.merger.ln_q");
  table.linear("visual.merger.mlp.0", unit, unit, true);
  table.linear("visual.merger.mlp.2", vision.out_hidden_size, unit, true);
}

void add_text(Table& table, const TextConfig& text) {
  const int64_t width = text.hidden_size, kv_width = text.kv_heads * text.head_dim;
  table.add("model.embed_tokens.weight", {text.vocabulary, width});
  for (int64_t layer = 0; layer < text.layers; ++layer) {
    const std::string prefix = fmt::format("model.layers.{}.", layer);
    table.add(prefix + "input_layernorm.weight", {width});
    table.add(prefix + "post_attention_layernorm.weight", {width});
    table.linear(prefix + "self_attn.q_proj", width, width, true);
    table.linear(prefix + "self_attn.k_proj", kv_width, width, true);
    table.linear(prefix + "self_attn.v_proj", kv_width, width, true);
    table.linear(prefix + "self_attn.o_proj", width, width, false);
    table.mlp(prefix + "mlp", width, text.intermediate_size, false);
  }
  table.add("model.norm.weight", {width});
  if (!text.tied_head) table.add("lm_head.weight", {text.vocabulary, width});
}

}  // namespace

std::vector<WeightSpec> weight_table(const Config& config) {
  Table table;
  add_vision(table, config.vision);
  add_text(table, config.text);
  return table.take();
}

int64_t parameter_count(const Config& config) {
  int64_t count = 0;
  for (const WeightSpec& spec : weight_table(config)) {
    int64_t elements = 1;
    for (const int64_t side : spec.shape) elements *= side;
    count += elements;
  }
  return count;
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

WeightMap match_weights(const models::Checkpoint& checkpoint, const Config& config,
                        const std::filesystem::path& folder) {
  WeightMap stored;
  for (const models::TensorView& tensor : checkpoint.tensors()) {
    std::string name = hub_name(tensor.name);
    if (name.ends_with(".rotary_emb.inv_freq") || (config.text.tied_head && name == "lm_head.weight")) continue;
    const auto [place, is_new] = stored.emplace(std::move(name), tensor);
    if (!is_new) {
      throw Error(OC_E_MODEL, fmt::format("{} holds the weight '{}' twice, as '{}' and as '{}'", folder.string(),
                                          place->first, place->second.name, tensor.name));
    }
  }
  const std::vector<WeightSpec> table = weight_table(config);
  for (const WeightSpec& spec : table) {
    const auto found = stored.find(spec.name);
    if (found == stored.end()) {
      throw Error(OC_E_MODEL, fmt::format("{} lacks the weight '{}' {} that config.json asks for", folder.string(),
                                          spec.name, shown(spec.shape)));
    }
    if (found->second.shape != spec.shape) {
      throw Error(OC_E_MODEL, fmt::format("{}: the weight '{}' is {}, but config.json asks for {}", folder.string(),
                                          found->second.name, shown(found->second.shape), shown(spec.shape)));
    }
  }
  if (stored.size() == table.size()) return stored;
  for (const WeightSpec& spec : table) stored.erase(spec.name);
  const models::TensorView& extra = stored.begin()->second;
  throw Error(OC_E_MODEL, fmt::format("{} holds the weight '{}' {}, which this model has no place for", folder.string(),
                                      extra.name, shown(extra.shape)));
}

}  // namespace ocellus::qwen2_5_vl
