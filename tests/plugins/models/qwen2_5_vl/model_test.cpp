#include "plugins/models/qwen2_5_vl/model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/plugins/models/qwen2_5_vl/support/fixture.hpp"
#include "tests/plugins/models/qwen2_5_vl/support/scratch_folder.hpp"
#include "tests/plugins/models/support/plan.hpp"
#include "tests/plugins/models/support/recording_sink.hpp"

namespace ocellus::test {

namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

const std::filesystem::path& base() {
  static const std::filesystem::path folder = fixture_root() / "base" / "model";
  return folder;
}

nlohmann::json one_image_message() {
  return nlohmann::json::parse(R"([{"role":"user","content":[{"type":"image"},{"type":"text","text":"?"}]}])");
}

Picture blank(uint32_t width, uint32_t height) {
  return {width, height, std::vector<uint8_t>(size_t{3} * width * height)};
}

TEST(Model, TellsItsStacks) {
  const auto model = open_model(base());
  const auto stacks = model->stacks();
  ASSERT_EQ(stacks.size(), 3u);
  EXPECT_STREQ(stacks[0].id, "language");
  EXPECT_EQ(stacks[0].n_layers, 3u);
  EXPECT_EQ(stacks[0].n_heads, 6u);
  EXPECT_EQ(stacks[0].n_kv_heads, 2u);
  EXPECT_EQ(stacks[0].width, 48u);
  EXPECT_STREQ(stacks[1].id, "vision");
  EXPECT_EQ(stacks[1].n_layers, 4u);
  EXPECT_EQ(stacks[1].n_heads, 4u);
  EXPECT_THAT(std::vector(stacks[1].attention_layers, stacks[1].attention_layers + stacks[1].n_attention_layers),
              ElementsAre(1, 3));
  EXPECT_STREQ(stacks[2].id, "projector");
  EXPECT_EQ(stacks[2].n_layers, 0u);
  EXPECT_EQ(stacks[2].width, 48u);
}

TEST(Model, DescribesItself) {
  std::map<std::string, std::string> facts;
  open_model(fixture_root() / "penalty" / "model")->describe([&](const std::string& key, const std::string& value) {
    facts[key] = value;
  });
  EXPECT_EQ(facts.at("dtype"), "float32");
  EXPECT_THAT(facts.at("attention kernel"), MatchesRegex("blocked, 128 rows, softmax (portable|avx2|avx512)"));
  EXPECT_THAT(facts.at("products"), AnyOf("libtorch", "oneDNN, packed weights"));
  EXPECT_EQ(facts.at("decoding"),
            "repetition penalty 1.3, stops at 522, 520; drawn with temperature 1, top-k 50, top-p 1");
  EXPECT_THAT(facts.at("chat template"), HasSubstr("chat_template.jinja"));
  EXPECT_GT(std::stoll(facts.at("parameters")), 10000);
}

TEST(Model, CountsAPackedTiedHeadBesideTheEmbedding) {
  const FixtureCase fixture("tied");
  const auto model = open_model(fixture.model_folder);
  std::map<std::string, std::string> facts;
  model->describe([&](const std::string& key, const std::string& value) { facts[key] = value; });
  const auto conversation = fixture.conversation();
  RecordingSink sink;
  const auto prepared = model->prepare(conversation->sample(), sink.sink());
  const int64_t head = facts.at("products") == "libtorch" ? 0 : std::stoll(facts.at("vocabulary")) * 48;
  EXPECT_EQ(model->estimate(*prepared, Plan(0).get()).weight_bytes, 4 * (std::stoll(facts.at("parameters")) + head));
}

TEST(Model, ListsTheFilesThatDecideTheNumbers) {
  std::vector<std::string> names;
  const auto model = open_model(fixture_root() / "sharded" / "model");
  for (const std::string& file : model->files()) {
    EXPECT_TRUE(std::filesystem::path(file).is_absolute());
    names.push_back(std::filesystem::path(file).filename().string());
  }
  EXPECT_THAT(names, ElementsAre("config.json", "generation_config.json", "preprocessor_config.json", "tokenizer.json",
                                 "tokenizer_config.json", "chat_template.jinja", "model.safetensors.index.json",
                                 "model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors",
                                 "model-00003-of-00003.safetensors"));
}

TEST(Model, EncodesRawTextAndGivesBytesBack) {
  const auto model = open_model(base());
  const std::string text = "a shape<|im_end|>";
  std::string joined;
  size_t end_of_last = 0;
  model->encode(text, [&](int64_t id, size_t begin, size_t end) {
    joined += model->token_bytes(id);
    EXPECT_EQ(begin, end_of_last);
    end_of_last = end;
  });
  EXPECT_EQ(joined, text);
  const std::string_view first = model->token_bytes(522);
  EXPECT_EQ(model->token_bytes(522).data(), first.data());  // they live as long as the model
  EXPECT_EQ(model->token_bytes(559), "");                   // a row of the embedding without a token
}

TEST(Model, PixelLimitsOfTheCommandLineWin) {  // mistake 2
  const auto tokens_of = [](const OpenSettings& settings) {
    const Conversation conversation(one_image_message(), {blank(200, 100)});
    RecordingSink sink;
    const auto prepared = open_model(base(), settings)->prepare(conversation.sample(), sink.sink());
    return sink.layouts.at("projector").tokens;
  };
  EXPECT_EQ(tokens_of({}), 7 * 4);
  EXPECT_LE(tokens_of({.max_pixels = 28 * 28 * 10}), 10);
  EXPECT_GE(tokens_of({.min_pixels = 28 * 28 * 30}), 30);
}

TEST(Model, ContradictoryPixelLimitsAreRefused) {
  EXPECT_THAT(sentence_of(OC_E_OPTION, [] { open_model(base(), {.min_pixels = 100000}); }),
              HasSubstr("at least 100000"));
}

TEST(Model, AnImageOfExtremeShapeIsThatSamplesFault) {
  const auto model = open_model(base());
  const Conversation conversation(one_image_message(), {blank(1206, 6)});
  RecordingSink sink;
  EXPECT_THAT(sentence_of(OC_E_SAMPLE, [&] { model->prepare(conversation.sample(), sink.sink()); }), HasSubstr("200"));
}

TEST(Model, ProcessorAndNetworkMustAgreeAboutPatches) {
  const ScratchFolder folder("base");
  folder.edit("preprocessor_config.json", [](nlohmann::json& config) { config["patch_size"] = 16; });
  EXPECT_THAT(sentence_of(OC_E_MODEL, [&] { open_model(folder.path()); }), HasSubstr("16, 2 and 2"));
}

TEST(Model, AnUnknownTemplateCanBeForced) {
  const auto folder = fixture_root() / "unknown_template" / "model";
  EXPECT_THAT(sentence_of(OC_E_MODEL, [&] { open_model(folder); }), HasSubstr("chat template"));
  EXPECT_EQ(open_model(folder, {.force_template = true})->stacks().size(), 3u);
}

}  // namespace

}  // namespace ocellus::test
