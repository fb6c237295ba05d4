#include "plugins/models/qwen2_5_vl/weight_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/plugins/models/qwen2_5_vl/support/fixture.hpp"
#include "tests/plugins/models/qwen2_5_vl/support/scratch_folder.hpp"

namespace ocellus::qwen2_5_vl {

namespace {

using models::TensorView;
using test::ScratchFolder;
using testing::HasSubstr;

// The published sizes.
Config hub_config(int64_t hidden, int64_t intermediate, int64_t layers, int64_t heads, int64_t kv_heads,
                  int64_t vocabulary, bool tied) {
  Config config{};
  config.text = {hidden, intermediate, layers,       heads, kv_heads, 128,   vocabulary,
                 1e-6,   1e6,          {16, 24, 24}, tied,  true,     false, false};
  config.vision = {Family::qwen2_5_vl, 32, 1280, 3420, 16, 80, hidden, 3, 14, 2, 2, 112, {7, 15, 23, 31}};
  return config;
}

TEST(ParameterCount, IsThatOfThePublishedModels) {
  EXPECT_EQ(parameter_count(hub_config(2048, 11008, 36, 16, 2, 151936, true)), 3'754'622'976);
  EXPECT_EQ(parameter_count(hub_config(3584, 18944, 28, 28, 4, 152064, false)), 8'292'166'656);
}

TEST(ParameterCount, OfQwen2VLIsThatOfThePublishedModels) {
  Config config = hub_config(1536, 8960, 28, 12, 2, 151936, true);
  VisionConfig& vision = config.vision;
  vision.family = Family::qwen2_vl;
  vision.intermediate_size = 5120;
  EXPECT_EQ(parameter_count(config), 2'208'985'600);
  config = hub_config(3584, 18944, 28, 28, 4, 152064, false);
  config.vision.family = Family::qwen2_vl;
  config.vision.intermediate_size = 5120;
  EXPECT_EQ(parameter_count(config), 8'291'375'616);
}

TEST(HubName, UndoesEveryOtherNaming) {
  for (const char* name : {"model.layers.3.mlp.up_proj.weight", "model.language_model.layers.3.mlp.up_proj.weight",
                           "language_model.layers.3.mlp.up_proj.weight",
                           "base_model.model.model.language_model.layers.3.mlp.up_proj.weight",
                           "module.model.layers.3.mlp.up_proj.weight"}) {
    EXPECT_EQ(hub_name(name), "model.layers.3.mlp.up_proj.weight");
  }
  EXPECT_EQ(hub_name("model.visual.merger.ln_q.weight"), "visual.merger.ln_q.weight");
  EXPECT_EQ(hub_name("visual.merger.ln_q.weight"), "visual.merger.ln_q.weight");
  EXPECT_EQ(hub_name("lm_head.weight"), "lm_head.weight");
}

models::WeightMap match(const std::filesystem::path& folder) {
  return match_weights(models::Checkpoint::open(folder), read_config(folder), folder);
}

TEST(MatchWeights, EveryWeightIsUsedExactlyOnce) {  // mistake 16
  for (const char* name : {"base", "tied", "sharded", "nested", "bf16", "qwen2_vl", "qwen2_vl_nested"}) {
    const auto folder = test::fixture_root() / name / "model";
    EXPECT_EQ(match(folder).size(), weight_table(read_config(folder)).size()) << name;
  }
}

TensorView& find(std::vector<TensorView>& tensors, const std::string& name) {
  return *std::find_if(tensors.begin(), tensors.end(), [&](const TensorView& tensor) { return tensor.name == name; });
}

std::string refusal(const char* fixture_case, const std::function<void(std::vector<TensorView>&)>& change) {
  const ScratchFolder folder(fixture_case);
  folder.edit_weights(change);
  return test::sentence_of(OC_E_MODEL, [&] { match(folder.path()); });
}

TEST(MatchWeights, AMissingWeightIsNamed) {
  const std::string sentence = refusal("base", [](auto& tensors) {
    std::erase_if(tensors,
                  [](const TensorView& tensor) { return tensor.name == "model.layers.1.self_attn.k_proj.bias"; });
  });
  EXPECT_THAT(sentence, HasSubstr("lacks the weight 'model.layers.1.self_attn.k_proj.bias' [16]"));
}

TEST(MatchWeights, AMissingHeadIsNamedUnlessItIsTied) {  // mistake 18
  const auto drop_head = [](auto& tensors) {
    std::erase_if(tensors, [](const TensorView& tensor) { return tensor.name == "lm_head.weight"; });
  };
  EXPECT_THAT(refusal("base", drop_head), HasSubstr("lacks the weight 'lm_head.weight'"));
  const ScratchFolder tied("tied");
  tied.edit_weights(drop_head);
  EXPECT_EQ(match(tied.path()).count("lm_head.weight"), 0u);
}

TEST(MatchWeights, AnExtraWeightIsNamed) {
  const std::string sentence = refusal("base", [](auto& tensors) {
    tensors.push_back(find(tensors, "model.norm.weight"));
    tensors.back().name = "model.layers.1.self_attn.o_proj.bias";
  });
  EXPECT_THAT(sentence, HasSubstr("'model.layers.1.self_attn.o_proj.bias' [48], which this model has no place for"));
}

TEST(MatchWeights, AMisshapedWeightIsNamedWithBothShapes) {
  const std::string sentence = refusal("base", [](auto& tensors) {
    find(tensors, "model.norm.weight").shape = {6, 8};
  });
  EXPECT_THAT(sentence, HasSubstr("'model.norm.weight' is [6, 8], but config.json asks for [48]"));
}

TEST(MatchWeights, AWeightUnderTwoNamesIsNamed) {
  const std::string sentence = refusal("base", [](auto& tensors) {
    tensors.push_back(find(tensors, "model.norm.weight"));
    tensors.back().name = "model.language_model.norm.weight";
  });
  EXPECT_THAT(sentence, HasSubstr("twice"));
}

TEST(MatchWeights, RotaryTablesAreIgnored) {
  const ScratchFolder folder("base");
  folder.edit_weights([](auto& tensors) {
    tensors.push_back(find(tensors, "model.norm.weight"));
    tensors.back().name = "model.rotary_emb.inv_freq";
  });
  EXPECT_EQ(match(folder.path()).count("model.rotary_emb.inv_freq"), 0u);
}

}  // namespace

}  // namespace ocellus::qwen2_5_vl
