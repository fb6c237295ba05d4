// Which chat template a folder has. Templates are programs in Jinja; instead of running them, a plugin knows what the
// ones it has met render, and tells them apart by the SHA-256 of their text.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace ocellus::models {

struct TemplateFile {
  std::filesystem::path file;
  std::string sha256;  // of the text with \n line ends and without the last one, which Jinja drops too
};

// Looks where Hugging Face does: chat_template.jinja, chat_template.json, tokenizer_config.json. Nothing if there is
// none. Throws Error(OC_E_MODEL) if such a file is malformed.
std::optional<TemplateFile> find_template_file(const std::filesystem::path& folder);

}  // namespace ocellus::models
