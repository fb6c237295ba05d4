#include "plugins/models/qavit/tower_weights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/plugins/models/support/scratch_copy.hpp"

namespace ocellus::qavit {

namespace {

using models::TensorView;
using test::ScratchCopy;
using testing::AllOf;
using testing::HasSubstr;

std::filesystem::path folder_of(const std::string& fixture) {
  return std::filesystem::path(OCELLUS_TEST_DATA) / "qavit" / fixture / "model";
}

models::WeightMap weights_of(const std::filesystem::path& folder) {
  const nlohmann::json content = models::read_json_object(folder / "config.json");
  const TowerConfig config = read_tower_config(models::JsonFields(content, "config.json"));
  const models::Checkpoint checkpoint = models::Checkpoint::open(folder);
  return models::match_weights(checkpoint.tensors(), tower_table(config), tower_table_name, folder);
}

std::string refusal(const std::function<void(const ScratchCopy&)>& spoil) {
  const ScratchCopy folder(folder_of("late"));
  spoil(folder);
  return test::sentence_of(OC_E_MODEL, [&] { weights_of(folder.path()); });
}

std::string refusal_without(const std::string& name) {
  return refusal([&](const ScratchCopy& folder) {
    folder.edit_weights([&](std::vector<TensorView>& tensors) {
      EXPECT_EQ(std::erase_if(tensors, [&](const TensorView& tensor) { return tensor.name == "vision_model." + name; }),
                1u);
    });
  });
}

TEST(QavitWeights, WhatTheTowerDoesNotUseIsPassedOver) {
  EXPECT_EQ(tower_table_name("vision_model.encoder.layers.3.self_attn.instruction_gate"), "");
  EXPECT_EQ(tower_table_name("vision_model.embeddings.position_ids"), "");
  EXPECT_EQ(tower_table_name("text_model.encoder.layers.0.self_attn.q_proj.weight"), "");
  EXPECT_EQ(tower_table_name("encoder.layers.3.self_attn.instruction_proj_gate"),
            "encoder.layers.3.self_attn.instruction_proj_gate");
}

TEST(QavitWeights, AMissingOneIsNamed) {
  for (const char* name :
       {"encoder.layers.2.instruct_dim_reduce.1.weight", "encoder.layers.3.instruct_dim_reduce.0.bias",
        "encoder.layers.3.self_attn.instruction_proj_gate", "encoder.layers.2.self_attn.instruction_out_proj.weight"}) {
    EXPECT_THAT(refusal_without(name), HasSubstr("lacks the weight '" + std::string(name) + "'"));
  }
}

TEST(QavitWeights, OnesOfAnotherShapeAreNamed) {
  EXPECT_THAT(
      refusal([](const ScratchCopy& folder) {
        folder.edit("config.json", [](nlohmann::json& config) { config["instruction_dim"] = 32; });
      }),
      AllOf(HasSubstr("'vision_model.encoder.layers.2.instruct_dim_reduce.0.weight' is [24]"), HasSubstr("for [32]")));
}

TEST(QavitWeights, ABlindBlockHasNoPlaceForThoseOfAnAwareOne) {
  EXPECT_THAT(refusal([](const ScratchCopy& folder) {
                folder.edit("config.json", [](nlohmann::json& config) { config["integration_point"] = "late2"; });
              }),
              AllOf(HasSubstr("encoder.layers.2.instruct_dim_reduce.0."), HasSubstr("no place")));
}

}  // namespace

}  // namespace ocellus::qavit
