#include "plugins/models/llava/original_prompt.hpp"

#include <fmt/format.h>

#include <ocellus/sdk/error.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "plugins/models/llava/hugging_face_prompt.hpp"

namespace ocellus::llava {

namespace {

// As the original code's table of conversations has them; what separates messages depends on their number's parity.
struct Conversation {
  std::string_view system, user, assistant, after_even, after_odd;
};

constexpr Conversation vicuna_v1{
    "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, "
    "and "
    "polite answers to the user's questions.",
    "USER", "ASSISTANT", " ", "</s>"};
constexpr Conversation llava_v1{
    "A chat between a curious human and an artificial intelligence assistant. The assistant gives helpful, detailed, "
    "and polite answers to the human's questions.",
    "USER", "ASSISTANT", " ", "</s>"};

// Pictures first, then the texts with a space between them.
void add_message(models::RenderedPrompt& out, models::ConversationParts& conversation, const oc_turn& turn,
                 uint32_t number, bool has_markers) {
  const std::span<const oc_part> parts(turn.parts, turn.n_parts);
  for (const oc_part& part : parts) {
    if (part.kind == OC_PART_TEXT) continue;
    if (has_markers) out.add(OC_SEGMENT_SPECIAL, number, "<im_start>");
    out.add(OC_SEGMENT_IMAGE, number, image_placeholder, conversation.next_image(part));
    if (has_markers) out.add(OC_SEGMENT_SPECIAL, number, "<im_end>");
    out.add(OC_SEGMENT_SPECIAL, number, "\n");
  }
  bool is_first = true;
  for (const oc_part& part : parts) {
    if (part.kind != OC_PART_TEXT) continue;
    refuse_image_text(part.text, "a message");
    if (!is_first) out.add(OC_SEGMENT_SPECIAL, number, " ");
    out.add(conversation.text_kind(number), number, part.text);
    is_first = false;
  }
}

}  // namespace

void refuse_image_text(std::string_view text, const char* where) {
  if (text.find(image_placeholder) == text.npos) return;
  throw Error(OC_E_SAMPLE, fmt::format("{} holds the text {}, which stands for a picture here; put the picture itself "
                                       "into the conversation, or write it otherwise",
                                       where, image_placeholder));
}

models::RenderedPrompt render_original_prompt(const oc_sample& sample, ConversationMode mode, bool has_markers) {
  models::ConversationParts conversation(sample);
  models::RenderedPrompt out;
  const bool has_system = sample.turns[0].role == OC_ROLE_SYSTEM;
  const uint32_t first = has_system ? 1 : 0;
  const bool is_plain = mode == ConversationMode::plain;
  if (is_plain && (has_system || sample.n_turns > 1))
    throw Error(OC_E_SAMPLE, "conv-mode=plain has room for one message; take another conv-mode");
  const Conversation& table = mode == ConversationMode::llava_v1 ? llava_v1 : vicuna_v1;
  if (has_system) {
    add_message(out, conversation, sample.turns[0], 0, has_markers);
  } else if (!is_plain) {
    out.add(OC_SEGMENT_SYSTEM, 0, table.system);
  }
  if (!is_plain) out.add(OC_SEGMENT_SPECIAL, 0, table.after_even);
  for (uint32_t turn = first; turn < sample.n_turns; ++turn) {
    const uint32_t role = sample.turns[turn].role;
    if (role == OC_ROLE_SYSTEM)
      throw Error(OC_E_SAMPLE, "a system message must be the first of its conversation in this prompt");
    if (!is_plain)
      out.add(OC_SEGMENT_SPECIAL, turn, std::string(role == OC_ROLE_USER ? table.user : table.assistant) + ": ");
    add_message(out, conversation, sample.turns[turn], turn, has_markers);
    out.add(OC_SEGMENT_SPECIAL, turn, is_plain ? "\n" : (turn - first) % 2 == 0 ? table.after_even : table.after_odd);
  }
  conversation.require_all_shown();
  if (!is_plain) out.add(OC_SEGMENT_SPECIAL, sample.n_turns, std::string(table.assistant) + ":");
  return out;
}

models::Prompt splice_prompt(const models::RenderedPrompt& rendered, const models::Tokenizer& tokenizer,
                             const Splicing& splicing) {
  constexpr models::PromptSpan bos{OC_SEGMENT_BOS, 0, -1, 0, 0};
  models::Prompt prompt{};
  prompt.is_penalised = false;  // the original code generates from embeddings
  auto span = rendered.spans.begin();
  const auto add_text = [&](size_t begin, size_t end, bool is_first) {
    bool at_beginning = true;
    const std::string_view text = std::string_view(rendered.text).substr(begin, end - begin);
    for (const models::Token& token : tokenizer.encode(text, /*add_special_tokens=*/true)) {
      // A "▁" may stand nowhere in the text too.
      const bool is_bos =
          std::exchange(at_beginning, false) && token.begin == token.end && tokenizer.is_special(token.id);
      if (is_bos) {
        if (is_first) prompt.add(bos, token.id);
        continue;
      }
      while (span + 1 != rendered.spans.end() && begin + token.begin >= span->end) ++span;
      prompt.add(*span, token.id);
    }
  };
  size_t done = 0;
  bool is_first = true;
  for (auto image = rendered.spans.begin(); image != rendered.spans.end(); ++image) {
    if (image->kind != OC_SEGMENT_IMAGE) continue;
    add_text(done, image->begin, std::exchange(is_first, false));
    const auto begin = static_cast<int64_t>(prompt.ids.size());
    prompt.add(*image, splicing.image_token, splicing.tokens_of_image);
    prompt.images.push_back({begin, begin + splicing.tokens_of_image});
    prompt.prefix = begin + splicing.tokens_of_image + splicing.end_markers;
    done = image->end;
    span = image + 1 == rendered.spans.end() ? image : image + 1;
  }
  add_text(done, rendered.text.size(), is_first);
  return prompt;
}

}  // namespace ocellus::llava
