#include "plugins/models/llava/original_config.hpp"

#include <fmt/format.h>

#include <ocellus/sdk/error.hpp>
#include <string>
#include <string_view>

#include "plugins/models/common/config/limits.hpp"

namespace ocellus::llava {

using models::JsonFields;

namespace {

constexpr int64_t image_token_index = -200;  // of the original code, which splices features there
constexpr int64_t most_projector_layers = 16;

// "linear", "identity", or "mlp2x_gelu" with any number of layers.
ProjectorConfig read_projector(const JsonFields& fields) {
  constexpr const char* key = "mm_projector_type";
  const std::string type = fields.text(key, "linear");
  if (type == "linear") return {1, true, models::Activation::gelu};
  if (type == "identity") return {0, true, models::Activation::gelu};
  constexpr std::string_view begin = "mlp", end = "x_gelu";
  const std::string_view name = type;
  if (name.starts_with(begin) && name.ends_with(end) && name.size() > begin.size() + end.size()) {
    const std::string_view digits = name.substr(begin.size(), name.size() - begin.size() - end.size());
    if (digits.size() <= 2 && digits.find_first_not_of("0123456789") == digits.npos) {
      const int64_t layers = std::stoll(std::string(digits));
      if (layers >= 1 && layers <= most_projector_layers) return {layers, true, models::Activation::gelu};
    }
  }
  fields.refuse(key,
                fmt::format("expected linear, identity, or mlpNx_gelu with N from 1 to {}", most_projector_layers));
}

models::ClipVisionConfig read_tower(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "config.json";
  const nlohmann::json content = models::read_json_object(path);
  const JsonFields fields(content, path.string());
  const std::string type = fields.text("model_type", "");
  if (type != "clip" && type != "clip_vision_model")
    fields.refuse("model_type", "expected 'clip' or 'clip_vision_model', the only tower that is computed");
  return models::read_clip_vision_config(fields.object("vision_config").value_or(fields));
}

bool read_padding(const JsonFields& fields) {
  constexpr const char* key = "image_aspect_ratio";
  const std::string ratio = fields.text(key, "square");
  if (ratio.starts_with("anyres"))
    fields.refuse(key, "this is LLaVA-NeXT, whose pictures in any resolution this plugin does not compute");
  if (ratio != "square" && ratio != "pad") fields.refuse(key, "expected 'square' or 'pad'");
  return ratio == "pad";
}

}  // namespace

OriginalConfig read_original_config(const std::filesystem::path& folder, const std::filesystem::path& vision_tower) {
  const std::filesystem::path path = folder / "config.json";
  const nlohmann::json content = models::read_json_object(path);
  const JsonFields fields(content, path.string());
  if (fields.find("quantization_config") != nullptr)
    fields.refuse("quantization_config", "this plugin does not compute with quantised weights");
  if (vision_tower.empty()) {
    throw Error(OC_E_OPTION, fmt::format("{} has LLaVA's original form, which leaves its vision tower out; name the "
                                         "folder of '{}' with --adapter llava:vision-tower=DIR",
                                         folder.string(), fields.text("mm_vision_tower", "")));
  }
  OriginalConfig config{};
  Config& network = config.network;
  network.text = read_llama_config(fields);
  network.vision = read_tower(vision_tower);
  network.projector = read_projector(fields);
  const nlohmann::json* const layer = fields.find("mm_vision_select_layer");
  const nlohmann::json class_default = -2;
  network.feature_blocks = {
      blocks_of_layer(fields, "mm_vision_select_layer", layer == nullptr ? class_default : *layer, network.vision)};
  const std::string feature = fields.text("mm_vision_select_feature", "patch");
  if (feature != "patch" && feature != "cls_patch")
    fields.refuse("mm_vision_select_feature", "expected 'patch' or 'cls_patch'");
  network.class_token_is_feature = feature == "cls_patch";
  network.stored_type = models::read_stored_type(fields);
  network.image_token = image_token_index;
  const int64_t width = fields.integer("mm_hidden_size", network.vision.hidden_size, 1, models::most_features);
  if (width != network.vision.hidden_size) {
    fields.refuse("mm_hidden_size",
                  fmt::format("the tower in {} has {} features", vision_tower.string(), network.vision.hidden_size));
  }
  if (network.projector.layers == 0 && width != network.text.hidden_size) {
    fields.refuse("mm_projector_type", fmt::format("without a projector the tower's {} features must be the decoder's "
                                                   "{}",
                                                   width, network.text.hidden_size));
  }
  config.pads_pictures = read_padding(fields);
  config.has_image_markers = fields.boolean("mm_use_im_start_end", false);
  config.has_patch_token = fields.boolean("mm_use_im_patch_token", true);
  config.has_trained_tower = fields.boolean("unfreeze_mm_vision_tower", false);
  return config;
}

}  // namespace ocellus::llava
