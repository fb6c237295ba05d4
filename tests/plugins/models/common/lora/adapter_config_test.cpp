#include "plugins/models/common/lora/adapter_config.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/plugins/models/common/weights/hand_made.hpp"

namespace ocellus::models {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// What `fields` say beside the type.
LoraConfig read(const std::string& fields) {
  const TemporaryFolder folder;
  folder.write("adapter_config.json", R"({"peft_type":"LORA")" + (fields.empty() ? "" : "," + fields) + "}");
  return read_lora_config(folder.path());
}

std::string refusal(const std::string& fields) {
  const std::string sentence = complaint([&] { read(fields); });
  EXPECT_THAT(sentence, HasSubstr("adapter_config.json"));
  return sentence;
}

TEST(LoraConfig, HasPeftsDefaults) {
  EXPECT_EQ(read("").rank_of("a.q_proj"), 8);
  EXPECT_EQ(read("").scaling_of("a.q_proj"), 1.0);
}

TEST(LoraConfig, ScalesByRankOrItsRoot) {
  EXPECT_EQ(read(R"("r":4,"lora_alpha":6)").scaling_of("x"), 1.5);
  EXPECT_EQ(read(R"("r":4,"lora_alpha":6,"use_rslora":true)").scaling_of("x"), 3.0);
}

TEST(LoraConfig, PatternsMatchTheEndOfAPathAndTheFirstOneCounts) {
  const auto config =
      read(R"("r":4,"lora_alpha":4,"rank_pattern":{"z_proj":2,"layers\\.\\d+\\.q_proj":16,"q_proj":32},)"
           R"("alpha_pattern":{"layers.1.q_proj":64})");
  EXPECT_EQ(config.rank_of("model.layers.3.z_proj"), 2);
  EXPECT_EQ(config.rank_of("z_proj"), 2);
  EXPECT_EQ(config.rank_of("model.layers.3.xz_proj"), 4);   // no whole step of the path
  EXPECT_EQ(config.rank_of("model.layers.3.z_proj.x"), 4);  // not its end
  EXPECT_EQ(config.rank_of("model.layers.3.q_proj"), 16);
  EXPECT_EQ(config.rank_of("model.q_proj"), 32);
  EXPECT_EQ(config.scaling_of("model.layers.1.q_proj"), 4.0);
  EXPECT_EQ(config.scaling_of("model.layers.2.q_proj"), 0.25);
}

TEST(LoraConfig, AnEndlessPatternDoesNotMatch) {
  EXPECT_EQ(read(R"("r":4,"rank_pattern":{"(a+)+b":2})").rank_of(std::string(5000, 'a')), 4);
}

TEST(LoraConfig, RefusesWhatIsMoreThanLora) {
  EXPECT_THAT(refusal(R"("peft_type":"IA3")"), HasSubstr("'peft_type' is \"IA3\""));
  EXPECT_THAT(refusal(R"("use_dora":true)"), HasSubstr("DoRA"));
  EXPECT_THAT(refusal(R"("use_qalora":true)"), HasSubstr("QA-LoRA"));
  EXPECT_THAT(refusal(R"("lora_bias":true)"), HasSubstr("biases of the low-rank matrices"));
  EXPECT_THAT(refusal(R"("layer_replication":[[0,4],[2,5]])"), HasSubstr("repeated layers"));
  EXPECT_THAT(refusal(R"("target_parameters":["x"])"), HasSubstr("single parameters"));
  EXPECT_THAT(refusal(R"("trainable_token_indices":[1])"), HasSubstr("single tokens"));
  EXPECT_THAT(refusal(R"("init_lora_weights":"pissa_niter_4")"), HasSubstr("changes the base model"));
  EXPECT_THAT(refusal(R"("bias":"some")"), HasSubstr("lora_only"));
  read(
      R"("use_dora":false,"target_parameters":[],"layer_replication":null,"init_lora_weights":"gaussian","bias":"all")");
}

TEST(LoraConfig, RefusesNumbersThatCannotBe) {
  EXPECT_THAT(refusal(R"("r":0)"), HasSubstr("'r' is 0"));
  EXPECT_THAT(refusal(R"("r":"8")"), HasSubstr("'r'"));
  EXPECT_THAT(refusal(R"("lora_alpha":1e99)"), HasSubstr("'lora_alpha'"));
  EXPECT_THAT(refusal(R"("rank_pattern":[1])"), HasSubstr("'rank_pattern'"));
  EXPECT_THAT(refusal(R"("rank_pattern":{"x":0})"), AllOf(HasSubstr("rank_pattern"), HasSubstr("'x' is 0")));
  EXPECT_THAT(refusal(R"("alpha_pattern":{"(":1})"), HasSubstr("not a regular expression"));
  const TemporaryFolder folder;
  EXPECT_THAT(complaint([&] { read_lora_config(folder.path()); }), HasSubstr("adapter_config.json is missing"));
}

}  // namespace
}  // namespace ocellus::models
