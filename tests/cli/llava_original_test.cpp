// Folders in LLaVA's original form through the whole program, against the parts of transformers put together as the
// original code does (tools/fixtures/llava_original.py).
#include <algorithm>
#include <cmath>

#include "tests/cli/model_folder.hpp"
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;

const std::filesystem::path cases = fixtures.parent_path() / "llava_original";
const std::filesystem::path pictures = fixtures.parent_path() / "llava/images";

double largest_difference(std::span<const float> a, std::span<const float> b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  return largest;
}

class LlavaOriginal : public Program, public ::testing::WithParamInterface<const char*> {
 protected:
  // `--adapter` with every option that a case names, but for those of `without`.
  static Words adapter(const std::string& name, const Words& without = {}) {
    std::string spec;
    const json options = read_json(cases / name / "case.json")["options"];
    for (const auto& [key, value] : options.items()) {
      if (std::find(without.begin(), without.end(), key) != without.end()) continue;
      const std::string text = value;
      const std::string full = key == "conv-mode" ? text : (cases / name / text).lexically_normal().string();
      spec += (spec.empty() ? "llava:" : ",") + key + "=" + full;
    }
    return {"--adapter", spec};
  }
  static std::filesystem::path model(const std::string& name) {
    return (cases / name / read_json(cases / name / "case.json")["model"].get<std::string>()).lexically_normal();
  }
  Words question() const {
    return {"--image", (pictures / "landscape.png").string(), "--prompt", "What is in the picture?"};
  }
};

