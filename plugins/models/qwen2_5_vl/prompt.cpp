#include "plugins/models/qwen2_5_vl/prompt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <string_view>
#include <utility>

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

class Renderer {
 public:
  void add(uint32_t kind, uint32_t turn, std::string_view text, int32_t image = -1) {
    const size_t begin = prompt_.text.size();
    prompt_.text += text;
    if (!text.empty()) prompt_.spans.push_back({kind, turn, image, begin, prompt_.text.size()});
  }
  void begin_turn(uint32_t turn, std::string_view role) {
    add(OC_SEGMENT_SPECIAL, turn, fmt::format("{}{}\n", turn_begin, role));
  }
  void end_turn(uint32_t turn) { add(OC_SEGMENT_SPECIAL, turn, fmt::format("{}\n", turn_end)); }
  RenderedPrompt take() { return std::move(prompt_); }

 private:
  RenderedPrompt prompt_;
};

void append(std::vector<oc_segment>& segments, const PromptSpan& span, int64_t begin, int64_t end) {
  if (!segments.empty()) {
    oc_segment& last = segments.back();
    if (last.kind == span.kind && last.turn == span.turn && last.image == span.image) {
      last.end = end;
      return;
    }
  }
  segments.push_back({span.kind, span.turn, begin, end, span.image, 0});
}

void refuse_placeholder(int64_t token, const Config& config, const char* where) {
  if (token != config.image_token && token != config.video_token) return;
  throw Error(OC_E_SAMPLE, fmt::format("{} holds the text {}, which stands for a picture here; put the picture itself "
                                       "into the conversation, or write it otherwise",
                                       where, token == config.image_token ? image_pad : video_pad));
}

}  // namespace

RenderedPrompt render_prompt(const oc_sample& sample, bool default_system) {
  const std::span<const oc_turn> turns(sample.turns, sample.n_turns);
  const auto is_user = [](const oc_turn& turn) { return turn.role == OC_ROLE_USER; };
  const auto last_user = std::find_if(turns.rbegin(), turns.rend(), is_user);
  if (last_user == turns.rend())
    throw Error(OC_E_SAMPLE, "the conversation has no user message, so there is no question");
  const auto question_turn = static_cast<uint32_t>(turns.rend() - last_user - 1);

  Renderer out;
  if (turns.front().role != OC_ROLE_SYSTEM && default_system) {
    out.begin_turn(0, role_name(OC_ROLE_SYSTEM));
    out.add(OC_SEGMENT_SYSTEM, 0, "You are a helpful assistant.");
    out.end_turn(0);
  }
  uint32_t next_image = 0;
  for (uint32_t turn = 0; turn < turns.size(); ++turn) {
    const uint32_t role = turns[turn].role;
    const uint32_t text_kind = role == OC_ROLE_SYSTEM      ? OC_SEGMENT_SYSTEM
                               : role == OC_ROLE_ASSISTANT ? OC_SEGMENT_ASSISTANT_TEXT
                               : turn == question_turn     ? OC_SEGMENT_QUESTION
                                                           : OC_SEGMENT_USER_TEXT;
    out.begin_turn(turn, role_name(role));
    for (const oc_part& part : std::span(turns[turn].parts, turns[turn].n_parts)) {
      if (part.kind == OC_PART_TEXT) {
        out.add(text_kind, turn, part.text);
        continue;
      }
      if (part.image != next_image || part.image >= sample.n_images) {
        throw Error(OC_E_SAMPLE,
                    fmt::format("the conversation asks for image {} where image {} of {} should stand: each "
                                "image must be used once, in order",
                                part.image, next_image, sample.n_images));
      }
      out.add(OC_SEGMENT_SPECIAL, turn, vision_start);
      out.add(OC_SEGMENT_IMAGE, turn, image_pad, static_cast<int32_t>(next_image++));
      out.add(OC_SEGMENT_SPECIAL, turn, vision_end);
    }
    out.end_turn(turn);
  }
  if (next_image != sample.n_images) {
    throw Error(OC_E_SAMPLE,
                fmt::format("the conversation shows {} of the sample's {} images", next_image, sample.n_images));
  }
  out.begin_turn(sample.n_turns, role_name(OC_ROLE_ASSISTANT));
  return out.take();
}

Prompt tokenize_prompt(const RenderedPrompt& rendered, const models::Tokenizer& tokenizer, const Config& config,
                       std::span<const int64_t> image_tokens) {
  Prompt prompt{};
  auto span = rendered.spans.begin();
  for (const models::Token& token : tokenizer.encode(rendered.text, /*add_special_tokens=*/true)) {
    while (token.begin >= span->end) ++span;
    const auto begin = static_cast<int64_t>(prompt.ids.size());
    int64_t count = 1;
    if (span->kind == OC_SEGMENT_IMAGE) {
      if (token.id != config.image_token || prompt.images.size() == image_tokens.size()) {
        throw Error(OC_E_MODEL, fmt::format("tokenizer.json does not read {} as one token", image_pad));
      }
      count = image_tokens[prompt.images.size()];
      prompt.images.push_back({begin, begin + count});
      prompt.prefix = begin + count + 1;
    } else {
      refuse_placeholder(token.id, config, "a message");
    }
    prompt.ids.insert(prompt.ids.end(), static_cast<size_t>(count), token.id);
    append(prompt.segments, *span, begin, begin + count);
  }
  return prompt;
}

void append_given_answer(Prompt& prompt, std::string_view answer, uint32_t turns, const models::Tokenizer& tokenizer,
                         const Config& config) {
  const auto begin = static_cast<int64_t>(prompt.ids.size());
  for (const models::Token& token : tokenizer.encode(answer, /*add_special_tokens=*/false)) {
    refuse_placeholder(token.id, config, "the given answer");
    prompt.ids.push_back(token.id);
  }
  const auto end = static_cast<int64_t>(prompt.ids.size());
  if (begin == end) throw Error(OC_E_SAMPLE, "the given answer is empty, so no row explains any of its tokens");
  prompt.segments.push_back({OC_SEGMENT_GIVEN_ANSWER, turns, begin, end, -1, 0});
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
