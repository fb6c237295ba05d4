// `ocellus inspect` and `ocellus tokenize`, neither of which needs the weights.
#include <map>

#include "tests/cli/model_folder.hpp"
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;

class WithoutWeights : public Program {
 protected:
  void SetUp() override {
    copy_model("base", scratch / "model");
    std::filesystem::remove(scratch / "model/model.safetensors");
  }
};

TEST_F(WithoutWeights, InspectTellsLayersHeadsLayoutAndMethods) {
  const Outcome outcome =
      ocellus({"inspect", "--model", "model", "--image", image("portrait.png"), "--prompt", "Why?", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json record = parse_lines(outcome.out).at(0);
  EXPECT_EQ(record["plugin"], "qwen2_5_vl");
  EXPECT_EQ(record["facts"]["parameters"], "349136");
  EXPECT_EQ(record["stacks"][0],
            json({{"stack", "language"}, {"layers", 3}, {"heads", 6}, {"kv_heads", 2}, {"width", 48}}));
  EXPECT_EQ(record["stacks"][1], json({{"stack", "vision"},
                                       {"layers", 4},
                                       {"heads", 4},
                                       {"kv_heads", 4},
                                       {"width", 64},
                                       {"attention_layers", {1, 3}}}));
  // 132 x 260 px within 25,000 px and multiples of 28
  const json& language = record["layouts"][0];
  EXPECT_EQ(language["grids"][0],
            json({{"image", 0}, {"rows", 7}, {"cols", 4}, {"source", {132, 260}}, {"model", {112, 196}}}));
  std::map<std::string, int> tokens;
  for (const json& segment : language["segments"]) {
    tokens[segment["kind"]] += segment["end"].get<int>() - segment["begin"].get<int>();
  }
  EXPECT_EQ(tokens["image"], 28);
  for (const json& method : record["methods"]) EXPECT_TRUE(method["can"]) << method;

  const std::string text = ocellus({"inspect", "--model", "model", "--image", image("portrait.png")}).out;
  EXPECT_THAT(text, ::testing::HasSubstr("132 x 260 px, given as 112 x 196 px, 7 rows x 4 cols of cells"));
  EXPECT_THAT(text, ::testing::HasSubstr("width 64, attention rows of layers 1, 3\n  projector: width 48\n"));
}

TEST_F(WithoutWeights, AWindowedBlockOfTheTowerIsRefusedBeforeTheyAreMissed) {
  const Outcome outcome = ocellus({"run", "--model", "model", "--image", image("portrait.png"), "--prompt", "Why?",
                                   "--method", "raw-attention:stack=vision,layers=2", "--out", "out"});
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.err, ::testing::HasSubstr("vision layer 2 attends within windows"));
  EXPECT_THAT(outcome.err, ::testing::HasSubstr("1, 3"));
}

TEST_F(WithoutWeights, TokenizePrintsIdsPiecesAndByteOffsets) {
  const Outcome outcome = ocellus({"tokenize", "--model", "model", "--json", "Why?", "<|im_start|>é"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json lines = parse_lines(outcome.out);
  ASSERT_EQ(lines.size(), 2u);
  std::string text;
  for (const json& piece : lines[0]["pieces"]) text += piece.get<std::string>();
  EXPECT_EQ(text, "Why?");
  EXPECT_EQ(lines[0]["offsets"].back()[1], 4);
  EXPECT_EQ(lines[1]["pieces"][0], "<|im_start|>");  // one token of its own
  EXPECT_EQ(lines[1]["offsets"][0], json({0, 12}));
  EXPECT_EQ(lines[1]["offsets"].back()[1], 14);  // é is two bytes
}

TEST_F(WithoutWeights, TokenizeReadsJsonLinesAsTheReferenceDoes) {
  const std::string prompt = read_json(fixtures / "text_only/case.json")["prompt"];
  write_file(scratch / "texts.jsonl", json(prompt).dump() + "\n\"\"\n");
  const Outcome outcome = ocellus({"tokenize", "--model", "model", "--json-lines", "texts.jsonl"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json lines = parse_lines(outcome.out);
  ASSERT_EQ(lines.size(), 2u);
  const NpyArray expected = expected_array("text_only", "input_ids");
  EXPECT_THAT(lines[0]["ids"].get<std::vector<int64_t>>(), ::testing::ElementsAreArray(expected.as<int64_t>()));
  EXPECT_TRUE(lines[1]["ids"].empty());
}

TEST_F(WithoutWeights, TokenizeNamesTheLineThatIsNoString) {
  write_file(scratch / "texts.jsonl", "\"fine\"\n{}\n");
  const Outcome outcome = ocellus({"tokenize", "--model", "model", "--json-lines", "texts.jsonl"});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, ::testing::HasSubstr("texts.jsonl, line 2"));
  expect_refusal(ocellus({"tokenize", "--model", "model"}), 2, {"nothing to tokenize"});
}

}  // namespace
}  // namespace ocellus::test
