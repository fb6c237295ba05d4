// LoRA folders through the whole program, against weights that a script merged (tools/fixtures/lora.py).
#include <algorithm>
#include <cmath>

#include "tests/cli/model_folder.hpp"
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;

const std::filesystem::path adapters = fixtures.parent_path() / "lora";

class Lora : public Program {
 protected:
  // The last logits and the answer of a case's checkpoint with `adapter`; none if that is empty.
  std::map<std::string, NpyArray> run_case(const std::string& name, const std::filesystem::path& adapter,
                                           const std::string& dtype = "float32") {
    const json info = read_json(adapters / name / "case.json");
    Words words = run_words("out", fixtures / name / "model") + Words{"--image",
                                                                      image(info["image"]),
                                                                      "--prompt",
                                                                      info["prompt"],
                                                                      "--dtype",
                                                                      dtype,
                                                                      "--fresh",
                                                                      "--method",
                                                                      "tensors:probes=logits_last+generated_ids",
                                                                      "--max-new-tokens",
                                                                      "8"};
    if (!adapter.empty()) words = words + Words{"--adapter", "qwen2_5_vl:lora=" + adapter.string()};
    const Outcome outcome = ocellus(words);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::string id = std::filesystem::path(info["image"].get<std::string>()).stem().string() + "-0";
    return read_npz(sample("out", id) / "tensors.npz");
  }
};

double largest_difference(std::span<const float> a, std::span<const float> b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  return largest;
}

TEST_F(Lora, GivesTheNumbersOfTheMergedModel) {
  for (const char* name : {"nested", "bf16"}) {
    const auto expected = read_npz(adapters / name / "expected.npz");
    const auto mine = run_case(name, adapters / name / "adapter");
    const auto logits = expected.at("logits_last").as<float>();
    const float scale = std::abs(*std::max_element(logits.begin(), logits.end()));
    EXPECT_LE(largest_difference(mine.at("logits_last").as<float>(), logits), 1e-5 * static_cast<double>(scale))
        << name;
    const auto ids = mine.at("generated_ids").as<int64_t>(), theirs = expected.at("generated_ids").as<int64_t>();
    EXPECT_TRUE(std::equal(ids.begin(), ids.end(), theirs.begin(), theirs.end())) << name;
  }
}

TEST_F(Lora, IsCastToTheTypeOfTheRunAfterItIsMerged) {
  const NpyArray expected = read_npz(adapters / "bf16/expected.npz").at("logits_last_bf16");
  std::vector<float> theirs;
  for (const uint16_t bits : expected.as<uint16_t>()) theirs.push_back(std::bit_cast<float>(uint32_t{bits} << 16));
  const auto mine = run_case("bf16", adapters / "bf16/adapter", "bfloat16");
  EXPECT_LE(largest_difference(mine.at("logits_last").as<float>(), theirs), 0.06);  // bfloat16 rounds 4 to 1/32
}

TEST_F(Lora, ChangesTheModelAndIsPartOfTheRunsName) {
  const auto with = run_case("nested", adapters / "nested/adapter");
  const std::string record = read_file(scratch / "out/run.json");
  EXPECT_THAT(record, ::testing::HasSubstr("adapter_config.json"));
  EXPECT_THAT(record, ::testing::HasSubstr("adapter_model.safetensors"));
  const auto without = run_case("nested", {});
  EXPECT_GT(largest_difference(with.at("logits_last").as<float>(), without.at("logits_last").as<float>()), 0.5);
}

TEST_F(Lora, RefusesWhatIsNoAdapterOfTheModel) {
  const auto refuse = [&](const std::filesystem::path& adapter, const Words& sentence) {
    expect_refusal(ocellus(run_words("out", fixtures / "nested/model") +
                           Words{"--image", image("small.png"), "--prompt", "Why?", "--method", "raw-attention",
                                 "--adapter", "qwen2_5_vl:lora=" + adapter.string()}),
                   3, sentence);
  };
  refuse(scratch / "nowhere", {"nowhere", "adapter_config.json"});
  std::filesystem::copy(adapters / "nested/adapter", scratch / "spoilt");
  edit_header(scratch / "spoilt/adapter_model.safetensors", [](json& header) {
    const std::string name = "base_model.model.model.language_model.layers.0.self_attn.q_proj.lora_A.weight";
    header["base_model.model.model.language_model.layers.7.self_attn.q_proj.lora_A.weight"] = header.at(name);
    header.erase(name);
  });
  refuse(scratch / "spoilt", {"layers.7.self_attn.q_proj.weight", "the nearest is"});
  edit_json(scratch / "spoilt/adapter_config.json", [](json& config) { config["use_dora"] = true; });
  refuse(scratch / "spoilt", {"use_dora", "DoRA is not merged"});
}

}  // namespace
}  // namespace ocellus::test
