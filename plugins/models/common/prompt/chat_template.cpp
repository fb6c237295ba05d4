#include "plugins/models/common/prompt/chat_template.hpp"

#include <fstream>
#include <iterator>
#include <ocellus/sdk/sha256.hpp>
#include <optional>
#include <span>
#include <utility>

#include "plugins/models/common/config/json_fields.hpp"

namespace ocellus::models {

namespace {

struct FoundTemplate {
  std::filesystem::path file;
  std::string text;
};

// The value of `chat_template`: a text, or a list of {name, template} of which the one named "default" counts.
std::optional<std::string> template_in(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return std::nullopt;
  const nlohmann::json content = read_json_object(file);
  const JsonFields fields(content, file.string());
  const nlohmann::json* value = fields.find("chat_template");
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  if (value->is_array()) {
    for (const nlohmann::json& entry : *value) {
      if (entry.is_object() && entry.value("name", nlohmann::json()) == "default" && entry.contains("template") &&
          entry["template"].is_string()) {
        return entry["template"].get<std::string>();
      }
    }
  }
  fields.refuse("chat_template", "expected a text, or a list with one named 'default'");
}

std::optional<FoundTemplate> find_text(const std::filesystem::path& folder) {
  const std::filesystem::path jinja = folder / "chat_template.jinja";
  if (std::ifstream file(jinja, std::ios::binary); file) {
    return FoundTemplate{jinja, {std::istreambuf_iterator<char>(file), {}}};
  }
  for (const char* name : {"chat_template.json", "tokenizer_config.json"}) {
    if (auto text = template_in(folder / name)) return FoundTemplate{folder / name, std::move(*text)};
  }
  return std::nullopt;
}

std::string fingerprint(const std::string& text) {
  std::string normal;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') normal.push_back(text[i]);
  }
  if (normal.ends_with('\n')) normal.pop_back();
  return sha256_hex(std::as_bytes(std::span(normal)));
}

}  // namespace

std::optional<TemplateFile> find_template_file(const std::filesystem::path& folder) {
  std::optional<FoundTemplate> found = find_text(folder);
  if (!found) return std::nullopt;
  return TemplateFile{std::move(found->file), fingerprint(found->text)};
}

}  // namespace ocellus::models
