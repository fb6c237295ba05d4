#include "plugins/models/llava/weight_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/plugins/models/llava/support/scratch_folder.hpp"

namespace ocellus::llava {

namespace {

using models::TensorView;
using test::ScratchFolder;
using testing::HasSubstr;

TEST(TableName, UndoesEveryNaming) {
  for (const char* name :
       {"language_model.model.layers.3.mlp.up_proj.weight", "model.language_model.layers.3.mlp.up_proj.weight",
        "base_model.model.language_model.model.layers.3.mlp.up_proj.weight",
        "module.model.language_model.layers.3.mlp.up_proj.weight", "language_model.layers.3.mlp.up_proj.weight"}) {
    EXPECT_EQ(table_name(name), "model.layers.3.mlp.up_proj.weight");
  }
  for (const char* name : {"language_model.lm_head.weight", "lm_head.weight"})
    EXPECT_EQ(table_name(name), "lm_head.weight");
  for (const char* name :
       {"vision_tower.vision_model.pre_layrnorm.bias", "model.vision_tower.vision_model.pre_layrnorm.bias",
        "model.vision_tower.pre_layrnorm.bias"}) {
    EXPECT_EQ(table_name(name), "vision_tower.pre_layrnorm.bias");
  }
  EXPECT_EQ(table_name("multi_modal_projector.linear_1.weight"), "projector.0.weight");
  EXPECT_EQ(table_name("model.multi_modal_projector.linear_2.bias"), "projector.1.bias");
  EXPECT_EQ(table_name("vision_tower.vision_model.embeddings.position_ids"), "");
  EXPECT_EQ(table_name("language_model.model.layers.0.self_attn.rotary_emb.inv_freq"), "");
  EXPECT_EQ(table_name("model.mm_projector.0.weight"), "model.mm_projector.0.weight");
}

models::WeightMap weights_of(const std::filesystem::path& folder) {
  return open_form(folder, {})->weights();
}

TEST(Weights, EveryOneIsUsedExactlyOnce) {  // mistake 16
  for (const char* name : {"base", "pad", "full", "bf16"}) {
    const auto folder = test::fixture_root() / name / "model";
    const models::Checkpoint checkpoint = models::Checkpoint::open(folder);
    EXPECT_EQ(weights_of(folder).size(), checkpoint.tensors().size()) << name;
  }
}

TEST(Weights, AMissingExtraOrMisshapenOneIsNamed) {
  const auto refusal = [](const std::function<void(std::vector<TensorView>&)>& change) {
    const ScratchFolder folder("base");
    folder.edit_weights(change);
    return test::sentence_of(OC_E_MODEL, [&] { weights_of(folder.path()); });
  };
  EXPECT_THAT(refusal([](auto& tensors) { tensors.pop_back(); }), HasSubstr("lacks the weight 'vision_tower."));
  EXPECT_THAT(refusal([](auto& tensors) { tensors.front().name = "model.mm_projector.0.weight"; }),
              HasSubstr("lacks the weight"));
  EXPECT_THAT(refusal([](auto& tensors) {
                tensors.push_back(tensors.front());
                tensors.back().name = "text_projection.weight";
              }),
              HasSubstr("'text_projection.weight'"));
  EXPECT_THAT(refusal([](auto& tensors) { tensors.back().shape.insert(tensors.back().shape.begin(), 1); }),
              HasSubstr("config.json asks for"));
}

TEST(Weights, PositionIdsOfOldFilesArePassedOver) {
  const ScratchFolder folder("base");
  folder.edit_weights([](auto& tensors) {
    tensors.push_back(tensors.front());
    tensors.back().name = "vision_tower.vision_model.embeddings.position_ids";
  });
  EXPECT_FALSE(weights_of(folder.path()).contains("vision_tower.embeddings.position_ids"));
}

TEST(ParameterCount, IsThatOfThePublishedModels) {
  const auto count = [](int64_t hidden, int64_t intermediate, int64_t layers, int64_t heads) {
    Config config{};
    config.text = {hidden, intermediate, layers, heads, heads, 128, 32064, 1e-5, 1e4, {64}, false, false, false, false};
    config.vision = {1024, 4096, 24, 16, 64, 3, 336, 14, 1e-5, models::Activation::quick_gelu};
    config.projector = {2, true, models::Activation::gelu};
    config.feature_blocks = {23};
    return models::parameter_count(weight_table(config));
  };
  // Llama with 32,064 rows, CLIP's tower and the projector.
  EXPECT_EQ(count(4096, 11008, 32, 32), 6'738'939'904 + 303'507'456 + 20'979'712);
}

}  // namespace

}  // namespace ocellus::llava
