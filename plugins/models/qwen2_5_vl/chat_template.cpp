#include "plugins/models/qwen2_5_vl/chat_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ocellus/sdk/error.hpp>
#include <optional>
#include <string_view>

#include "plugins/models/common/prompt/chat_template.hpp"

namespace ocellus::qwen2_5_vl {

namespace {

struct KnownTemplate {
  std::string_view sha256;
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

}  // namespace

ChatTemplate find_chat_template(const std::filesystem::path& folder, bool force) {
  const std::optional<models::TemplateFile> found = models::find_template_file(folder);
  if (!found) {
    if (force) return {true, "none in the folder, Qwen2.5-VL forced"};
    throw Error(OC_E_MODEL, fmt::format("{} has no chat template (chat_template.jinja, chat_template.json or a "
                                        "chat_template in tokenizer_config.json); {}",
                                        folder.string(), how_to_force));
  }
  const auto known = std::find_if(known_templates.begin(), known_templates.end(),
                                  [&](const KnownTemplate& entry) { return entry.sha256 == found->sha256; });
  const std::string file = found->file.filename().string();
  if (known != known_templates.end()) return {known->default_system, fmt::format("{} ({})", known->name, file)};
  if (force) return {true, fmt::format("unknown in {} (sha256 {}), Qwen2.5-VL forced", file, found->sha256)};
  throw Error(OC_E_MODEL, fmt::format("the chat template in {} is not one that this plugin knows (sha256 {}); {}",
                                      found->file.string(), found->sha256, how_to_force));
}

}  // namespace ocellus::qwen2_5_vl
