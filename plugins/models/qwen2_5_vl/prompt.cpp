#include "plugins/models/qwen2_5_vl/prompt.hpp"

#include <fmt/format.h>

#include <array>
#include <ocellus/sdk/error.hpp>
#include <string_view>

namespace ocellus::qwen2_5_vl {

namespace {

constexpr std::string_view turn_begin = "<|im_start|>", turn_end = "<|im_end|>";
constexpr std::string_view vision_start = "<|vision_start|>", vision_end = "<|vision_end|>";
constexpr std::string_view image_pad = "<|image_pad|>", video_pad = "<|video_pad|>";

const char* role_name(uint32_t role) {
  switch (role) {
    case OC_ROLE_SYSTEM:
      return "system";
    case OC_ROLE_USER:
      return "user";
    case OC_ROLE_ASSISTANT:
      return "assistant";
    default:
      throw Error(OC_E_SAMPLE, fmt::format("a turn has the unknown role {}", role));
  }
}

std::array<models::Placeholder, 2> placeholders(const Config& config) {
  return {{{config.image_token, image_pad}, {config.video_token, video_pad}}};
}

}  // namespace

RenderedPrompt render_prompt(const oc_sample& sample, bool default_system) {
  models::ConversationParts parts(sample);
  RenderedPrompt out;
  const auto begin_turn = [&](uint32_t turn, std::string_view role) {
    out.add(OC_SEGMENT_SPECIAL, turn, fmt::format("{}{}\n", turn_begin, role));
  };
  const auto end_turn = [&](uint32_t turn) { out.add(OC_SEGMENT_SPECIAL, turn, fmt::format("{}\n", turn_end)); };
  if (sample.turns[0].role != OC_ROLE_SYSTEM && default_system) {
    begin_turn(0, role_name(OC_ROLE_SYSTEM));
    out.add(OC_SEGMENT_SYSTEM, 0, "You are a helpful assistant.");
    end_turn(0);
  }
  for (uint32_t turn = 0; turn < sample.n_turns; ++turn) {
    begin_turn(turn, role_name(sample.turns[turn].role));
    for (const oc_part& part : std::span(sample.turns[turn].parts, sample.turns[turn].n_parts)) {
      if (part.kind == OC_PART_TEXT) {
        out.add(parts.text_kind(turn), turn, part.text);
        continue;
      }
      const int32_t image = parts.next_image(part);
      out.add(OC_SEGMENT_SPECIAL, turn, vision_start);
      out.add(OC_SEGMENT_IMAGE, turn, image_pad, image);
      out.add(OC_SEGMENT_SPECIAL, turn, vision_end);
    }
    end_turn(turn);
  }
  parts.require_all_shown();
  begin_turn(sample.n_turns, role_name(OC_ROLE_ASSISTANT));
  return out;
}

Prompt tokenize_prompt(const RenderedPrompt& rendered, const models::Tokenizer& tokenizer, const Config& config,
                       std::span<const int64_t> image_tokens) {
  return models::tokenize_prompt(rendered, tokenizer, placeholders(config), image_tokens, /*end_markers=*/1);
}

void append_given_answer(Prompt& prompt, std::string_view answer, uint32_t turns, const models::Tokenizer& tokenizer,
                         const Config& config) {
  models::append_given_answer(prompt, answer, turns, tokenizer, placeholders(config));
}

void check_prompt_tokens(const models::Tokenizer& tokenizer, const Config& config) {
  const auto require = [&](std::string_view token, int64_t expected, const char* key) {
    const auto id = tokenizer.id(token);
    if (id != expected) {
      throw Error(OC_E_MODEL, fmt::format("config.json says {} is {}, but in tokenizer.json {} {}", key, expected,
                                          token, id ? fmt::format("is {}", *id) : "does not exist"));
    }
  };
  require(image_pad, config.image_token, "image_token_id");
  require(video_pad, config.video_token, "video_token_id");
  require(vision_start, config.vision_start_token, "vision_start_token_id");
  require(vision_end, config.vision_end_token, "vision_end_token_id");
  for (const std::string_view token : {turn_begin, turn_end}) {
    if (!tokenizer.id(token)) {
      throw Error(OC_E_MODEL, fmt::format("tokenizer.json has no token {}, which every prompt needs", token));
    }
  }
}

}  // namespace ocellus::qwen2_5_vl
