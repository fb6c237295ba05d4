#include "plugins/models/common/config/model_files.hpp"

#include <algorithm>

namespace ocellus::models {

std::vector<std::string> deciding_files(const std::filesystem::path& folder) {
  std::vector<std::string> files;
  for (const char* name :
       {"config.json", "generation_config.json", "preprocessor_config.json", "processor_config.json", "tokenizer.json",
        "tokenizer_config.json", "chat_template.jinja", "chat_template.json", "model.safetensors.index.json"}) {
    if (std::filesystem::exists(folder / name)) files.push_back((folder / name).string());
  }
  std::vector<std::string> weights;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".safetensors") weights.push_back(entry.path().string());
  }
  std::sort(weights.begin(), weights.end());
  files.insert(files.end(), weights.begin(), weights.end());
  return files;
}

}  // namespace ocellus::models
