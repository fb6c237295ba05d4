#include "plugins/models/qwen2_5_vl/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "plugins/models/common/config/generation_config.hpp"
#include "tests/plugins/models/qwen2_5_vl/support/fixture.hpp"
#include "tests/plugins/models/qwen2_5_vl/support/scratch_folder.hpp"

namespace ocellus::qwen2_5_vl {

namespace {

using nlohmann::json;
using test::ScratchFolder;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Config, ReadsTheFlatForm) {
  const Config config = read_config(test::fixture_root() / "base" / "model");
  EXPECT_EQ(config.text.hidden_size, 48);
  EXPECT_EQ(config.text.heads, 6);
  EXPECT_EQ(config.text.kv_heads, 2);
  EXPECT_EQ(config.text.head_dim, 8);
  EXPECT_EQ(config.text.rms_norm_eps, 1e-6);
  EXPECT_FALSE(config.text.tied_head);
  EXPECT_THAT(config.text.rope_sections, ElementsAre(1, 1, 2));
  EXPECT_THAT(config.vision.full_attention_blocks, ElementsAre(1, 3));
  EXPECT_EQ(config.stored_type, models::StoredType::float32);
}

TEST(Config, NestedTextFieldsWinOverFlatOnes) {
  const Config config = read_config(test::fixture_root() / "nested" / "model");
  EXPECT_EQ(config.text.hidden_size, 32);
  EXPECT_EQ(config.text.layers, 2);
  EXPECT_EQ(config.text.rope_theta, 1e6);
  EXPECT_THAT(config.text.rope_sections, ElementsAre(1, 1, 2));
  EXPECT_FALSE(config.text.tied_head);
}

TEST(Config, ReadsRopeParametersAsTransformers5WritesThem) {
  const ScratchFolder folder("base");
  folder.edit("config.json", [](json& config) {
    config["rope_parameters"] = {{"rope_type", "default"}, {"rope_theta", 5000.0}, {"mrope_section", {2, 1, 1}}};
    config.erase("rope_scaling");
    config.erase("rope_theta");
    config.erase("torch_dtype");
    config["dtype"] = "float16";
  });
  const Config config = read_config(folder.path());
  EXPECT_EQ(config.text.rope_theta, 5000);
  EXPECT_THAT(config.text.rope_sections, ElementsAre(2, 1, 1));
  EXPECT_EQ(config.stored_type, models::StoredType::float16);
}

TEST(Config, MissingFieldsTakeTheDefaultsOfTheClasses) {  // mistake 14
  const ScratchFolder folder("base");
  folder.edit("config.json", [](json& config) {
    for (const char* key : {"rms_norm_eps", "rope_theta", "tie_word_embeddings", "torch_dtype"}) config.erase(key);
    for (const char* key : {"window_size", "spatial_merge_size"}) config["vision_config"].erase(key);
    config["vision_config"]["fullatt_block_indexes"] = nullptr;
    config["vision_config"]["depth"] = 32;
  });
  const Config config = read_config(folder.path());
  EXPECT_EQ(config.text.rms_norm_eps, 1e-5);
  EXPECT_EQ(config.text.rope_theta, 1e6);
  EXPECT_EQ(config.vision.window_size, 112);
  EXPECT_EQ(config.vision.merge_size, 2);
  EXPECT_THAT(config.vision.full_attention_blocks, ElementsAre(7, 15, 23, 31));
}

struct Refusal {
  const char* name;
  const char* pointer;  // into config.json
  json value;
  const char* sentence;
};

class RefusedConfig : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedConfig, IsNamed) {
  const ScratchFolder folder("base");
  folder.edit("config.json", [](json& config) { config[json::json_pointer(GetParam().pointer)] = GetParam().value; });
  const std::string sentence = test::sentence_of(OC_E_MODEL, [&] { read_config(folder.path()); });
  EXPECT_THAT(sentence, HasSubstr(GetParam().sentence));
  EXPECT_THAT(sentence, HasSubstr("config.json"));
}

INSTANTIATE_TEST_SUITE_P(
    Fields, RefusedConfig,
    testing::Values(
        Refusal{"ModelType", "/model_type", "qwen3_vl", "'model_type' is \"qwen3_vl\""},
        Refusal{"Quantised", "/quantization_config", json{{"bits", 4}}, "'quantization_config'"},
        Refusal{"SlidingWindow", "/use_sliding_window", true, "full attention only"},
        Refusal{"Activation", "/hidden_act", "gelu", "'hidden_act' is \"gelu\""},
        Refusal{"VisionActivation", "/vision_config/hidden_act", "quick_gelu", "'hidden_act' is \"quick_gelu\""},
        Refusal{"RopeType", "/rope_scaling/type", "yarn", "'type' is \"yarn\""},
        Refusal{"NoRope", "/rope_scaling", nullptr, "'rope_scaling' is missing"},
        Refusal{"SectionSum", "/rope_scaling/mrope_section", json{1, 1, 1}, "sum is half of the head size, 4"},
        Refusal{"SectionSign", "/rope_scaling/mrope_section", json{-1, 1, 4}, "sum is half of the head size, 4"},
        Refusal{"Zero", "/num_hidden_layers", 0, "expected an integer from 1"},
        Refusal{"Huge", "/hidden_size", 18446744073709551615u, "expected an integer from 1"},
        Refusal{"Fraction", "/intermediate_size", 3.5, "expected an integer from 1"},
        Refusal{"Text", "/num_attention_heads", "six", "'num_attention_heads' is \"six\""},
        Refusal{"HeadsDivide", "/num_attention_heads", 5, "expected a multiple of twice the number of heads"},
        Refusal{"KvHeadsDivide", "/num_key_value_heads", 4, "expected a multiple of num_key_value_heads"},
        Refusal{"HeadDim", "/head_dim", 16, "hidden_size / num_attention_heads, 8"},
        Refusal{"Eps", "/rms_norm_eps", -1, "expected a number"},
        Refusal{"VisionHeads", "/vision_config/num_heads", 5, "four times the number of heads"},
        Refusal{"Window", "/vision_config/window_size", 100, "patch_size * spatial_merge_size, 28"},
        Refusal{"FullBlock", "/vision_config/fullatt_block_indexes", json{1, 4}, "block numbers from 0 to 3"},
        Refusal{"OutSize", "/vision_config/out_hidden_size", 40, "expected the hidden_size of the text model, 48"},
        Refusal{"NoVision", "/vision_config", nullptr, "'vision_config' is missing"},
        Refusal{"Token", "/image_token_id", 560, "expected an integer from 0 to 559"},
        Refusal{"DefaultToken", "/image_token_id", nullptr, "token id from 0 to 559"},
        Refusal{"Type", "/torch_dtype", "int8", "'torch_dtype' is \"int8\""}),
    [](const auto& parameter) { return std::string(parameter.param.name); });

