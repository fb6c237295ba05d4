#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "plugins/models/llava/hugging_face_prompt.hpp"
#include "tests/plugins/models/llava/support/scratch_folder.hpp"

namespace ocellus::llava {

namespace {

using nlohmann::json;
using test::Conversation;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::filesystem::path model_folder(const std::string& name = "base") {
  return test::fixture_root() / name / "model";
}

test::Picture blank() {
  return {28, 28, std::vector<uint8_t>(28 * 28 * 3)};
}

TEST(LlavaPrompt, IsRenderedAsTheTemplateDoes) {
  for (const char* name : {"base", "two_images", "two_turns", "text_only", "given_answer", "pad", "full", "bf16"}) {
    const test::FixtureCase fixture(name);
    EXPECT_EQ(render_prompt(fixture.conversation()->sample()).text, fixture.info["prompt"]) << name;
  }
}

TEST(LlavaPrompt, SegmentsSayWhatTokensAre) {
  const test::FixtureCase fixture("two_turns");
  const auto form = open_form(fixture.model_folder, {});
  const models::Prompt prompt = form->prompt(fixture.conversation()->sample());
  const models::Tokenizer tokenizer = models::Tokenizer::load(fixture.model_folder);
  std::vector<std::pair<uint32_t, std::string>> told;
  for (const oc_segment& segment : prompt.segments) {
    std::string text;
    for (int64_t token = segment.begin; token < segment.end; ++token)
      text += tokenizer.bytes(prompt.ids[static_cast<size_t>(token)]);
    told.emplace_back(segment.kind, segment.kind == OC_SEGMENT_IMAGE ? std::to_string(segment.image) : text);
  }
  // A piece behind an added token begins with a space of its own, which stands where its first character does; the
  // space behind a message belongs to that message's turn.
  EXPECT_THAT(
      told, ElementsAre(Pair(OC_SEGMENT_BOS, "<s>"), Pair(OC_SEGMENT_SYSTEM, " Answer with one word."),
                        Pair(OC_SEGMENT_SPECIAL, " USER:"), Pair(OC_SEGMENT_SPECIAL, " "), Pair(OC_SEGMENT_IMAGE, "0"),
                        Pair(OC_SEGMENT_SPECIAL, " \n"), Pair(OC_SEGMENT_USER_TEXT, "Is the colour even?"),
                        Pair(OC_SEGMENT_SPECIAL, " ASSISTANT:"), Pair(OC_SEGMENT_SPECIAL, " "),
                        Pair(OC_SEGMENT_ASSISTANT_TEXT, "No."), Pair(OC_SEGMENT_SPECIAL, " USER:"),
                        Pair(OC_SEGMENT_SPECIAL, " "), Pair(OC_SEGMENT_IMAGE, "1"), Pair(OC_SEGMENT_SPECIAL, " \n"),
                        Pair(OC_SEGMENT_QUESTION, "  Why not? It's\n\nnoise 42, ünd \u3042."),
                        Pair(OC_SEGMENT_SPECIAL, " ASSISTANT:")));
}

TEST(LlavaPrompt, EveryPictureIsAsManyTokensAsTheNetworkMakesFeatures) {
  for (const auto& [name, tokens] : {std::pair("base", 9), std::pair("full", 10)}) {
    const test::FixtureCase fixture(name);
    const auto form = open_form(fixture.model_folder, {});
    const models::Prompt prompt = form->prompt(fixture.conversation()->sample());
    ASSERT_EQ(prompt.images.size(), 1u);
    EXPECT_EQ(prompt.images[0].end - prompt.images[0].begin, tokens);
    EXPECT_EQ(prompt.prefix, prompt.images[0].end);
  }
}

TEST(LlavaPrompt, AWrittenPlaceholderIsThatSamplesFault) {
  const Conversation conversation(
      json::parse(R"([{"role":"user","content":[{"type":"text","text":"an <image> here"}]}])"), {});
  EXPECT_THAT(test::sentence_of(OC_E_SAMPLE, [&] { open_form(model_folder(), {})->prompt(conversation.sample()); }),
              HasSubstr("<image>"));
}

TEST(LlavaPrompt, AConversationMustAskAndShowEveryPicture) {
  const Conversation silent(json::parse(R"([{"role":"system","content":"Hi"}])"), {});
  EXPECT_THAT(test::sentence_of(OC_E_SAMPLE, [&] { render_prompt(silent.sample()); }), HasSubstr("no user message"));
  const Conversation unshown(json::parse(R"([{"role":"user","content":"Hi"}])"), {blank()});
  EXPECT_THAT(test::sentence_of(OC_E_SAMPLE, [&] { render_prompt(unshown.sample()); }), HasSubstr("0 of"));
}

TEST(LlavaTemplate, IsFoundWhereHuggingFaceLooks) {
  for (const auto& [name, file] : {std::pair("base", "chat_template.json"), std::pair("pad", "chat_template.jinja"),
                                   std::pair("full", "tokenizer_config.json")}) {
    EXPECT_THAT(recognise_template(model_folder(name), false), HasSubstr(file)) << name;
  }
}

TEST(LlavaTemplate, AFolderWithoutOneGetsThePromptOfItsTime) {
  const test::ScratchFolder folder("base");
  folder.remove("chat_template.json");
  EXPECT_EQ(recognise_template(folder.path(), false), "none in the folder: USER: … ASSISTANT:");
}

TEST(LlavaTemplate, AnUnknownOneIsRefusedOrForced) {
  const test::ScratchFolder folder("base");
  folder.write("chat_template.json", R"({"chat_template": "{{ messages }}"})");
  EXPECT_THAT(test::sentence_of(OC_E_MODEL, [&] { recognise_template(folder.path(), false); }),
              HasSubstr("--adapter llava:template=force"));
  EXPECT_THAT(recognise_template(folder.path(), true), HasSubstr("forced"));
}

}  // namespace

}  // namespace ocellus::llava
