#include "plugins/models/llava/hugging_face_form.hpp"

#include <fmt/format.h>

#include <array>
#include <ocellus/sdk/error.hpp>

#include "plugins/models/common/config/limits.hpp"
#include "plugins/models/common/config/model_files.hpp"
#include "plugins/models/common/weights/checkpoint.hpp"
#include "plugins/models/llava/hugging_face_prompt.hpp"
#include "plugins/models/llava/weight_names.hpp"

namespace ocellus::llava {

using models::JsonFields;

namespace {

constexpr int64_t class_end_token = 2;  // of LlamaConfig

// True for "full", which keeps the class token.
bool read_selection(const JsonFields& fields, const char* fallback) {
  constexpr const char* key = "vision_feature_select_strategy";
  const std::string strategy = fields.text(key, fallback);
  if (strategy != "default" && strategy != "full") fields.refuse(key, "expected 'default' or 'full'");
  return strategy == "full";
}

std::vector<int64_t> read_feature_blocks(const JsonFields& fields, const models::ClipVisionConfig& vision) {
  constexpr const char* key = "vision_feature_layer";
  const nlohmann::json* layers = fields.find(key);
  const nlohmann::json list = layers == nullptr    ? nlohmann::json::array({-2})
                              : layers->is_array() ? *layers
                                                   : nlohmann::json::array({*layers});
  if (list.empty() || list.size() > static_cast<size_t>(vision.layers) + 1)
    fields.refuse(key, fmt::format("expected 1 to {} layers", vision.layers + 1));
  std::vector<int64_t> blocks;
  for (const nlohmann::json& layer : list) blocks.push_back(blocks_of_layer(fields, key, layer, vision));
  return blocks;
}

// processor_config.json, where there is one, must count image tokens as the network makes features.
void check_processor_config(const std::filesystem::path& folder, const Config& config) {
  const std::filesystem::path path = folder / "processor_config.json";
  if (!std::filesystem::exists(path)) return;
  const nlohmann::json content = models::read_json_object(path);
  const JsonFields fields(content, path.string());
  const int64_t patch_size = fields.integer("patch_size", config.vision.patch_size, 1, 256);
  if (patch_size != config.vision.patch_size)
    fields.refuse("patch_size", fmt::format("it is {} in config.json", config.vision.patch_size));
  const bool full = read_selection(fields, config.class_token_is_feature ? "full" : "default");
  const int64_t tokens = config.tokens_of_image();
  // Folders from before this field say nothing, and mean what the network needs.
  const int64_t needed = tokens - config.vision.patches() + (full ? 0 : 1);
  if (fields.integer("num_additional_image_tokens", needed, 0, 16) != needed) {
    fields.refuse("num_additional_image_tokens",
                  fmt::format("the network makes {} features of a picture, which asks for {}", tokens, needed));
  }
  if (fields.text("image_token", image_placeholder) != image_placeholder)
    fields.refuse("image_token", fmt::format("this plugin expects {}", image_placeholder));
}

void check_tokens(const models::Tokenizer& tokenizer, const Config& config) {
  const auto id = tokenizer.id(image_placeholder);
  if (id != config.image_token) {
    throw Error(OC_E_MODEL,
                fmt::format("config.json says image_token_index is {}, but in tokenizer.json {} {}", config.image_token,
                            image_placeholder, id ? fmt::format("is {}", *id) : "does not exist"));
  }
}

}  // namespace

Config read_hugging_face_config(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "config.json";
  const nlohmann::json content = models::read_json_object(path);
  const JsonFields fields(content, path.string());
  if (fields.find("quantization_config") != nullptr)
    fields.refuse("quantization_config", "this plugin does not compute with quantised weights");
  const nlohmann::json nothing = nlohmann::json::object();
  const JsonFields text_fields = fields.object("text_config").value_or(JsonFields(nothing, path.string()));
  if (text_fields.text("model_type", "llama") != "llama")
    text_fields.refuse("model_type", "this plugin computes Llama's decoder, 'llama', only");
  const auto vision_fields = fields.object("vision_config");
  if (!vision_fields) fields.refuse("vision_config", "expected the vision tower's sizes");

  Config config{};
  config.text = read_llama_config(text_fields);
  config.vision = models::read_clip_vision_config(*vision_fields);
  config.projector = {2, fields.boolean("multimodal_projector_bias", true),
                      models::read_activation(fields, "projector_hidden_act", "gelu")};
  config.feature_blocks = read_feature_blocks(fields, config.vision);
  config.class_token_is_feature = read_selection(fields, "default");
  config.stored_type = models::read_stored_type(fields);
  const char* const token_key = fields.find("image_token_id") != nullptr ? "image_token_id" : "image_token_index";
  config.image_token = fields.integer(token_key, 32000, 0, models::most_tokens);
  if (config.image_token >= config.text.vocabulary)
    fields.refuse(token_key, fmt::format("expected a token id from 0 to {}", config.text.vocabulary - 1));
  return config;
}

HuggingFaceForm::HuggingFaceForm(const std::filesystem::path& folder, const FormOptions& options)
    : folder_(folder),
      config_(read_hugging_face_config(folder)),
      generation_(models::read_generation_config(folder, {class_end_token})),
      processor_(models::read_clip_processor(folder)),
      tokenizer_(models::Tokenizer::load(folder)),
      template_(recognise_template(folder, options.force_template)) {
  check_processor_config(folder, config_);
  check_image_size(processor_, config_, folder);
  check_tokens(tokenizer_, config_);
}

std::vector<std::string> HuggingFaceForm::files() const {
  return models::deciding_files(folder_);
}

models::Prompt HuggingFaceForm::prompt(const oc_sample& sample) const {
  const std::array<models::Placeholder, 1> placeholders = {{{config_.image_token, image_placeholder}}};
  const std::vector<int64_t> image_tokens(sample.n_images, config_.tokens_of_image());
  models::Prompt prompt =
      models::tokenize_prompt(render_prompt(sample), tokenizer_, placeholders, image_tokens, /*end_markers=*/0);
  if (sample.answer != nullptr)
    models::append_given_answer(prompt, sample.answer, sample.n_turns, tokenizer_, placeholders);
  models::require_embedded(prompt, config_.text.vocabulary, folder_);
  return prompt;
}

std::string HuggingFaceForm::token_bytes(int64_t id) const {
  const bool is_padding_row = id >= static_cast<int64_t>(tokenizer_.size()) && id < config_.text.vocabulary;
  return is_padding_row ? std::string() : tokenizer_.bytes(id);
}

std::string HuggingFaceForm::weight_name(std::string_view stored) const {
  std::string name = table_name(stored);
  return config_.text.tied_head && name == "lm_head.weight" ? std::string() : name;
}

models::WeightMap HuggingFaceForm::weights() const {
  const models::Checkpoint checkpoint = models::Checkpoint::open(folder_);
  const auto name_of = [&](std::string_view stored) { return weight_name(stored); };
  return models::match_weights(checkpoint.tensors(), weight_table(config_), name_of, folder_);
}

}  // namespace ocellus::llava
