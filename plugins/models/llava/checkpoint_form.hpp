// The boundary between the forms that LLaVA folders have and everything behind it, which is the same for all.
#pragma once

#include <ocellus/abi/sample.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/common/config/generation_config.hpp"
#include "plugins/models/common/image/clip_processor.hpp"
#include "plugins/models/common/prompt/prompt.hpp"
#include "plugins/models/common/tokenizer/tokenizer.hpp"
#include "plugins/models/common/weights/weight_table.hpp"
#include "plugins/models/llava/config.hpp"

namespace ocellus::llava {

// One opened folder: everything is read but the weights. Const members may be called by any thread.
class CheckpointForm {
 public:
  virtual ~CheckpointForm() = default;

  virtual const Config& config() const = 0;
  virtual const models::GenerationConfig& generation() const = 0;
  virtual const models::ClipImageProcessor& processor() const = 0;
  virtual const models::Tokenizer& tokenizer() const = 0;
  // Paths of everything that decides the numbers, in a fixed order.
  virtual std::vector<std::string> files() const = 0;
  // Which prompt it renders and where that was found, for people.
  virtual std::string prompt_description() const = 0;

  // The conversation as ids, Config::tokens_of_image() a picture, a given answer at the end. Throws Error(OC_E_SAMPLE).
  virtual models::Prompt prompt(const oc_sample& sample) const = 0;
  // See models::Tokenizer::bytes; none for a row of the embedding that the tokenizer has no token for.
  virtual std::string token_bytes(int64_t id) const = 0;

  // The name in weight_table of a weight as such folders name it; empty for one that is passed over.
  virtual std::string weight_name(std::string_view stored) const = 0;
  // A LoRA folder that is part of the checkpoint; empty if there is none.
  virtual std::filesystem::path adapter() const { return {}; }
  // The weights by the names of weight_table. Throws Error(OC_E_MODEL) as models::match_weights.
  virtual models::WeightMap weights() const = 0;
};

enum class ConversationMode { vicuna_v1, llava_v1, plain };

struct FormOptions {
  bool force_template = false;  // render LLaVA-1.5's prompt where the folder's template is unknown
  // The rest is for the original form; an empty path is none.
  std::filesystem::path vision_tower{};  // the folder of CLIP
  std::filesystem::path model_base{};    // the language model that a folder of LoRA or a projector alone is for
  std::optional<ConversationMode> conversation{};  // none: vicuna_v1, where the folder has no template
};

// Opens a folder of either form. Throws Error(OC_E_MODEL) for what is none, or LLaVA-NeXT.
std::unique_ptr<CheckpointForm> open_form(const std::filesystem::path& folder, const FormOptions& options);

}  // namespace ocellus::llava
