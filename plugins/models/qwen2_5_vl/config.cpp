#include "plugins/models/qwen2_5_vl/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <string>

#include "plugins/models/common/config/json_fields.hpp"
#include "plugins/models/common/config/limits.hpp"

namespace ocellus::qwen2_5_vl {

using models::JsonFields;
using models::most_features;
using models::most_layers;
using models::most_tokens;
using models::read_json_object;

namespace {

void require_activation(const JsonFields& fields, const char* activation) {
  if (fields.text("hidden_act", activation) != activation)
    fields.refuse("hidden_act", fmt::format("this plugin computes {} only here", activation));
}

// Throws unless `divisor` divides the value under `key`.
void require_multiple(const JsonFields& fields, const char* key, int64_t value, int64_t divisor, const char* of) {
  if (value % divisor != 0) fields.refuse(key, fmt::format("expected a multiple of {}, {}", of, divisor));
}

// The section of rope_scaling, or of rope_parameters as transformers 5 writes it.
void read_rope(const JsonFields& fields, TextConfig& text) {
  const bool is_new = fields.find("rope_parameters") != nullptr;
  const char* const key = is_new ? "rope_parameters" : "rope_scaling";
  const auto rope = fields.object(key);
  if (!rope) fields.refuse(key, "expected the rope type and its mrope_section");
  text.rope_theta = (is_new ? *rope : fields).real("rope_theta", 1e6, 1, 1e12);
  for (const char* name : {"type", "rope_type"}) {
    const std::string type = rope->text(name, "default");
    if (type != "mrope" && type != "default") rope->refuse(name, "this plugin computes 'default' and 'mrope' only");
  }
  const nlohmann::json* section = rope->find("mrope_section");
  const int64_t half = text.head_dim / 2;
  const std::string expected = fmt::format("expected three numbers whose sum is half of the head size, {}", half);
  if (section == nullptr || !section->is_array() || section->size() != 3) rope->refuse("mrope_section", expected);
  int64_t sum = 0;
  for (size_t axis = 0; axis < 3; ++axis) {
    const nlohmann::json& value = (*section)[axis];
    if (!value.is_number_integer() || value < 0 || value > half) rope->refuse("mrope_section", expected);
    sum += text.rope_sections.emplace_back(value.get<int64_t>());
  }
  if (sum != half) rope->refuse("mrope_section", expected);
}

TextConfig read_text(const JsonFields& fields) {
  TextConfig text{};
  text.hidden_size = fields.integer("hidden_size", 8192, 1, most_features);
  text.intermediate_size = fields.integer("intermediate_size", 29568, 1, most_features);
  text.layers = fields.integer("num_hidden_layers", 80, 1, most_layers);
  text.heads = fields.integer("num_attention_heads", 64, 1, most_features);
  text.kv_heads = fields.integer("num_key_value_heads", std::min<int64_t>(text.heads, 8), 1, most_features);
  text.vocabulary = fields.integer("vocab_size", 152064, 1, most_tokens);
  text.rms_norm_eps = fields.real("rms_norm_eps", 1e-5, 0, 1);
  text.tied_head = fields.boolean("tie_word_embeddings", false);
  text.qkv_bias = true;
  require_activation(fields, "silu");
  if (fields.boolean("use_sliding_window", false)) {
    fields.refuse("use_sliding_window", "this plugin computes full attention only");
  }
  require_multiple(fields, "hidden_size", text.hidden_size, 2 * text.heads, "twice the number of heads");
  require_multiple(fields, "num_attention_heads", text.heads, text.kv_heads, "num_key_value_heads");
  text.head_dim = text.hidden_size / text.heads;
  if (fields.integer("head_dim", text.head_dim, 1, most_features) != text.head_dim) {
    fields.refuse("head_dim", fmt::format("this plugin computes hidden_size / num_attention_heads, {}", text.head_dim));
  }
  read_rope(fields, text);
  return text;
}

std::vector<int64_t> read_full_blocks(const JsonFields& fields, int64_t depth) {
  const nlohmann::json* blocks = fields.find("fullatt_block_indexes");
  if (blocks == nullptr) return {7, 15, 23, 31};
  const std::string expected = fmt::format("expected a list of block numbers from 0 to {}", depth - 1);
  if (!blocks->is_array()) fields.refuse("fullatt_block_indexes", expected);
  std::vector<int64_t> full;
  for (const nlohmann::json& block : *blocks) {
    if (!block.is_number_integer() || block < 0 || block >= depth) fields.refuse("fullatt_block_indexes", expected);
    full.push_back(block.get<int64_t>());
  }
  std::sort(full.begin(), full.end());
  full.erase(std::unique(full.begin(), full.end()), full.end());
  return full;
}

// `out_key`: what the family calls the width of the features.
VisionConfig read_vision(const JsonFields& fields, Family family, const char* out_key) {
  VisionConfig vision{};
  vision.family = family;
  const bool is_first = family == Family::qwen2_vl;
  const char* const width_key = is_first ? "embed_dim" : "hidden_size";
  vision.depth = fields.integer("depth", 32, 1, most_layers);
  vision.hidden_size = fields.integer(width_key, is_first ? 1280 : 3584, 1, most_features);
  vision.heads = fields.integer("num_heads", 16, 1, most_features);
  vision.out_hidden_size = fields.integer(out_key, 3584, 1, most_features);
  vision.channels = fields.integer("in_channels", 3, 3, 3);
  vision.patch_size = fields.integer("patch_size", 14, 1, 256);
  vision.temporal_patch_size = fields.integer("temporal_patch_size", 2, 1, 16);
  vision.merge_size = fields.integer("spatial_merge_size", 2, 1, 16);
  require_multiple(fields, width_key, vision.hidden_size, 4 * vision.heads, "four times the number of heads");
  vision.head_dim = vision.hidden_size / vision.heads;
  require_activation(fields, is_first ? "quick_gelu" : "silu");
  if (is_first) {
    const double inner = static_cast<double>(vision.hidden_size) * fields.real("mlp_ratio", 4, 1e-3, 1e3);
    if (inner < 1 || inner > static_cast<double>(most_features))
      fields.refuse("mlp_ratio", fmt::format("expected {} times it to be from 1 to {}", width_key, most_features));
    vision.intermediate_size = static_cast<int64_t>(inner);
    for (int64_t block = 0; block < vision.depth; ++block) vision.full_attention_blocks.push_back(block);
    return vision;
  }
  vision.intermediate_size = fields.integer("intermediate_size", 3420, 1, most_features);
  vision.window_size = fields.integer("window_size", 112, 1, 1 << 16);
  require_multiple(fields, "window_size", vision.window_size, vision.patch_size * vision.merge_size,
                   "patch_size * spatial_merge_size");
  vision.full_attention_blocks = read_full_blocks(fields, vision.depth);
  return vision;
}

}  // namespace

Config read_config(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "config.json";
  const nlohmann::json content = read_json_object(path);
  const JsonFields fields(content, path.string());
  const std::string type = fields.text("model_type", name_of(Family::qwen2_5_vl));
  if (type != name_of(Family::qwen2_vl) && type != name_of(Family::qwen2_5_vl))
    fields.refuse("model_type", "this plugin opens 'qwen2_vl' and 'qwen2_5_vl'");
  const Family family = type == name_of(Family::qwen2_vl) ? Family::qwen2_vl : Family::qwen2_5_vl;
  if (fields.find("quantization_config") != nullptr) {
    fields.refuse("quantization_config", "this plugin does not compute with quantised weights");
  }
  const JsonFields text_fields = fields.object("text_config").value_or(fields);
  const std::string text_type = text_fields.text("model_type", type);
  if (text_type != type && text_type != type + "_text")
    text_fields.refuse("model_type", fmt::format("this plugin expects '{}_text'", type));
  const auto vision_fields = fields.object("vision_config");
  if (!vision_fields) fields.refuse("vision_config", "expected the vision tower's sizes");

  Config config{};
  config.text = read_text(text_fields);
  const char* const out_key = family == Family::qwen2_vl ? "hidden_size" : "out_hidden_size";
  config.vision = read_vision(*vision_fields, family, out_key);
  if (config.vision.out_hidden_size != config.text.hidden_size) {
    vision_fields->refuse(out_key,
                          fmt::format("expected the hidden_size of the text model, {}", config.text.hidden_size));
  }
  config.stored_type = models::read_stored_type(fields);
  const int64_t last = config.text.vocabulary - 1;
  const auto token = [&](const char* key, int64_t fallback) {
    const int64_t id = fields.integer(key, fallback, 0, last);
    if (id > last) fields.refuse(key, fmt::format("expected a token id from 0 to {}", last));
    return id;
  };
  config.image_token = token("image_token_id", 151655);
  config.video_token = token("video_token_id", 151656);
  config.vision_start_token = token("vision_start_token_id", 151652);
  config.vision_end_token = token("vision_end_token_id", 151653);
  return config;
}

}  // namespace ocellus::qwen2_5_vl
