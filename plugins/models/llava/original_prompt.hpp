// The prompts of LLaVA's original code, and how its ids are made: text and pictures apart.
#pragma once

#include <ocellus/abi/sample.h>

#include "plugins/models/common/prompt/prompt.hpp"
#include "plugins/models/llava/checkpoint_form.hpp"

namespace ocellus::llava {

// The text of a conversation with the header of the reply: pictures as "<image>" and a line break before the text of
// their message, within <im_start> and <im_end> if `has_markers`. A system message at its beginning takes the place of
// the mode's own. Throws Error(OC_E_SAMPLE) as models::ConversationParts does, for a system message elsewhere, for text
// that holds "<image>", and for mode `plain`, which has one message, if there are more.
models::RenderedPrompt render_original_prompt(const oc_sample& sample, ConversationMode mode, bool has_markers);

struct Splicing {
  int64_t image_token;      // the id that stands for each feature
  int64_t tokens_of_image;  // features of one picture
  int64_t end_markers;      // tokens behind a picture that belong to it
};

// Tokenises the text between pictures by itself, each piece as if it were the whole, and leaves out the BOS of all but
// the first: so "<image>" is no token, and what follows it begins like a text. Throws Error(OC_E_SAMPLE) if the text is
// not UTF-8.
models::Prompt splice_prompt(const models::RenderedPrompt& rendered, const models::Tokenizer& tokenizer,
                             const Splicing& splicing);

// Throws Error(OC_E_SAMPLE) if `text` holds "<image>"; `where` begins the sentence.
void refuse_image_text(std::string_view text, const char* where);

}  // namespace ocellus::llava
