#include "plugins/models/llava/original_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ocellus/sdk/error.hpp>

#include "plugins/models/common/clip/weights.hpp"
#include "plugins/models/common/pickle/torch_file.hpp"
#include "plugins/models/common/sentencepiece/llama_tokenizer.hpp"
#include "plugins/models/common/weights/checkpoint.hpp"
#include "plugins/models/llava/hugging_face_prompt.hpp"
#include "plugins/models/llava/original_prompt.hpp"

namespace ocellus::llava {

namespace fs = std::filesystem;

namespace {

constexpr int64_t class_end_token = 2;  // of LlamaConfig
constexpr std::string_view tower_prefix = "model.vision_tower.vision_tower.";

std::vector<std::string> tokens_to_add(const OriginalConfig& config) {
  std::vector<std::string> tokens;
  if (config.has_patch_token) tokens.emplace_back("<im_patch>");
  if (config.has_image_markers) tokens.insert(tokens.end(), {"<im_start>", "<im_end>"});
  return tokens;
}

models::ClipImageProcessor read_processor(const fs::path& vision_tower, const OriginalConfig& config) {
  models::ClipImageProcessor processor = models::read_clip_processor(vision_tower);
  processor.pad = config.pads_pictures;
  return processor;
}

// Names of non_lora_trainables.bin as the original code mends them.
void mend_names(std::vector<models::TensorView>& tensors) {
  const auto strip = [&](std::string_view prefix) {
    for (models::TensorView& tensor : tensors)
      if (tensor.name.starts_with(prefix)) tensor.name.erase(0, prefix.size());
  };
  strip("base_model.");
  const bool is_wrapped = std::any_of(tensors.begin(), tensors.end(),
                                      [](const auto& tensor) { return tensor.name.starts_with("model.model."); });
  if (is_wrapped) strip("model.");
}

}  // namespace

OriginalForm::OriginalForm(const fs::path& folder, const FormOptions& options)
    : folder_(folder),
      vision_tower_(options.vision_tower),
      model_base_(options.model_base),
      conversation_(options.conversation.value_or(ConversationMode::vicuna_v1)),
      config_(read_original_config(folder, options.vision_tower)),
      generation_(models::read_generation_config(folder, {class_end_token})),
      processor_(read_processor(vision_tower_, config_)),
      tokenizer_(models::load_llama_tokenizer(language_folder(), tokens_to_add(config_))) {
  if (model_base_.empty() && fs::exists(folder_ / "adapter_config.json")) {
    throw Error(OC_E_OPTION, fmt::format("{} holds LoRA for another model; name that model's folder with --adapter "
                                         "llava:model-base=DIR",
                                         folder_.string()));
  }
  if (!model_base_.empty()) trained_beside();
  check_image_size(processor_, config_.network, vision_tower_);
}

std::vector<std::string> OriginalForm::files() const {
  std::vector<fs::path> files;
  const auto add = [&](const fs::path& from, const char* name) {
    if (fs::exists(from / name)) files.push_back(from / name);
  };
  for (const char* name : {"config.json", "generation_config.json"}) add(folder_, name);
  for (const char* name : {"tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"})
    add(language_folder(), name);
  for (const char* name : {"config.json", "preprocessor_config.json"}) add(vision_tower_, name);
  for (const fs::path& from : {language_folder(), vision_tower_})
    for (const fs::path& weights : models::Checkpoint::files_of(from)) files.push_back(weights);
  if (!model_base_.empty()) files.push_back(trained_beside());
  std::vector<std::string> names;
  for (const fs::path& file : files) names.push_back(file.string());
  return names;
}

std::string OriginalForm::prompt_description() const {
  return conversation_ == ConversationMode::plain      ? "plain (conv-mode)"
         : conversation_ == ConversationMode::llava_v1 ? "llava_v1 (conv-mode)"
                                                       : "vicuna_v1 (conv-mode)";
}

models::Prompt OriginalForm::prompt(const oc_sample& sample) const {
  const Config& network = config_.network;
  const bool markers = config_.has_image_markers;
  models::Prompt prompt = splice_prompt(render_original_prompt(sample, conversation_, markers), tokenizer_,
                                        {network.image_token, network.tokens_of_image(), markers ? 1 : 0});
  if (sample.answer != nullptr) {
    refuse_image_text(sample.answer, "the given answer");
    models::append_given_answer(prompt, sample.answer, sample.n_turns, tokenizer_, {});
  }
  models::require_embedded(prompt, network.text.vocabulary, folder_);
  return prompt;
}

std::string OriginalForm::token_bytes(int64_t id) const {
  if (id == config_.network.image_token) return image_placeholder;
  const bool is_padding_row = id >= static_cast<int64_t>(tokenizer_.size()) && id < config_.network.text.vocabulary;
  return is_padding_row ? std::string() : tokenizer_.bytes(id);
}

std::string OriginalForm::weight_name(std::string_view stored) const {
  if (stored.ends_with(".rotary_emb.inv_freq")) return {};
  if (config_.network.text.tied_head && stored == "lm_head.weight") return {};
  if (stored.starts_with(tower_prefix)) {
    const std::string name = models::clip_table_name(stored.substr(tower_prefix.size()));
    return name.empty() ? name : "vision_tower." + name;
  }
  constexpr std::string_view projector = "model.mm_projector.";
  if (!stored.starts_with(projector)) return std::string(stored);
  std::string_view rest = stored.substr(projector.size());
  if (rest == "weight" || rest == "bias") return std::string("projector.0.").append(rest);
  // Every other module of the sequence is an activation.
  const std::size_t dot = rest.find('.');
  const std::string_view number = rest.substr(0, dot);
  const bool is_layer = dot != rest.npos && !number.empty() && number.size() <= 2 &&
                        number.find_first_not_of("0123456789") == number.npos && (number.back() - '0') % 2 == 0;
  if (!is_layer) return std::string(stored);
  return fmt::format("projector.{}{}", std::stoi(std::string(number)) / 2, rest.substr(dot));
}

fs::path OriginalForm::adapter() const {
  return !model_base_.empty() && fs::exists(folder_ / "adapter_config.json") ? folder_ : fs::path();
}

fs::path OriginalForm::trained_beside() const {
  const char* const name = adapter().empty() ? "mm_projector.bin" : "non_lora_trainables.bin";
  if (fs::exists(folder_ / name)) return folder_ / name;
  throw Error(OC_E_MODEL, fmt::format("{} lacks {}, which goes with model-base=…; leave that out if the folder holds a "
                                      "whole model",
                                      folder_.string(), name));
}

models::WeightMap OriginalForm::weights() const {
  // Later ones take the places of earlier ones, as they are loaded by the original code.
  std::map<std::string, models::TensorView> tensors;
  const auto load_over = [&](std::span<const models::TensorView> more) {
    for (const models::TensorView& tensor : more) {
      const std::string name = weight_name(tensor.name);
      if (!name.empty()) tensors.insert_or_assign(name, tensor);
    }
  };
  const models::Checkpoint tower = models::Checkpoint::open(vision_tower_);
  for (models::TensorView tensor : tower.tensors()) {
    if (models::is_of_text_half(tensor.name)) continue;
    tensor.name.insert(0, tower_prefix);
    load_over({&tensor, 1});
  }
  const models::Checkpoint language = models::Checkpoint::open(language_folder());
  for (const models::TensorView& tensor : language.tensors())
    if (config_.has_trained_tower || !tensor.name.starts_with(tower_prefix)) load_over({&tensor, 1});
  if (!model_base_.empty()) {
    std::vector<models::TensorView> trained = models::open_torch_file(trained_beside());
    mend_names(trained);
    load_over(trained);
  }
  std::vector<models::TensorView> all;
  for (auto& [name, tensor] : tensors) all.push_back(std::move(tensor));
  return models::match_weights(
      all, weight_table(config_.network), [&](std::string_view stored) { return weight_name(stored); }, folder_);
}

}  // namespace ocellus::llava
