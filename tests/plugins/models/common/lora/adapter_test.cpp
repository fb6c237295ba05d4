#include "plugins/models/common/lora/adapter.hpp"

#include <gmock/gmock.h>

#include <numeric>

#include "tests/plugins/models/common/weights/hand_made.hpp"

namespace ocellus::models {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

using Shapes = std::vector<std::pair<std::string, std::vector<int64_t>>>;

// A file of tensors of zero bytes.
std::string file_of(const Shapes& tensors) {
  std::string header;
  std::size_t end = 0;
  for (const auto& [name, shape] : tensors) {
    std::string sides;
    std::size_t size = 1;
    for (const int64_t side : shape) {
      sides.append(sides.empty() ? "" : ",").append(std::to_string(side));
      size *= static_cast<std::size_t>(side);
    }
    header.append(header.empty() ? "{" : ",").append("\"").append(name).append(R"(":{"dtype":"U8","shape":[)");
    header.append(sides).append("],\"data_offsets\":[").append(std::to_string(end)).append(",");
    end += size;
    header.append(std::to_string(end)).append("]}");
  }
  return hand_made(header + "}", std::string(end, '\0'));
}

const std::string q_proj = "model.layers.0.self_attn.q_proj";

// A model whose class puts "model." before its own names; its rotary table is passed over.
LoraAdapter read(const Shapes& tensors, const std::string& config = R"("r":2)", bool tied = false) {
  const TemporaryFolder folder;
  folder.write("adapter_config.json", R"({"peft_type":"LORA",)" + config + "}");
  folder.write("adapter_model.safetensors", file_of(tensors));
  WeightMap weights;
  const auto add = [&](const std::string& name, std::vector<int64_t> shape) { weights[name].shape = std::move(shape); };
  add(q_proj + ".weight", {6, 4});
  add(q_proj + ".bias", {6});
  add("model.embed_tokens.weight", {9, 4});
  if (!tied) add("lm_head.weight", {9, 4});
  return read_lora_adapter(folder.path(), weights, [](std::string_view name) {
    if (name.ends_with("inv_freq")) return std::string();
    return std::string(name.starts_with("inner.") ? name.substr(6) : name);
  });
}

std::string refusal(const Shapes& tensors, const std::string& config = R"("r":2)", bool tied = false) {
  const std::string sentence = complaint([&] { read(tensors, config, tied); });
  EXPECT_THAT(sentence, HasSubstr("LoRA folder"));
  return sentence;
}

const std::string peft = "base_model.model.inner." + q_proj;
const Shapes good{{peft + ".lora_A.weight", {2, 4}}, {peft + ".lora_B.weight", {6, 2}}};

Shapes with(Shapes tensors, const std::string& name, const std::vector<int64_t>& shape) {
  tensors.emplace_back(name, shape);
  return tensors;
}

TEST(LoraAdapter, FindsTheWeightOfBothHalves) {
  const LoraAdapter adapter = read(good, R"("r":2,"lora_alpha":5)");
  ASSERT_EQ(adapter.updates.size(), 1u);
  const auto& [name, update] = *adapter.updates.begin();
  EXPECT_EQ(name, q_proj + ".weight");
  EXPECT_EQ(update.scaling, 2.5);
  EXPECT_EQ(update.a.shape, (std::vector<int64_t>{2, 4}));
  EXPECT_FALSE(update.is_embedding);
  EXPECT_TRUE(adapter.replacements.empty());
  const LoraAdapter saved_whole =
      read({{peft + ".lora_A.default.weight", {2, 4}}, {peft + ".lora_B.default.weight", {6, 2}}});
  EXPECT_EQ(saved_whole.updates.size(), 1u);
}

TEST(LoraAdapter, FindsTheModuleOfPatternsByTheNameItWasTrainedWith) {
  EXPECT_EQ(read(good, R"("r":9,"rank_pattern":{"inner.model.layers.0.self_attn.q_proj":2})").updates.size(), 1u);
}

TEST(LoraAdapter, KnowsEmbeddings) {
  const LoraAdapter adapter = read({{"base_model.model.model.embed_tokens.lora_embedding_A", {2, 9}},
                                    {"base_model.model.model.embed_tokens.lora_embedding_B", {4, 2}}});
  EXPECT_TRUE(adapter.updates.at("model.embed_tokens.weight").is_embedding);
}

TEST(LoraAdapter, KnowsWholeWeightsByEveryName) {
  for (const char* name :
       {"base_model.model.lm_head.weight", "base_model.model.lm_head.modules_to_save.weight",
        "base_model.model.lm_head.modules_to_save.default.weight", "base_model.model.lm_head.base_layer.weight"})
    EXPECT_EQ(read({{name, {9, 4}}}).replacements.count("lm_head.weight"), 1u) << name;
  EXPECT_EQ(read(with(good, peft + ".base_layer.bias", {6})).replacements.count(q_proj + ".bias"), 1u);
}

TEST(LoraAdapter, RefusesTensorsOfNoWeightAndNamesTheNearest) {
  EXPECT_THAT(refusal({{"base_model.model.model.layers.0.self_attn.g_proj.lora_A.weight", {2, 4}}}),
              AllOf(HasSubstr("\"model.layers.0.self_attn.g_proj.weight\""),
                    HasSubstr("the nearest is \"" + q_proj + ".weight\"")));
  EXPECT_THAT(refusal({{"base_model.model.inner.x.inv_freq", {2}}}), HasSubstr("does not have"));
  EXPECT_THAT(refusal(with(good, "model.norm.weight", {2})), HasSubstr("not named as PEFT does"));
  EXPECT_THAT(refusal(with(good, peft + ".lora_magnitude_vector", {6})), HasSubstr("more than LoRA"));
  EXPECT_THAT(refusal(with(good, peft + ".lora_B.bias", {6})), HasSubstr("more than LoRA"));
}

TEST(LoraAdapter, RefusesHalvesThatDoNotFit) {
  EXPECT_THAT(refusal({good[0]}), AllOf(HasSubstr("there is"), HasSubstr("only")));
  EXPECT_THAT(refusal({{peft + ".lora_A.weight", {2, 5}}, good[1]}), AllOf(HasSubstr("[2, 5]"), HasSubstr("[2, 4]")));
  EXPECT_THAT(refusal(good, R"("r":3)"), AllOf(HasSubstr("[2, 4]"), HasSubstr("[3, 4]")));
  EXPECT_THAT(refusal({{peft + ".lora_A.weight", {2, 4, 1}}, good[1]}), HasSubstr("[2, 4, 1]"));
  EXPECT_THAT(refusal(with(good, peft + ".lora_A.default.weight", {2, 4})), HasSubstr("comes twice"));
  EXPECT_THAT(refusal({{"base_model.model.lm_head.weight", {10, 4}}}),
              AllOf(HasSubstr("[10, 4]"), HasSubstr("[9, 4]")));
  EXPECT_THAT(refusal({{peft + ".bias.lora_A.weight", {2, 4}}}), HasSubstr("does not have"));
}

TEST(LoraAdapter, RefusesToChangeAnEmbeddingThatIsAlsoTheHead) {
  EXPECT_THAT(refusal({{"base_model.model.model.embed_tokens.weight", {9, 4}}}, R"("r":2)", true),
              HasSubstr("also the model's head"));
}

TEST(LoraFiles, AreNamedWhereTheyAreMissing) {
  const TemporaryFolder folder;
  EXPECT_THAT(complaint([&] { lora_files(folder.path()); }), HasSubstr("no adapter_config.json"));
  const auto config = folder.write("adapter_config.json", "{}");
  EXPECT_THAT(complaint([&] { lora_files(folder.path()); }), HasSubstr("neither adapter_model.safetensors nor"));
  const auto bin = folder.write("adapter_model.bin", "");
  EXPECT_THAT(lora_files(folder.path()), ElementsAre(config, bin));
  const auto safe = folder.write("adapter_model.safetensors", "");
  EXPECT_THAT(lora_files(folder.path()), ElementsAre(config, safe));
}

}  // namespace
}  // namespace ocellus::models
