// Which chat template a folder has. Templates are programs in Jinja; instead of running them, this plugin knows what
// the ones it has met render, and tells them apart by the SHA-256 of their text.
#pragma once

#include <filesystem>
#include <string>

namespace ocellus::qwen2_5_vl {

struct ChatTemplate {
  bool default_system;      // a conversation without a system message gets "You are a helpful assistant."
  std::string description;  // where it was found and which it is
};

// Looks where Hugging Face does: chat_template.jinja, chat_template.json, tokenizer_config.json. Throws
// Error(OC_E_MODEL) if there is none or it is not known, unless `force`, which takes Qwen2.5-VL's own then.
ChatTemplate find_chat_template(const std::filesystem::path& folder, bool force);

}  // namespace ocellus::qwen2_5_vl
