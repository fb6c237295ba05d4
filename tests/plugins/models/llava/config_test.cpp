#include "plugins/models/llava/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/plugins/models/llava/support/scratch_folder.hpp"

namespace ocellus::llava {

namespace {

using nlohmann::json;
using test::ScratchFolder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(LlavaConfig, ReadsBothWaysToWriteAFolder) {
  const auto read = [](const char* name) { return open_form(test::fixture_root() / name / "model", {})->config(); };
  const Config base = read("base"), pad = read("pad"), full = read("full");
  EXPECT_EQ(base.text.kv_heads, 4);
  EXPECT_EQ(base.text.head_dim, 8);
  EXPECT_THAT(base.feature_blocks, ElementsAre(2));
  EXPECT_EQ(base.tokens_of_image(), 9);
  EXPECT_EQ(pad.text.kv_heads, 2);
  EXPECT_EQ(pad.text.head_dim, 12);
  EXPECT_EQ(pad.text.rope_theta, 500000.0);
  EXPECT_THAT(full.feature_blocks, ElementsAre(2, 1));
  EXPECT_TRUE(full.text.tied_head && full.text.qkv_bias && full.text.output_bias && full.text.mlp_bias);
  EXPECT_FALSE(full.projector.bias);
  EXPECT_EQ(full.vision.activation, models::Activation::gelu);
  EXPECT_EQ(full.tokens_of_image(), 10);
}

TEST(LlavaConfig, MissingFieldsAreTheClassesDefaults) {
  const json text = json::object(), vision = json::object();
  const models::TextConfig llama = read_llama_config(models::JsonFields(text, "text"));
  EXPECT_EQ(llama.hidden_size, 4096);
  EXPECT_EQ(llama.layers, 32);
  EXPECT_EQ(llama.kv_heads, 32);
  EXPECT_EQ(llama.vocabulary, 32000);
  EXPECT_EQ(llama.rms_norm_eps, 1e-6);
  EXPECT_EQ(llama.rope_theta, 1e4);
  const models::ClipVisionConfig clip = models::read_clip_vision_config(models::JsonFields(vision, "vision"));
  EXPECT_EQ(clip.hidden_size, 768);
  EXPECT_EQ(clip.patch_size, 32);
  EXPECT_EQ(clip.tokens(), 50);
}

TEST(LlavaConfig, RopeParametersOfTransformersFiveAreRead) {
  const json text = {{"rope_parameters", {{"rope_type", "default"}, {"rope_theta", 7000.0}}}};
  EXPECT_EQ(read_llama_config(models::JsonFields(text, "text")).rope_theta, 7000.0);
}

struct Change {
  const char* file;
  const char* field;  // a JSON pointer
  json value;
  const char* sentence;
};

class RefusedFolder : public testing::TestWithParam<Change> {};

TEST_P(RefusedFolder, NamesTheField) {
  const ScratchFolder folder("base");
  folder.edit(GetParam().file, [](json& content) { content[json::json_pointer(GetParam().field)] = GetParam().value; });
  EXPECT_THAT(test::sentence_of(OC_E_MODEL, [&] { open_form(folder.path(), {}); }), HasSubstr(GetParam().sentence));
}

INSTANTIATE_TEST_SUITE_P(
    , RefusedFolder,
    testing::Values(
        Change{"config.json", "/model_type", "llava_next", "LLaVA-NeXT"},
        Change{"config.json", "/image_grid_pinpoints", json::array({json::array({336, 672})}), "LLaVA-NeXT"},
        Change{"config.json", "/model_type", "vipllava", "opens 'llava'"},
        Change{"config.json", "/text_config/model_type", "mistral", "Llama's decoder"},
        Change{"config.json", "/text_config/rope_scaling", json{{"type", "linear"}, {"factor", 2.0}}, "'default' type"},
        Change{"config.json", "/text_config/num_key_value_heads", 3, "multiple of num_key_value_heads"},
        Change{"config.json", "/text_config/hidden_act", "gelu", "silu"},
        Change{"config.json", "/text_config/head_dim", 7, "even number"},
        Change{"config.json", "/vision_config/model_type", "siglip_vision_model", "CLIP's vision tower"},
        Change{"config.json", "/vision_config/hidden_act", "relu", "gelu and quick_gelu"},
        Change{"config.json", "/vision_config/patch_size", 0, "from 1"},
        Change{"config.json", "/vision_feature_layer", -5, "from -4 to 3"},
        Change{"config.json", "/vision_feature_layer", json::array(), "1 to 4 layers"},
        Change{"config.json", "/vision_feature_select_strategy", "cls", "'default' or 'full'"},
        Change{"config.json", "/projector_hidden_act", "tanh", "gelu and quick_gelu"},
        Change{"config.json", "/quantization_config", json{{"bits", 4}}, "quantised"},
        Change{"config.json", "/image_token_index", 3, "<image> is 369"},
        Change{"config.json", "/image_token_index", 99999, "from 0 to 383"},
        Change{"processor_config.json", "/patch_size", 16, "it is 14 in config.json"},
        Change{"processor_config.json", "/num_additional_image_tokens", 0, "9 features"},
        Change{"processor_config.json", "/vision_feature_select_strategy", "full", "9 features"},
        Change{"preprocessor_config.json", "/crop_size", 336, "42x42"},
        Change{"preprocessor_config.json", "/resample", 2, "bicubic"},
        Change{"preprocessor_config.json", "/do_convert_rgb", false, "RGB"},
        Change{"preprocessor_config.json", "/image_processor_type", "SiglipImageProcessor", "CLIPImageProcessor"},
        Change{"preprocessor_config.json", "/do_center_crop", false, "42x42"},
        Change{"preprocessor_config.json", "/image_std", json::array({1, 0, 1}), "other than 0"}));

TEST(LlavaFolder, OneThatNamesItsTowerApartHasTheOriginalForm) {
  const ScratchFolder folder("base");
  folder.edit("config.json", [](json& config) { config["mm_vision_tower"] = "openai/clip-vit-large-patch14-336"; });
  EXPECT_THAT(test::sentence_of(OC_E_OPTION, [&] { open_form(folder.path(), {}); }),
              AllOf(HasSubstr("original form"), HasSubstr("'openai/clip-vit-large-patch14-336'")));
}

TEST(LlavaFolder, AnOldOneWithoutProcessorConfigCountsAsTheNetworkDoes) {  // mistake 21
  const ScratchFolder folder("base");
  folder.remove("processor_config.json");
  EXPECT_EQ(open_form(folder.path(), {})->config().tokens_of_image(), 9);
}

TEST(LlavaFolder, TheClasssEndTokenIsKnownToFoldersThatNameNone) {
  const ScratchFolder folder("base");
  folder.remove("generation_config.json");
  EXPECT_THAT(open_form(folder.path(), {})->generation().end_tokens, ElementsAre(2));
}

}  // namespace

}  // namespace ocellus::llava
