// A folder that holds a LlavaForConditionalGeneration.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/llava/checkpoint_form.hpp"

namespace ocellus::llava {

// Reads config.json; missing fields take the defaults of the transformers classes. Throws Error(OC_E_MODEL) naming file
// and field for what is malformed or not computed.
Config read_hugging_face_config(const std::filesystem::path& folder);

class HuggingFaceForm final : public CheckpointForm {
 public:
  // Throws Error(OC_E_MODEL), also if configuration, processor and tokenizer contradict each other.
  HuggingFaceForm(const std::filesystem::path& folder, const FormOptions& options);

  const Config& config() const override { return config_; }
  const models::GenerationConfig& generation() const override { return generation_; }
  const models::ClipImageProcessor& processor() const override { return processor_; }
  const models::Tokenizer& tokenizer() const override { return tokenizer_; }
  std::vector<std::string> files() const override;
  std::string prompt_description() const override { return template_; }
  models::Prompt prompt(const oc_sample& sample) const override;
  std::string token_bytes(int64_t id) const override;
  std::string weight_name(std::string_view stored) const override;
  models::WeightMap weights() const override;

 private:
  std::filesystem::path folder_;
  Config config_;
  models::GenerationConfig generation_;
  models::ClipImageProcessor processor_;
  models::Tokenizer tokenizer_;
  std::string template_;
};

}  // namespace ocellus::llava
