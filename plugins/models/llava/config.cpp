#include "plugins/models/llava/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <string>

#include "plugins/models/common/clip/weights.hpp"
#include "plugins/models/common/config/limits.hpp"
#include "plugins/models/common/decoder/text_weights.hpp"

namespace ocellus::llava {

using models::JsonFields;
using models::most_features;
using models::most_layers;
using models::most_tokens;

namespace {

// rope_theta and rope_scaling, or rope_parameters as transformers 5 writes them.
double read_rope(const JsonFields& fields) {
  const auto parameters = fields.object("rope_parameters");
  const auto scaling = parameters ? parameters : fields.object("rope_scaling");
  for (const char* name : {"type", "rope_type"}) {
    if (scaling && scaling->text(name, "default") != "default")
      scaling->refuse(name, "this plugin computes rotary embedding of the 'default' type only");
  }
  return (parameters ? *parameters : fields).real("rope_theta", 1e4, 1, 1e12);
}

}  // namespace

int64_t Config::deepest_feature_block() const {
  return *std::max_element(feature_blocks.begin(), feature_blocks.end());
}

models::TextConfig read_llama_config(const JsonFields& fields) {
  models::TextConfig text{};
  text.hidden_size = fields.integer("hidden_size", 4096, 1, most_features);
  text.intermediate_size = fields.integer("intermediate_size", 11008, 1, most_features);
  text.layers = fields.integer("num_hidden_layers", 32, 1, most_layers);
  text.heads = fields.integer("num_attention_heads", 32, 1, most_features);
  text.kv_heads = fields.integer("num_key_value_heads", text.heads, 1, most_features);
  text.vocabulary = fields.integer("vocab_size", 32000, 1, most_tokens);
  text.rms_norm_eps = fields.real("rms_norm_eps", 1e-6, 0, 1);
  text.tied_head = fields.boolean("tie_word_embeddings", false);
  text.qkv_bias = text.output_bias = fields.boolean("attention_bias", false);
  text.mlp_bias = fields.boolean("mlp_bias", false);
  if (fields.text("hidden_act", "silu") != "silu") fields.refuse("hidden_act", "this plugin computes silu only here");
  if (text.heads % text.kv_heads != 0) {
    fields.refuse("num_attention_heads", fmt::format("expected a multiple of num_key_value_heads, {}", text.kv_heads));
  }
  if (fields.find("head_dim") == nullptr && text.hidden_size % text.heads != 0) {
    fields.refuse("hidden_size", fmt::format("expected a multiple of num_attention_heads, {}", text.heads));
  }
  text.head_dim = fields.integer("head_dim", text.hidden_size / text.heads, 2, 1 << 12);
  if (text.head_dim % 2 != 0) fields.refuse("head_dim", "expected an even number, for rotary embedding");
  if (text.heads * text.head_dim > most_features) {
    fields.refuse("num_attention_heads",
                  fmt::format("expected heads of {} features to make {} at most", text.head_dim, most_features));
  }
  text.rope_theta = read_rope(fields);
  text.rope_sections = {text.head_dim / 2};
  return text;
}

int64_t blocks_of_layer(const JsonFields& fields, const char* key, const nlohmann::json& layer,
                        const models::ClipVisionConfig& vision) {
  const int64_t states = vision.layers + 1;
  const bool fits = layer.is_number_integer() && layer >= -states && layer < states;
  if (!fits)
    fields.refuse(key, fmt::format("expected layers from {} to {} of the vision tower", -states, vision.layers));
  const auto number = layer.get<int64_t>();
  return number < 0 ? states + number : number;
}

void check_image_size(const models::ClipImageProcessor& processor, const Config& config,
                      const std::filesystem::path& folder) {
  const auto side = static_cast<int>(config.vision.image_size);
  const models::Size wanted{side, side};
  // Without a crop only a picture that is resized to both sides, or is a square by then, has a size that is known.
  const bool fits = processor.crop ? *processor.crop == wanted
                    : processor.resize && !processor.shortest_edge
                        ? processor.exact == wanted
                        : processor.resize && processor.pad && *processor.shortest_edge == side;
  if (!fits) {
    throw Error(OC_E_MODEL, fmt::format("{}: preprocessor_config.json does not make every picture {}x{} pixels, the "
                                        "image_size in config.json; restore the files that came with the model",
                                        folder.string(), side, side));
  }
}

std::vector<models::WeightSpec> weight_table(const Config& config) {
  models::WeightTable table;
  models::add_clip_tower(table, config.vision, "vision_tower.");
  int64_t width = config.feature_width();
  for (int64_t layer = 0; layer < config.projector.layers; ++layer) {
    table.linear(fmt::format("projector.{}", layer), config.text.hidden_size, width, config.projector.bias);
    width = config.text.hidden_size;
  }
  models::add_text_decoder(table, config.text);
  return table.specs();
}

}  // namespace ocellus::llava
