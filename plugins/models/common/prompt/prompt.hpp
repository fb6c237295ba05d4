// A prompt as text whose parts are known, and as token ids that know what they are.
#pragma once

#include <ocellus/abi/layout.h>
#include <ocellus/abi/sample.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/common/tokenizer/tokenizer.hpp"

namespace ocellus::models {

// A run of bytes of the rendered prompt.
struct PromptSpan {
  uint32_t kind;  // OC_SEGMENT_*
  uint32_t turn;
  int32_t image;  // of OC_SEGMENT_IMAGE, else -1
  size_t begin, end;
};

struct RenderedPrompt {
  std::string text;               // as the chat template renders it: one placeholder an image
  std::vector<PromptSpan> spans;  // partition the text

  // Appends `text`, which may be empty.
  void add(uint32_t kind, uint32_t turn, std::string_view text, int32_t image = -1);
};

// What a chat template needs to know of a conversation beside its words.
class ConversationParts {
 public:
  // Throws Error(OC_E_SAMPLE) if the conversation has no user turn. Borrows the sample.
  explicit ConversationParts(const oc_sample& sample);

  // The kind of the text of a turn: the last user turn is the question.
  uint32_t text_kind(uint32_t turn) const;
  // To be called with every image part in order: its number. Throws Error(OC_E_SAMPLE) unless the parts are the
  // sample's images, each once and in order.
  int32_t next_image(const oc_part& part);
  // Throws Error(OC_E_SAMPLE) if an image of the sample was not shown.
  void require_all_shown() const;

 private:
  const oc_sample& sample_;
  uint32_t question_turn_, next_image_ = 0;
};

struct ImageRun {
  int64_t begin, end;  // token indices
};

struct Prompt {
  std::vector<int64_t> ids;          // a given answer's at their end; those of images may be no token's
  std::vector<oc_segment> segments;  // partition the ids
  std::vector<ImageRun> images;
  int64_t prefix;  // tokens up to and including the last image's end marker; 0 without images
  // Whether a repetition penalty counts them; not where the reference generates from embeddings, without the ids.
  bool is_penalised = true;

  // Appends ids of one kind.
  void add(const PromptSpan& span, int64_t id, int64_t count = 1);
};

// A text that stands for a picture, as one token.
struct Placeholder {
  int64_t id;
  std::string_view text;
};

// Throws Error(OC_E_SAMPLE) if `token` is one of the placeholders; `where` begins the sentence.
void refuse_placeholder(int64_t token, std::span<const Placeholder> placeholders, const char* where);

// Tokenises the whole text at once, as Hugging Face does; a token that reaches over a border belongs to the span of its
// first byte, and one that stands nowhere in the text is the BOS. Each image's placeholder, the first of
// `placeholders`, becomes as many tokens as `image_tokens` says; `end_markers` more tokens belong to an image's part of
// the prefill. Throws Error(OC_E_SAMPLE) if the text is not UTF-8 or holds a placeholder of its own.
Prompt tokenize_prompt(const RenderedPrompt& rendered, const Tokenizer& tokenizer,
                       std::span<const Placeholder> placeholders, std::span<const int64_t> image_tokens,
                       int64_t end_markers);

// Ends `prompt`, of a conversation of `turns` turns, with the tokens of a given answer. They are tokenised by
// themselves, so that those before them are the ones a generating run has. Throws Error(OC_E_SAMPLE) as tokenize_prompt
// does, and if the answer is empty.
void append_given_answer(Prompt& prompt, std::string_view answer, uint32_t turns, const Tokenizer& tokenizer,
                         std::span<const Placeholder> placeholders);

// Throws Error(OC_E_MODEL) if the tokenizer of `folder` gave an id that the embedding, of `rows` rows, has none for.
void require_embedded(const Prompt& prompt, int64_t rows, const std::filesystem::path& folder);

}  // namespace ocellus::models
