#include "plugins/models/qavit/tower_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/plugins/models/support/scratch_copy.hpp"

namespace ocellus::qavit {

namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TowerConfig read(const json& object) {
  return read_tower_config(models::JsonFields(object, "config.json"));
}

json folder(const std::string& integration_point, int64_t layers) {
  return {{"model_type", "qavit"},
          {"vision_config", {{"num_hidden_layers", layers}}},
          {"integration_point", integration_point},
          {"instruction_dim", 768}};
}

std::vector<int64_t> aware_blocks(const json& object) {
  const TowerConfig config = read(object);
  std::vector<int64_t> blocks;
  for (int64_t block = 0; block < config.vision.layers; ++block)
    if (config.is_question_aware(block)) blocks.push_back(block);
  EXPECT_EQ(config.question_blind_blocks(), blocks.empty() ? config.vision.layers : blocks.front());
  return blocks;
}

TEST(QavitConfig, IntegrationPointsCountAsThePublishedClassDoes) {
  EXPECT_THAT(aware_blocks(folder("all", 3)), ElementsAre(0, 1, 2));
  EXPECT_THAT(aware_blocks(folder("early", 5)), ElementsAre(0, 1));
  EXPECT_THAT(aware_blocks(folder("late", 5)), ElementsAre(2, 3, 4));
  EXPECT_THAT(aware_blocks(folder("late2", 6)), ElementsAre(4, 5));
  EXPECT_THAT(aware_blocks(folder("late3", 6)), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(aware_blocks(folder("sparse", 5)), ElementsAre(0, 2, 4));
  const std::vector<int64_t> of_large = aware_blocks(folder("late", 24));
  EXPECT_EQ(of_large.size(), 12u);
  EXPECT_EQ(of_large.front(), 12);
}

TEST(QavitConfig, APlainClipKnowsNoQuestion) {
  EXPECT_THAT(aware_blocks({{"model_type", "clip"}, {"vision_config", {{"num_hidden_layers", 4}}}}), IsEmpty());
  const json vision = {{"model_type", "clip_vision_model"}, {"hidden_size", 96}};
  EXPECT_THAT(aware_blocks(vision), IsEmpty());
  EXPECT_EQ(read(vision).vision.hidden_size, 96);
}

TEST(QavitConfig, WhatIsMalformedIsNamed) {
  const auto refusal = [](const char* field, const json& value) {
    json object = folder("late", 4);
    object[field] = value;
    return test::sentence_of(OC_E_MODEL, [&] { read(object); });
  };
  EXPECT_THAT(refusal("integration_point", "late4"),
              HasSubstr("'integration_point' is \"late4\"; expected all, early"));
  EXPECT_THAT(refusal("integration_point", nullptr), HasSubstr("'integration_point' is missing"));
  EXPECT_THAT(refusal("instruction_dim", nullptr), HasSubstr("'instruction_dim' is missing"));
  EXPECT_THAT(refusal("instruction_dim", 0), HasSubstr("from 1"));
  EXPECT_THAT(refusal("vision_config", nullptr), HasSubstr("'vision_config' is missing"));
  EXPECT_THAT(refusal("vision_config", json{{"model_type", "siglip_vision_model"}}), HasSubstr("CLIP's vision tower"));
  EXPECT_THAT(refusal("model_type", "blip"), HasSubstr("'qavit'"));
  EXPECT_THAT(refusal("quantization_config", json{{"bits", 4}}), HasSubstr("quantised"));
}

}  // namespace

}  // namespace ocellus::qavit
