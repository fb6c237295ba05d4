// From a conversation to token ids, and what each of them is.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "plugins/models/common/prompt/prompt.hpp"
#include "plugins/models/qwen2_5_vl/config.hpp"

namespace ocellus::qwen2_5_vl {

using models::ImageRun;
using models::Prompt;
using models::RenderedPrompt;

// Renders the conversation and the header of the reply. Throws Error(OC_E_SAMPLE) if it has no user turn, or if its
// image parts are not the sample's images, each once and in order.
RenderedPrompt render_prompt(const oc_sample& sample, bool default_system);

// See models::tokenize_prompt: the placeholders are those of images and videos.
Prompt tokenize_prompt(const RenderedPrompt& rendered, const models::Tokenizer& tokenizer, const Config& config,
                       std::span<const int64_t> image_tokens);

// See models::append_given_answer.
void append_given_answer(Prompt& prompt, std::string_view answer, uint32_t turns, const models::Tokenizer& tokenizer,
                         const Config& config);

// Throws Error(OC_E_MODEL) unless the tokenizer has the tokens a prompt is built with, under the ids of config.json.
void check_prompt_tokens(const models::Tokenizer& tokenizer, const Config& config);

}  // namespace ocellus::qwen2_5_vl
