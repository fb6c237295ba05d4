#include "plugins/models/common/config/model_files.hpp"

#include "plugins/models/common/weights/checkpoint.hpp"

namespace ocellus::models {

std::vector<std::string> deciding_files(const std::filesystem::path& folder) {
  std::vector<std::string> files;
  for (const char* name : {"config.json", "generation_config.json", "preprocessor_config.json", "processor_config.json",
                           "tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "chat_template.json"}) {
    if (std::filesystem::exists(folder / name)) files.push_back((folder / name).string());
  }
  for (const std::filesystem::path& weights : Checkpoint::files_of(folder)) files.push_back(weights.string());
  return files;
}

}  // namespace ocellus::models
