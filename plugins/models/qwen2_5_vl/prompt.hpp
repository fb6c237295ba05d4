// From a conversation to token ids, and what each of them is.
#pragma once

#include <ocellus/abi/layout.h>
#include <ocellus/abi/sample.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/common/tokenizer/tokenizer.hpp"
#include "plugins/models/qwen2_5_vl/config.hpp"

namespace ocellus::qwen2_5_vl {

// A run of bytes of the rendered prompt.
struct PromptSpan {
  uint32_t kind;  // OC_SEGMENT_*
  uint32_t turn;
  int32_t image;  // of OC_SEGMENT_IMAGE, else -1
  size_t begin, end;
};

struct RenderedPrompt {
  std::string text;               // as the chat template renders it: one <|image_pad|> an image
  std::vector<PromptSpan> spans;  // partition the text
};

// Renders the conversation and the header of the reply. Throws Error(OC_E_SAMPLE) if it has no user turn, or if its
// image parts are not the sample's images, each once and in order.
RenderedPrompt render_prompt(const oc_sample& sample, bool default_system);

struct ImageRun {
  int64_t begin, end;  // token indices
};

struct Prompt {
  std::vector<int64_t> ids;          // a given answer's at their end
  std::vector<oc_segment> segments;  // partition the ids
  std::vector<ImageRun> images;
  int64_t prefix;  // tokens up to and including the last image's end marker; 0 without images
};

// Tokenises the whole text at once, as Hugging Face does; a token that reaches over a border belongs to the span of its
// first byte. Each image's placeholder becomes as many tokens as `image_tokens` says. Throws Error(OC_E_SAMPLE) if the
// text is not UTF-8 or holds an image or video placeholder of its own.
Prompt tokenize_prompt(const RenderedPrompt& rendered, const models::Tokenizer& tokenizer, const Config& config,
                       std::span<const int64_t> image_tokens);

// Ends `prompt`, of a conversation of `turns` turns, with the tokens of a given answer. They are tokenised by
// themselves, so that those before them are the ones a generating run has. Throws Error(OC_E_SAMPLE) as tokenize_prompt
// does, and if the answer is empty.
void append_given_answer(Prompt& prompt, std::string_view answer, uint32_t turns, const models::Tokenizer& tokenizer,
                         const Config& config);

// Throws Error(OC_E_MODEL) unless the tokenizer has the tokens a prompt is built with, under the ids of config.json.
void check_prompt_tokens(const models::Tokenizer& tokenizer, const Config& config);

}  // namespace ocellus::qwen2_5_vl
