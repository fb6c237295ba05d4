// A folder in LLaVA's original form: a Llama with a projector, its tower elsewhere, tokenizer.model, and prompts that
// are in the code instead of the folder.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/llava/checkpoint_form.hpp"
#include "plugins/models/llava/original_config.hpp"

namespace ocellus::llava {

class OriginalForm final : public CheckpointForm {
 public:
  // Throws Error(OC_E_MODEL), also if configuration, processor and tokenizer contradict each other, and
  // Error(OC_E_OPTION) if a folder has to be named that is not.
  OriginalForm(const std::filesystem::path& folder, const FormOptions& options);

  const Config& config() const override { return config_.network; }
  const models::GenerationConfig& generation() const override { return generation_; }
  const models::ClipImageProcessor& processor() const override { return processor_; }
  const models::Tokenizer& tokenizer() const override { return tokenizer_; }
  std::vector<std::string> files() const override;
  std::string prompt_description() const override;
  models::Prompt prompt(const oc_sample& sample) const override;
  std::string token_bytes(int64_t id) const override;
  std::string weight_name(std::string_view stored) const override;
  std::filesystem::path adapter() const override;
  models::WeightMap weights() const override;

 private:
  // The folder of tokenizer and language model.
  const std::filesystem::path& language_folder() const { return model_base_.empty() ? folder_ : model_base_; }
  // The file of weights that a folder of LoRA or a projector alone has beside those of `model-base`.
  std::filesystem::path trained_beside() const;

  std::filesystem::path folder_, vision_tower_, model_base_;
  ConversationMode conversation_;
  OriginalConfig config_;
  models::GenerationConfig generation_;
  models::ClipImageProcessor processor_;
  models::Tokenizer tokenizer_;
};

}  // namespace ocellus::llava
