#include "plugins/models/qwen2_5_vl/prompt.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/plugins/models/qwen2_5_vl/support/fixture.hpp"
#include "tests/plugins/models/qwen2_5_vl/support/scratch_folder.hpp"

namespace ocellus::qwen2_5_vl {

namespace {

using nlohmann::json;
using test::Conversation;
using testing::ElementsAre;
using testing::HasSubstr;

const std::filesystem::path& model_folder() {
  static const std::filesystem::path folder = test::fixture_root() / "base" / "model";
  return folder;
}

test::Picture blank() {
  return {28, 28, std::vector<uint8_t>(28 * 28 * 3)};
}

Prompt prompt_of(const Conversation& conversation, std::vector<int64_t> image_tokens = {}) {
  const models::Tokenizer tokenizer = models::Tokenizer::load(model_folder());
  return tokenize_prompt(render_prompt(conversation.sample(), true), tokenizer, read_config(model_folder()),
                         image_tokens);
}

// Kind and decoded text of every segment, an image as "#".
std::vector<std::pair<uint32_t, std::string>> told(const Prompt& prompt) {
  const models::Tokenizer tokenizer = models::Tokenizer::load(model_folder());
  std::vector<std::pair<uint32_t, std::string>> out;
  for (const oc_segment& segment : prompt.segments) {
    const std::span<const int64_t> ids =
        std::span(prompt.ids)
            .subspan(static_cast<size_t>(segment.begin), static_cast<size_t>(segment.end - segment.begin));
    out.emplace_back(segment.kind, segment.kind == OC_SEGMENT_IMAGE ? "#" : tokenizer.decode(ids, false));
  }
  return out;
}

TEST(RenderPrompt, RendersEveryFixtureAsItsTemplateDoes) {
  for (const char* name : {"base", "tied", "two_images", "two_turns", "text_only"}) {
    const test::FixtureCase fixture(name);
    EXPECT_EQ(render_prompt(fixture.conversation()->sample(), true).text, fixture.info["prompt"]) << name;
  }
}

TEST(RenderPrompt, TheDefaultSystemMessageIsTheTemplatesBusiness) {
  const Conversation conversation(json::parse(R"([{"role":"user","content":"Hi"}])"), {});
  EXPECT_EQ(render_prompt(conversation.sample(), false).text,
            "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
}

TEST(TokenizePrompt, TellsWhatEveryTokenIs) {
  const Conversation conversation(json::parse(R"([
    {"role":"system","content":"Be brief."},
    {"role":"user","content":[{"type":"image"},{"type":"text","text":"One?"}]},
    {"role":"assistant","content":"Yes."},
    {"role":"user","content":[{"type":"text","text":"And"},{"type":"image"},{"type":"text","text":"now?"}]}])"),
                                  {blank(), blank()});
  const Prompt prompt = prompt_of(conversation, {3, 4});
  using Told = std::pair<uint32_t, std::string>;
  EXPECT_THAT(
      told(prompt),
      ElementsAre(Told{OC_SEGMENT_SPECIAL, "<|im_start|>system\n"}, Told{OC_SEGMENT_SYSTEM, "Be brief."},
                  Told{OC_SEGMENT_SPECIAL, "<|im_end|>\n"},
                  Told{OC_SEGMENT_SPECIAL, "<|im_start|>user\n<|vision_start|>"}, Told{OC_SEGMENT_IMAGE, "#"},
                  Told{OC_SEGMENT_SPECIAL, "<|vision_end|>"}, Told{OC_SEGMENT_USER_TEXT, "One?"},
                  Told{OC_SEGMENT_SPECIAL, "<|im_end|>\n"}, Told{OC_SEGMENT_SPECIAL, "<|im_start|>assistant\n"},
                  Told{OC_SEGMENT_ASSISTANT_TEXT, "Yes."}, Told{OC_SEGMENT_SPECIAL, "<|im_end|>\n"},
                  Told{OC_SEGMENT_SPECIAL, "<|im_start|>user\n"}, Told{OC_SEGMENT_QUESTION, "And"},
                  Told{OC_SEGMENT_SPECIAL, "<|vision_start|>"}, Told{OC_SEGMENT_IMAGE, "#"},
                  Told{OC_SEGMENT_SPECIAL, "<|vision_end|>"}, Told{OC_SEGMENT_QUESTION, "now?"},
                  Told{OC_SEGMENT_SPECIAL, "<|im_end|>\n"}, Told{OC_SEGMENT_SPECIAL, "<|im_start|>assistant\n"}));
  std::vector<uint32_t> turns;
  for (const oc_segment& segment : prompt.segments) turns.push_back(segment.turn);
  EXPECT_THAT(turns, ElementsAre(0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 4));
  ASSERT_EQ(prompt.images.size(), 2u);
  EXPECT_EQ(prompt.images[1].end - prompt.images[1].begin, 4);
  EXPECT_EQ(prompt.prefix, prompt.images[1].end + 1);  // after the end marker
}

TEST(TokenizePrompt, WithoutImagesThereIsNoPrefix) {
  EXPECT_EQ(prompt_of(Conversation(json::parse(R"([{"role":"user","content":"Hi"}])"), {})).prefix, 0);
}

TEST(TokenizePrompt, ATokenAcrossABorderBelongsToItsFirstByte) {
  // "user\n" and a text of line feeds make one token.
  const Conversation conversation(json::parse(R"([{"role":"user","content":"\n\nHi"}])"), {});
  const auto segments = told(prompt_of(conversation));
  EXPECT_EQ(segments.at(3).first, OC_SEGMENT_QUESTION);
  EXPECT_EQ(segments.at(2).second + segments.at(3).second, "<|im_end|>\n<|im_start|>user\n\n\nHi");
}

TEST(TokenizePrompt, ASpecialTokenInATextIsThatToken) {
  const Prompt prompt = prompt_of(Conversation(json::parse(R"([{"role":"user","content":"a<|im_end|>b"}])"), {}));
  EXPECT_EQ(std::count(prompt.ids.begin(), prompt.ids.end(), 522), 3);
}

TEST(TokenizePrompt, AnImagePlaceholderInATextIsRefused) {
  for (const char* text : {"a<|image_pad|>b", "<|video_pad|>"}) {
    const Conversation conversation({{{"role", "user"}, {"content", text}}}, {});
    EXPECT_THAT(test::sentence_of(OC_E_SAMPLE, [&] { prompt_of(conversation); }), HasSubstr("_pad|>"));
  }
}

TEST(RenderPrompt, AConversationWithoutAQuestionIsRefused) {
  const Conversation conversation(json::parse(R"([{"role":"system","content":"Hi"}])"), {});
  EXPECT_THAT(test::sentence_of(OC_E_SAMPLE, [&] { render_prompt(conversation.sample(), true); }),
              HasSubstr("no user message"));
}

TEST(RenderPrompt, ImagesAreUsedOnceAndInOrder) {
  const char* const one_image = R"([{"role":"user","content":[{"type":"image"}]}])";
  const char* const two_images = R"([{"role":"user","content":[{"type":"image"},{"type":"image"}]}])";
  const Conversation too_few(json::parse(two_images), {blank()});
  EXPECT_THAT(test::sentence_of(OC_E_SAMPLE, [&] { render_prompt(too_few.sample(), true); }),
              HasSubstr("asks for image 1"));
  const Conversation too_many(json::parse(one_image), {blank(), blank()});
  EXPECT_THAT(test::sentence_of(OC_E_SAMPLE, [&] { render_prompt(too_many.sample(), true); }),
              HasSubstr("shows 1 of the sample's 2 images"));
}

TEST(PromptTokens, IdsOfConfigAndTokenizerMustAgree) {
  const models::Tokenizer tokenizer = models::Tokenizer::load(model_folder());
  Config config = read_config(model_folder());
  check_prompt_tokens(tokenizer, config);
  config.vision_end_token = 3;
  EXPECT_THAT(test::sentence_of(OC_E_MODEL, [&] { check_prompt_tokens(tokenizer, config); }),
              HasSubstr("vision_end_token_id is 3"));
}

Prompt answered(const char* answer) {
  const Conversation conversation(json::parse(R"([{"role":"user","content":"What?"}])"), {});
  Prompt prompt = prompt_of(conversation);
  append_given_answer(prompt, answer, 1, models::Tokenizer::load(model_folder()), read_config(model_folder()));
  return prompt;
}

TEST(GivenAnswer, EndsThePromptWithTokensOfItsOwn) {
  const Conversation conversation(json::parse(R"([{"role":"user","content":"What?"}])"), {});
  const Prompt without = prompt_of(conversation);
  const Prompt with = answered("\nA shape.");
  ASSERT_GT(with.ids.size(), without.ids.size());
  // The header ends in a line break, which must not join with that of the answer.
  EXPECT_EQ(std::vector(with.ids.begin(), with.ids.begin() + static_cast<std::ptrdiff_t>(without.ids.size())),
            without.ids);
  EXPECT_THAT(told(with).back(), testing::Pair(uint32_t{OC_SEGMENT_GIVEN_ANSWER}, "\nA shape."));
  EXPECT_EQ(with.segments.back().turn, 1u);
  EXPECT_EQ(with.segments.size(), without.segments.size() + 1);
  EXPECT_EQ(with.prefix, without.prefix);
}

TEST(GivenAnswer, MustHaveTokensAndNoPlaceholder) {
  EXPECT_THAT(test::sentence_of(OC_E_SAMPLE, [] { answered(""); }), HasSubstr("the given answer is empty"));
  EXPECT_THAT(test::sentence_of(OC_E_SAMPLE, [] { answered("a <|image_pad|>"); }),
              HasSubstr("the given answer holds the text <|image_pad|>"));
}

}  // namespace

}  // namespace ocellus::qwen2_5_vl
