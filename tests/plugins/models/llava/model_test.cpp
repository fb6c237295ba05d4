#include "plugins/models/llava/model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/plugins/models/llava/support/fixture.hpp"
#include "tests/plugins/models/support/scratch_copy.hpp"

namespace ocellus::test {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::filesystem::path& base() {
  static const std::filesystem::path folder = fixture_root() / "base" / "model";
  return folder;
}

TEST(Model, TellsItsStacks) {
  const auto model = open_model(base());
  const auto stacks = model->stacks();
  ASSERT_EQ(stacks.size(), 3u);
  EXPECT_STREQ(stacks[0].id, "language");
  EXPECT_EQ(stacks[0].n_layers, 2u);
  EXPECT_EQ(stacks[0].n_heads, 4u);
  EXPECT_EQ(stacks[0].n_kv_heads, 4u);
  EXPECT_EQ(stacks[0].width, 32u);
  EXPECT_STREQ(stacks[1].id, "vision");
  EXPECT_EQ(stacks[1].n_layers, 3u);
  EXPECT_EQ(stacks[1].n_heads, 2u);
  EXPECT_EQ(stacks[1].attention_layers, nullptr);
  EXPECT_STREQ(stacks[2].id, "projector");
  EXPECT_EQ(stacks[2].n_layers, 0u);
  EXPECT_EQ(stacks[2].width, 32u);
}

TEST(Model, DescribesItself) {
  std::map<std::string, std::string> facts;
  open_model(fixture_root() / "pad" / "model")->describe([&](const std::string& key, const std::string& value) {
    facts[key] = value;
  });
  EXPECT_EQ(facts.at("dtype"), "float32");
  EXPECT_THAT(facts.at("attention kernel"), HasSubstr("blocked, 128 rows"));
  EXPECT_EQ(facts.at("decoding"), "repetition penalty 1.3, stops at 2, 5; drawn with temperature 1, top-k 50, top-p 1");
  EXPECT_THAT(facts.at("chat template"), HasSubstr("chat_template.jinja"));
  EXPECT_GT(std::stoll(facts.at("parameters")), 10000);
  EXPECT_EQ(facts.at("pictures"), "42x42 pixels, padded to a square");
  EXPECT_EQ(facts.at("vision features"), "after layer 2");
}

TEST(Model, ListsTheFilesThatDecideTheNumbers) {
  std::vector<std::string> names;
  const auto model = open_model(fixture_root() / "full" / "model");
  for (const std::string& file : model->files()) {
    EXPECT_TRUE(std::filesystem::path(file).is_absolute());
    names.push_back(std::filesystem::path(file).filename().string());
  }
  EXPECT_THAT(names, ElementsAre("config.json", "generation_config.json", "preprocessor_config.json",
                                 "processor_config.json", "tokenizer.json", "tokenizer_config.json",
                                 "model.safetensors.index.json", "model-00001-of-00003.safetensors",
                                 "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors"));
}

TEST(Model, EncodesRawTextAndGivesBytesBack) {
  const auto model = open_model(base());
  const std::string text = "a shape</s>\xE3\x81\x82";
  std::string joined;
  model->encode(text, [&](int64_t id, size_t, size_t) { joined += model->token_bytes(id); });
  EXPECT_EQ(joined, "<s> a shape</s> \xE3\x81\x82");  // a space of the normalizer's before each piece
  EXPECT_EQ(model->token_bytes(13), "\n");            // <0x0A>
  EXPECT_EQ(model->token_bytes(369).data(), model->token_bytes(369).data());  // they live as long as the model
  EXPECT_EQ(model->token_bytes(383), "");                                     // a row of the embedding without a token
}

TEST(Model, PixelLimitsAreRefused) {
  EXPECT_THAT(sentence_of(OC_E_OPTION, [] { open_model(base(), {.max_pixels = 100000}); }), HasSubstr("--max-pixels"));
}

}  // namespace

}  // namespace ocellus::test