TEST_P(LlavaOriginal, GivesTheReferencesNumbers) {
  const std::string name = GetParam();
  const json info = read_json(cases / name / "case.json");
  write_file(scratch / "messages.json", info["messages"].dump());
  const bool has_image = !info["images"].empty();
  const Outcome outcome = ocellus(run_words("out", model(name)) + adapter(name) +
                                  Words{"--messages", "messages.json", "--image-dir", pictures.string(), "--dtype",
                                        "float32", "--max-new-tokens", "8", "--method",
                                        "tensors:probes=input_ids+attentions+hidden_states+logits_last+generated_ids" +
                                            std::string(has_image ? "+vision_hidden+pixel_values" : "")});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto folder = *std::filesystem::directory_iterator(scratch / "out/samples");
  const auto arrays = read_npz(folder.path() / "tensors.npz");
  const auto expected = read_npz(cases / name / "expected.npz");
  for (const char* ids : {"input_ids", "generated_ids"}) {
    const auto mine = arrays.at(ids).as<int64_t>(), theirs = expected.at(ids).as<int64_t>();
    EXPECT_EQ(std::vector(mine.begin(), mine.end()), std::vector(theirs.begin(), theirs.end())) << ids;
  }
  const auto compare = [&](const std::string& mine, const std::string& theirs, double gate) {
    const auto reference = expected.at(theirs).as<float>();
    float scale = 1;
    for (const float value : reference) scale = std::max(scale, std::abs(value));
    EXPECT_LE(largest_difference(arrays.at(mine).as<float>(), reference), gate * static_cast<double>(scale)) << mine;
  };
  compare("attentions", "attentions", 2e-6);
  compare("hidden_states", "hidden_states", 1e-5);
  compare("logits_last", "logits_last", 1e-5);
  if (!has_image) return;
  compare("pixel_values", "pixel_values", 0);
  compare("vision_hidden", "features", 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, LlavaOriginal,
                         ::testing::Values("v15", "two_turns", "text_only", "markers", "identity", "lora"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST_F(LlavaOriginal, DrawsMapsOfAPaddedPicture) {
  const Outcome outcome = ocellus(run_words("out", model("v15")) + adapter("v15") + question() +
                                  Words{"--method", "raw-attention", "--render", "overlay:style=heatmap"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto cells = read_npz(sample("out", "landscape-0") / "raw-attention.npz").at("cells");
  EXPECT_NEAR(cells.as<float>()[1], -20.0 / 180, 1e-6);
  const json record = read_json(scratch / "out/run.json");
  EXPECT_EQ(record["facts"]["chat template"], "vicuna_v1 (conv-mode)");
  for (const char* file : {"tokenizer.model", "pytorch_model-00001-of-00002.bin", "pytorch_model.bin\""})
    EXPECT_THAT(record.dump(), ::testing::HasSubstr(file));
}

TEST_F(LlavaOriginal, AsksForTheFoldersItNeeds) {
  const Words method{"--method", "raw-attention"};
  expect_refusal(ocellus(run_words("out", model("v15")) + question() + method), 2,
                 {"vision-tower=DIR", "nobody/clip-tiny"});
  expect_refusal(ocellus(run_words("out", model("lora")) + adapter("lora", {"model-base"}) + question() + method), 3,
                 {"tokenizer.model"});
  expect_refusal(ocellus(run_words("out", model("v15")) + question() + method +
                         Words{"--adapter", "llava:vision-tower=" + model("v15").string()}),
                 3, {"model_type", "tower"});
  expect_refusal(ocellus(run_words("out", fixtures.parent_path() / "llava/base/model") + question() + method +
                         Words{"--adapter", "llava:vision-tower=" + (cases / "clip/model").string()}),
                 2, {"vision-tower", "original form"});
  expect_refusal(ocellus(run_words("out", fixtures.parent_path() / "llava/base/model") + question() + method +
                         Words{"--adapter", "llava:conv-mode=plain"}),
                 2, {"conv-mode", "original form"});
  const std::string forced = "llava:template=force,vision-tower=" + (cases / "clip/model").string();
  expect_refusal(ocellus(run_words("out", model("v15")) + question() + method + Words{"--adapter", forced}), 2,
                 {"template=force", "conv-mode"});
}

TEST_F(LlavaOriginal, RefusesWhatItDoesNotCompute) {
  std::filesystem::copy(model("v15"), scratch / "model");
  const auto refuse = [&](const char* field, const json& value, const Words& sentence) {
    const std::string before = read_file(scratch / "model/config.json");
    edit_json(scratch / "model/config.json", [&](json& config) { config[field] = value; });
    expect_refusal(ocellus(run_words("out", scratch / "model") + adapter("v15") + question() +
                           Words{"--dtype", "float32", "--method", "raw-attention"}),
                   3, sentence);
    write_file(scratch / "model/config.json", before);
  };
  refuse("image_aspect_ratio", "anyres", {"image_aspect_ratio", "LLaVA-NeXT"});
  refuse("mm_projector_type", "mlpx_gelu", {"mm_projector_type", "mlpNx_gelu"});
  refuse("mm_projector_type", "ldpnet", {"mm_projector_type"});
  refuse("mm_projector_type", "mlp3x_gelu", {"lacks the weight 'projector.2.weight'"});
  refuse("mm_projector_type", "identity", {"without a projector"});
  refuse("mm_hidden_size", 17, {"mm_hidden_size", "16"});
  refuse("mm_vision_select_layer", 9, {"mm_vision_select_layer"});
  refuse("mm_vision_select_feature", "all", {"cls_patch"});
}

TEST_F(LlavaOriginal, RefusesPromptsThatCannotBe) {
  const auto refuse = [&](const json& messages, const std::string& mode, const Words& sentence) {
    write_file(scratch / "messages.json", messages.dump());
    const Outcome outcome =
        ocellus(run_words("out", model("v15")) +
                Words{"--adapter", "llava:conv-mode=" + mode + ",vision-tower=" + (cases / "clip/model").string(),
                      "--messages", "messages.json", "--method", "tensors:probes=logits_last", "--fresh"});
    EXPECT_EQ(outcome.exit_code, 1);
    for (const std::string& word : sentence) EXPECT_THAT(outcome.err, ::testing::HasSubstr(word));
  };
  const json user{{"role", "user"}, {"content", "Why?"}}, system{{"role", "system"}, {"content", "Be brief."}};
  refuse({{{"role", "user"}, {"content", "an <image> in words"}}}, "vicuna_v1", {"<image>"});
  refuse({user, system, user}, "vicuna_v1", {"system message", "first"});
  refuse({system, user}, "plain", {"one message"});
}

}  // namespace
}  // namespace ocellus::test
