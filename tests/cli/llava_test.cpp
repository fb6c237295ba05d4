// A LLaVA folder through the whole program: the methods and the renderer know nothing of it.
#include <algorithm>
#include <cmath>

#include "tests/cli/model_folder.hpp"
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;

const std::filesystem::path cases = fixtures.parent_path() / "llava";

class Llava : public Program {
 protected:
  Outcome explain(const std::string& out, const std::string& fixture, const Words& more) const {
    return ocellus(run_words(out, cases / fixture / "model") + more);
  }
  Words landscape() const {
    return {"--image", (cases / "images/landscape.png").string(), "--prompt", "What is in the picture?"};
  }
};

double largest_difference(std::span<const float> a, std::span<const float> b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  return largest;
}

TEST_F(Llava, IsOpenedByItsModelTypeAndGivesTheReferencesNumbers) {
  const Outcome outcome = explain("out", "base",
                                  landscape() + Words{"--max-new-tokens", "8", "--method",
                                                      "tensors:probes=input_ids+attentions+hidden_states+logits_last+"
                                                      "pixel_values+generated_ids"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(read_json(scratch / "out/run.json")["facts"]["model type"], "llava");
  const auto arrays = read_npz(sample("out", "landscape-0") / "tensors.npz");
  for (const char* name : {"input_ids", "generated_ids"}) {
    const NpyArray expected = read_npz(cases / "base/expected.npz").at(name);
    const auto mine = arrays.at(name).as<int64_t>(), theirs = expected.as<int64_t>();
    EXPECT_TRUE(std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end())) << name;
  }
  for (const auto& [name, gate] : {std::pair("attentions", 2e-6), std::pair("hidden_states", 1e-4),
                                   std::pair("logits_last", 1e-4), std::pair("pixel_values", 0.0)}) {
    const NpyArray expected = read_npz(cases / "base/expected.npz").at(name);
    EXPECT_LE(largest_difference(arrays.at(name).as<float>(), expected.as<float>()), gate) << name;
  }
}

TEST_F(Llava, AnAnswerBeginsWithoutTheSpaceThatItsTokenizerPutsBeforeAWord) {
  const Words words = landscape() + Words{"--max-new-tokens", "2", "--method", "tensors:probes=generated_ids"};
  ASSERT_EQ(explain("out", "full", words).exit_code, 0);
  const json record = read_json(sample("out", "landscape-0") / "sample.json");
  EXPECT_EQ(record["answer"], "ASSISTANT: ASSISTANT:");
  const Outcome given =
      explain("given", "full", landscape() + Words{"--answer", " Two", "--method", "tensors:probes=input_ids"});
  ASSERT_EQ(given.exit_code, 0) << given.err;
  EXPECT_EQ(read_json(sample("given", "landscape-0") / "sample.json")["answer"], " Two");  // stands as it was given
}

TEST_F(Llava, MapsLieWhereThePictureWasCut) {
  const Outcome outcome = explain(
      "out", "base", landscape() + Words{"--method", "raw-attention:layers=all,heads=mean", "--render", "overlay"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto folder = sample("out", "landscape-0");
  const auto artifact = read_npz(folder / "raw-attention.npz");
  const NpyArray& values = artifact.at("values");
  EXPECT_EQ(values.shape[values.shape.size() - 2], 3);
  EXPECT_EQ(values.shape.back(), 3);
  // 220x180 pixels are resized to 51x42 and lose 4 columns on the left, 5 on the right.
  const auto cells = artifact.at("cells").as<float>();
  EXPECT_NEAR(cells[0], 4.0 / 51, 1e-6);
  EXPECT_NEAR(cells[1], 0, 1e-6);
  EXPECT_NEAR(cells[cells.size() - 2], 46.0 / 51, 1e-6);
  EXPECT_NEAR(cells[cells.size() - 1], 1, 1e-6);
  size_t pictures = 0;
  for (const std::string& file : files_in(folder)) pictures += file.ends_with(".png") ? 1 : 0;
  EXPECT_GE(pictures, 1u);
}

TEST_F(Llava, MapsOfAPaddedPictureReachOverItsBorder) {
  const Outcome outcome =
      explain("out", "pad", landscape() + Words{"--method", "raw-attention", "--render", "overlay:style=heatmap"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto cells = read_npz(sample("out", "landscape-0") / "raw-attention.npz").at("cells");
  EXPECT_NEAR(cells.as<float>()[0], 0, 1e-6);
  EXPECT_NEAR(cells.as<float>()[1], -20.0 / 180, 1e-6);
}

TEST_F(Llava, EveryBlockOfItsTowerHasRows) {
  const Outcome outcome = explain(
      "out", "full", landscape() + Words{"--method", "raw-attention:stack=vision,layers=all", "--render", "overlay"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(read_npz(sample("out", "landscape-0") / "raw-attention.npz").at("values").shape,
            (std::vector<int64_t>{2, 3, 3}));
}

TEST_F(Llava, AConversationOfSeveralPicturesIsAnswered) {
  const json messages = read_json(cases / "two_turns/case.json")["messages"];
  write_file(scratch / "messages.json", messages.dump());
  const Outcome outcome =
      explain("out", "base",
              {"--messages", "messages.json", "--image-dir", (cases / "images").string(), "--max-new-tokens", "8",
               "--method", "raw-attention:query=answer:0", "--method", "tensors:probes=generated_ids"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto folder = *std::filesystem::directory_iterator(scratch / "out/samples");
  const NpyArray expected = read_npz(cases / "two_turns/expected.npz").at("generated_ids");
  const NpyArray generated = read_npz(folder.path() / "tensors.npz").at("generated_ids");
  const auto mine = generated.as<int64_t>(), theirs = expected.as<int64_t>();
  EXPECT_TRUE(std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end()));
  size_t maps = 0;
  for (const std::string& file : files_in(folder.path())) maps += file.starts_with("raw-attention") ? 1 : 0;
  EXPECT_EQ(maps, 2u);
}

TEST_F(Llava, TensorsGivesItsUsualArrays) {
  const Outcome outcome = explain("out", "base", landscape() + Words{"--method", "tensors"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto arrays = read_npz(sample("out", "landscape-0") / "tensors.npz");
  const auto grid = arrays.at("image_grid_thw").as<int64_t>();
  EXPECT_EQ(std::vector(grid.begin(), grid.end()), (std::vector<int64_t>{1, 3, 3}));
  EXPECT_EQ(arrays.at("position_ids").shape, arrays.at("input_ids").shape);
}

TEST_F(Llava, TheNextOneIsRefusedByName) {
  std::filesystem::copy(cases / "base/model", scratch / "next");
  edit_json(scratch / "next/config.json", [](json& config) {
    config["model_type"] = "llava_next";
    config["architectures"] = {"LlavaNextForConditionalGeneration"};
    config["image_grid_pinpoints"] = {{336, 672}, {672, 336}};
  });
  expect_refusal(ocellus(run_words("out", scratch / "next") + landscape() + Words{"--method", "raw-attention"}), 4,
                 {"llava_next"});
}

TEST_F(Llava, AnUnknownTemplateIsRefusedAndForced) {
  std::filesystem::copy(cases / "base/model", scratch / "other");
  write_file(scratch / "other/chat_template.json", R"({"chat_template": "{{ messages }}"})");
  const Words words = run_words("out", scratch / "other") + landscape() + Words{"--method", "raw-attention"};
  expect_refusal(ocellus(words), 3, {"chat_template.json", "--adapter llava:template=force"});
  EXPECT_EQ(ocellus(words + Words{"--adapter", "llava:template=force"}).exit_code, 0);
}

TEST_F(Llava, PixelLimitsAreRefused) {
  expect_refusal(explain("out", "base", landscape() + Words{"--method", "raw-attention", "--max-pixels", "5000"}), 2,
                 {"--max-pixels"});
}

}  // namespace
}  // namespace ocellus::test
