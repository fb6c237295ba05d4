#include "plugins/models/common/text_encoder/weights.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace ocellus::models {

namespace {

constexpr std::string_view t5_embedding = "shared.weight";

void add_t5(WeightTable& table, const TextEncoderConfig& config) {
  const int64_t width = config.width, all_heads = config.heads * config.head_dim;
  table.add(std::string(t5_embedding), {config.vocabulary, width});
  for (int64_t i = 0; i < config.layers; ++i) {
    const std::string block = "encoder.block." + std::to_string(i) + ".", attention = block + "layer.0.SelfAttention.",
                      mlp = block + "layer.1.DenseReluDense.";
    for (const char* name : {"q", "k", "v"}) table.linear(attention + name, all_heads, width, false);
    table.linear(attention + "o", width, all_heads, false);
    if (i == 0) table.add(attention + "relative_attention_bias.weight", {config.buckets, config.heads});
    table.add(block + "layer.0.layer_norm.weight", {width});
    table.linear(mlp + (config.gated_mlp ? "wi_0" : "wi"), config.inner_size, width, false);
    if (config.gated_mlp) table.linear(mlp + "wi_1", config.inner_size, width, false);
    table.linear(mlp + "wo", width, config.inner_size, false);
    table.add(block + "layer.1.layer_norm.weight", {width});
  }
  table.add("encoder.final_layer_norm.weight", {width});
}

void add_bert(WeightTable& table, const TextEncoderConfig& config) {
  const int64_t width = config.width;
  table.add("embeddings.word_embeddings.weight", {config.vocabulary, width});
  table.add("embeddings.position_embeddings.weight", {config.positions, width});
  table.add("embeddings.token_type_embeddings.weight", {config.token_types, width});
  table.layer_norm("embeddings.LayerNorm", width);
  for (int64_t i = 0; i < config.layers; ++i) {
    const std::string layer = "encoder.layer." + std::to_string(i) + ".", attention = layer + "attention.";
    for (const char* name : {"self.query", "self.key", "self.value", "output.dense"})
      table.linear(attention + name, width, width, true);
    table.layer_norm(attention + "output.LayerNorm", width);
    table.linear(layer + "intermediate.dense", config.inner_size, width, true);
    table.linear(layer + "output.dense", width, config.inner_size, true);
    table.layer_norm(layer + "output.LayerNorm", width);
  }
}

template <size_t count>
bool starts_with_one_of(std::string_view name, const std::array<std::string_view, count>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

std::string t5_table_name(std::string_view stored) {
  constexpr std::array<std::string_view, 2> unused{"decoder.", "lm_head."};
  if (starts_with_one_of(stored, unused)) return {};
  constexpr std::array<std::string_view, 3> of_stack{"block.", "final_layer_norm.", "embed_tokens."};
  const std::string name = (starts_with_one_of(stored, of_stack) ? "encoder." : "") + std::string(stored);
  return name == "encoder.embed_tokens.weight" ? std::string(t5_embedding) : name;
}

std::string bert_table_name(std::string_view stored) {
  for (const std::string_view wrapper : {"bert.", "roberta."})
    if (stored.starts_with(wrapper)) stored.remove_prefix(wrapper.size());
  constexpr std::array<std::string_view, 7> unused{"pooler.",
                                                   "cls.",
                                                   "classifier.",
                                                   "qa_outputs.",
                                                   "lm_head.",
                                                   "embeddings.position_ids",
                                                   "embeddings.token_type_ids"};
  if (starts_with_one_of(stored, unused)) return {};
  constexpr std::string_view gamma = ".LayerNorm.gamma", beta = ".LayerNorm.beta";
  std::string name(stored);
  if (stored.ends_with(gamma)) name.replace(name.size() - gamma.size(), gamma.size(), ".LayerNorm.weight");
  if (stored.ends_with(beta)) name.replace(name.size() - beta.size(), beta.size(), ".LayerNorm.bias");
  return name;
}

}  // namespace

std::vector<WeightSpec> text_encoder_table(const TextEncoderConfig& config) {
  WeightTable table;
  if (config.kind == TextEncoderKind::t5) {
    add_t5(table, config);
  } else {
    add_bert(table, config);
  }
  return table.specs();
}

WeightMap match_text_encoder(std::span<const TensorView> tensors, const TextEncoderConfig& config,
                             const std::filesystem::path& folder) {
  if (config.kind != TextEncoderKind::t5)
    return match_weights(tensors, text_encoder_table(config), bert_table_name, folder);
  // T5's embedding is one tensor, which some files hold under both of its names.
  const bool has_shared =
      std::any_of(tensors.begin(), tensors.end(), [](const TensorView& tensor) { return tensor.name == t5_embedding; });
  const auto name_of = [&](std::string_view stored) {
    std::string name = t5_table_name(stored);
    return has_shared && name == t5_embedding && stored != t5_embedding ? std::string() : name;
  };
  return match_weights(tensors, text_encoder_table(config), name_of, folder);
}

}  // namespace ocellus::models