TEST(Config, ReadsQwen2VL) {
  const Config config = read_config(test::fixture_root() / "qwen2_vl" / "model");
  EXPECT_EQ(config.vision.family, Family::qwen2_vl);
  EXPECT_EQ(config.vision.hidden_size, 48);        // embed_dim
  EXPECT_EQ(config.vision.out_hidden_size, 32);    // hidden_size
  EXPECT_EQ(config.vision.intermediate_size, 96);  // mlp_ratio 2
  EXPECT_THAT(config.vision.full_attention_blocks, ElementsAre(0, 1, 2));
  const Config nested = read_config(test::fixture_root() / "qwen2_vl_nested" / "model");
  EXPECT_EQ(nested.text.layers, 2);
  EXPECT_EQ(nested.text.rms_norm_eps, 1e-6);
}

TEST(Config, MissingFieldsOfQwen2VLTakeTheDefaultsOfItsClasses) {
  const ScratchFolder folder("qwen2_vl");
  folder.edit("config.json", [](json& config) {
    config["hidden_size"] = 3584;
    config["num_attention_heads"] = 28;
    config["rope_scaling"]["mrope_section"] = {16, 24, 24};
    config["vision_config"] = json::object();
  });
  const VisionConfig vision = read_config(folder.path()).vision;
  EXPECT_EQ(vision.depth, 32);
  EXPECT_EQ(vision.hidden_size, 1280);
  EXPECT_EQ(vision.out_hidden_size, 3584);
  EXPECT_EQ(vision.intermediate_size, 5120);
  EXPECT_EQ(vision.heads, 16);
  EXPECT_EQ(vision.full_attention_blocks.size(), 32u);
}

TEST(Config, FieldsOfQwen2VLAreChecked) {
  const auto refusal = [](const char* pointer, const json& value) {
    const ScratchFolder folder("qwen2_vl_nested");
    folder.edit("config.json", [&](json& config) { config[json::json_pointer(pointer)] = value; });
    return test::sentence_of(OC_E_MODEL, [&] { read_config(folder.path()); });
  };
  EXPECT_THAT(refusal("/vision_config/hidden_act", "silu"), HasSubstr("this plugin computes quick_gelu only here"));
  EXPECT_THAT(refusal("/vision_config/hidden_size", 40), HasSubstr("'hidden_size' is 40; expected the hidden_size of"));
  EXPECT_THAT(refusal("/vision_config/mlp_ratio", 0.01), HasSubstr("'mlp_ratio' is 0.01"));
  EXPECT_THAT(refusal("/vision_config/embed_dim", 36), HasSubstr("four times the number of heads"));
  EXPECT_THAT(refusal("/text_config/model_type", "qwen2_5_vl_text"), HasSubstr("expects 'qwen2_vl_text'"));
}

TEST(Config, AFolderWithoutOneIsNamed) {
  const ScratchFolder folder("base");
  folder.remove("config.json");
  EXPECT_THAT(test::sentence_of(OC_E_MODEL, [&] { read_config(folder.path()); }), HasSubstr("config.json is missing"));
}

TEST(GenerationConfig, ReadsEndTokensAndPenalty) {  // mistake 24
  const models::GenerationConfig generation =
      models::read_generation_config(test::fixture_root() / "penalty" / "model");
  EXPECT_THAT(generation.end_tokens, ElementsAre(522, 520));
  EXPECT_EQ(generation.repetition_penalty, 1.3f);
}

TEST(GenerationConfig, EndTokensMayBeOneNumber) {
  const ScratchFolder folder("base");
  folder.edit("generation_config.json", [](json& config) { config["eos_token_id"] = 7; });
  EXPECT_THAT(models::read_generation_config(folder.path()).end_tokens, ElementsAre(7));
}

TEST(GenerationConfig, WithoutAFileTheModelsEndTokenHolds) {
  const ScratchFolder folder("base");
  folder.remove("generation_config.json");
  const models::GenerationConfig generation = models::read_generation_config(folder.path());
  EXPECT_THAT(generation.end_tokens, ElementsAre(522));
  EXPECT_EQ(generation.repetition_penalty, 1);
}

TEST(GenerationConfig, ANegativePenaltyIsRefused) {
  const ScratchFolder folder("base");
  folder.edit("generation_config.json", [](json& config) { config["repetition_penalty"] = 0; });
  EXPECT_THAT(test::sentence_of(OC_E_MODEL, [&] { models::read_generation_config(folder.path()); }),
              HasSubstr("'repetition_penalty' is 0"));
}

}  // namespace

}  // namespace ocellus::qwen2_5_vl
