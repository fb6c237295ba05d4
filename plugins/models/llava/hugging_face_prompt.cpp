#include "plugins/models/llava/hugging_face_prompt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ocellus/sdk/error.hpp>
#include <optional>
#include <span>
#include <string_view>

#include "plugins/models/common/prompt/chat_template.hpp"

namespace ocellus::llava {

namespace {

struct KnownTemplate {
  std::string_view sha256;
  const char* name;
};

constexpr std::array<KnownTemplate, 2> known_templates = {{
    {"50c43d0ac06b32ddd89668462d54ab30c7f75a36b3f1d876e82772b386c2c6f0", "LLaVA-1.5"},
    {"e3fea70fcaac69975d79d07ce576e282800963f8d74354bf29f4cd0f1f948854", "LLaVA-1.5 as written in Ocellus's fixtures"},
}};

const char* role_header(uint32_t role) {
  return role == OC_ROLE_SYSTEM ? "" : role == OC_ROLE_USER ? "USER: " : "ASSISTANT: ";
}

}  // namespace

models::RenderedPrompt render_prompt(const oc_sample& sample) {
  models::ConversationParts conversation(sample);
  models::RenderedPrompt out;
  for (uint32_t turn = 0; turn < sample.n_turns; ++turn) {
    const uint32_t text_kind = conversation.text_kind(turn);
    const std::span<const oc_part> parts(sample.turns[turn].parts, sample.turns[turn].n_parts);
    out.add(OC_SEGMENT_SPECIAL, turn, role_header(sample.turns[turn].role));
    for (const oc_part& part : parts) {
      if (part.kind == OC_PART_TEXT) continue;
      out.add(OC_SEGMENT_IMAGE, turn, image_placeholder, conversation.next_image(part));
      out.add(OC_SEGMENT_SPECIAL, turn, "\n");
    }
    for (const oc_part& part : parts) {
      if (part.kind != OC_PART_TEXT) continue;
      out.add(text_kind, turn, part.text);
      out.add(OC_SEGMENT_SPECIAL, turn, " ");
    }
  }
  conversation.require_all_shown();
  out.add(OC_SEGMENT_SPECIAL, sample.n_turns, "ASSISTANT:");
  return out;
}

std::string recognise_template(const std::filesystem::path& folder, bool force) {
  const std::optional<models::TemplateFile> found = models::find_template_file(folder);
  if (!found) return "none in the folder: USER: … ASSISTANT:";
  const auto known = std::find_if(known_templates.begin(), known_templates.end(),
                                  [&](const KnownTemplate& entry) { return entry.sha256 == found->sha256; });
  const std::string file = found->file.filename().string();
  if (known != known_templates.end()) return fmt::format("{} ({})", known->name, file);
  if (force) return fmt::format("unknown in {} (sha256 {}), LLaVA-1.5 forced", file, found->sha256);
  throw Error(OC_E_MODEL, fmt::format("the chat template in {} is not one that this plugin knows (sha256 {}); to "
                                      "render LLaVA-1.5's own prompt anyway, add --adapter llava:template=force",
                                      found->file.string(), found->sha256));
}

}  // namespace ocellus::llava
