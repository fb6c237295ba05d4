#include "plugins/models/common/prompt/prompt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>

namespace ocellus::models {

void RenderedPrompt::add(uint32_t kind, uint32_t turn, std::string_view part, int32_t image) {
  const size_t begin = text.size();
  text += part;
  if (!part.empty()) spans.push_back({kind, turn, image, begin, text.size()});
}

ConversationParts::ConversationParts(const oc_sample& sample) : sample_(sample) {
  const std::span<const oc_turn> turns(sample.turns, sample.n_turns);
  const auto is_user = [](const oc_turn& turn) { return turn.role == OC_ROLE_USER; };
  const auto last_user = std::find_if(turns.rbegin(), turns.rend(), is_user);
  if (last_user == turns.rend())
    throw Error(OC_E_SAMPLE, "the conversation has no user message, so there is no question");
  question_turn_ = static_cast<uint32_t>(turns.rend() - last_user - 1);
}

uint32_t ConversationParts::text_kind(uint32_t turn) const {
  switch (sample_.turns[turn].role) {
    case OC_ROLE_SYSTEM:
      return OC_SEGMENT_SYSTEM;
    case OC_ROLE_ASSISTANT:
      return OC_SEGMENT_ASSISTANT_TEXT;
    case OC_ROLE_USER:
      return turn == question_turn_ ? OC_SEGMENT_QUESTION : OC_SEGMENT_USER_TEXT;
    default:
      throw Error(OC_E_SAMPLE, fmt::format("a turn has the unknown role {}", sample_.turns[turn].role));
  }
}

int32_t ConversationParts::next_image(const oc_part& part) {
  if (part.image != next_image_ || part.image >= sample_.n_images) {
    throw Error(OC_E_SAMPLE, fmt::format("the conversation asks for image {} where image {} of {} should stand: each "
                                         "image must be used once, in order",
                                         part.image, next_image_, sample_.n_images));
  }
  return static_cast<int32_t>(next_image_++);
}

void ConversationParts::require_all_shown() const {
  if (next_image_ != sample_.n_images) {
    throw Error(OC_E_SAMPLE,
                fmt::format("the conversation shows {} of the sample's {} images", next_image_, sample_.n_images));
  }
}

void Prompt::add(const PromptSpan& span, int64_t id, int64_t count) {
  const auto begin = static_cast<int64_t>(ids.size());
  const int64_t end = begin + count;
  ids.insert(ids.end(), static_cast<size_t>(count), id);
  if (!segments.empty()) {
    oc_segment& last = segments.back();
    if (last.kind == span.kind && last.turn == span.turn && last.image == span.image) {
      last.end = end;
      return;
    }
  }
  segments.push_back({span.kind, span.turn, begin, end, span.image, 0});
}

void refuse_placeholder(int64_t token, std::span<const Placeholder> placeholders, const char* where) {
  for (const Placeholder& placeholder : placeholders) {
    if (token != placeholder.id) continue;
    throw Error(OC_E_SAMPLE, fmt::format("{} holds the text {}, which stands for a picture here; put the picture "
                                         "itself into the conversation, or write it otherwise",
                                         where, placeholder.text));
  }
}

Prompt tokenize_prompt(const RenderedPrompt& rendered, const Tokenizer& tokenizer,
                       std::span<const Placeholder> placeholders, std::span<const int64_t> image_tokens,
                       int64_t end_markers) {
  constexpr PromptSpan bos{OC_SEGMENT_BOS, 0, -1, 0, 0};
  Prompt prompt{};
  auto span = rendered.spans.begin();
  for (const Token& token : tokenizer.encode(rendered.text, /*add_special_tokens=*/true)) {
    if (token.begin == token.end) {
      prompt.add(bos, token.id);
      continue;
    }
    while (token.begin >= span->end) ++span;
    if (span->kind != OC_SEGMENT_IMAGE) {
      refuse_placeholder(token.id, placeholders, "a message");
      prompt.add(*span, token.id);
      continue;
    }
    if (token.id != placeholders.front().id || prompt.images.size() == image_tokens.size()) {
      throw Error(OC_E_MODEL, fmt::format("tokenizer.json does not read {} as one token", placeholders.front().text));
    }
    const auto begin = static_cast<int64_t>(prompt.ids.size());
    const int64_t count = image_tokens[prompt.images.size()];
    prompt.add(*span, token.id, count);
    prompt.images.push_back({begin, begin + count});
    prompt.prefix = begin + count + end_markers;
  }
  return prompt;
}

void append_given_answer(Prompt& prompt, std::string_view answer, uint32_t turns, const Tokenizer& tokenizer,
                         std::span<const Placeholder> placeholders) {
  const std::vector<Token> tokens = tokenizer.encode(answer, /*add_special_tokens=*/false);
  if (tokens.empty()) throw Error(OC_E_SAMPLE, "the given answer is empty, so no row explains any of its tokens");
  for (const Token& token : tokens) {
    refuse_placeholder(token.id, placeholders, "the given answer");
    prompt.add({OC_SEGMENT_GIVEN_ANSWER, turns, -1, 0, 0}, token.id);
  }
}

void require_embedded(const Prompt& prompt, int64_t rows, const std::filesystem::path& folder) {
  const int64_t largest_id = *std::max_element(prompt.ids.begin(), prompt.ids.end());
  if (largest_id < rows) return;
  throw Error(OC_E_MODEL, fmt::format("{}: the tokenizer gives the id {}, but the embedding has {} rows only",
                                      folder.string(), largest_id, rows));
}

}  // namespace ocellus::models
