#include "plugins/models/qwen2_5_vl/chat_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <ocellus/sdk/error.hpp>
#include <ocellus/sdk/sha256.hpp>
#include <optional>
#include <span>
#include <string_view>

#include "plugins/models/qwen2_5_vl/json_fields.hpp"

namespace ocellus::qwen2_5_vl {

namespace {

struct KnownTemplate {
  std::string_view sha256;  // of the text with \n line ends and without the last one, which Jinja drops too
  bool default_system;
  const char* name;
};

constexpr std::array<KnownTemplate, 3> known_templates = {{
    {"a0bc6f6fc7a29a80017a433e8f03a1cc1236e838a944a2d034295a60c4f2fddb", true, "Qwen2.5-VL"},
    {"b17137645c544af2d4558d36a6723777b736b4045bda225eeedf90595cc774ed", false,
     "Qwen2.5-VL without a default system message"},
    {"12d404f4fbdc2487ef3d493c729cf8d8c648e4242249753f021d02ea4cf76485", true,
     "Qwen2.5-VL as written in Ocellus's fixtures"},
}};

constexpr const char* how_to_force =
    "to render Qwen2.5-VL's own prompt anyway, add --adapter qwen2_5_vl:template=force";

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

ChatTemplate find_chat_template(const std::filesystem::path& folder, bool force) {
  const std::optional<FoundTemplate> found = find_text(folder);
  if (!found) {
    if (force) return {true, "none in the folder, Qwen2.5-VL forced"};
    throw Error(OC_E_MODEL, fmt::format("{} has no chat template (chat_template.jinja, chat_template.json or a "
                                        "chat_template in tokenizer_config.json); {}",
                                        folder.string(), how_to_force));
  }
  const std::string sha256 = fingerprint(found->text);
  const auto known = std::find_if(known_templates.begin(), known_templates.end(),
                                  [&](const KnownTemplate& entry) { return entry.sha256 == sha256; });
  const std::string file = found->file.filename().string();
  if (known != known_templates.end()) return {known->default_system, fmt::format("{} ({})", known->name, file)};
  if (force) return {true, fmt::format("unknown in {} (sha256 {}), Qwen2.5-VL forced", file, sha256)};
  throw Error(OC_E_MODEL, fmt::format("the chat template in {} is not one that this plugin knows (sha256 {}); {}",
                                      found->file.string(), sha256, how_to_force));
}

}  // namespace ocellus::qwen2_5_vl
