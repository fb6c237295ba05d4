// `ocellus run`: every way to name samples, what it prints and what it leaves in OUT.
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// The folders of the samples in OUT.
std::vector<std::string> samples_in(const std::filesystem::path& out) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(out / "samples"))
    names.push_back(entry.path().filename());
  return names;
}

TEST_F(Program, CombinesImagesPromptsMethodsAndRenderers) {
  const Outcome outcome =
      ocellus(run_words("out") + Words{"--image", image("landscape.png"), "--image", image("portrait.png"), "--prompt",
                                       "What is it?", "--prompt", "Why?", "--method", "raw-attention", "--method",
                                       "raw-attention:as=early,layers=0..1", "--render", "overlay:dpi=50", "--render",
                                       "overlay:as=flat,style=overlay"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  std::set<std::string> expected{"run.json", "run.yaml"};
  for (const std::string folder : {"landscape-0", "landscape-1", "portrait-2", "portrait-3"}) {
    for (const char* file :
         {"sample.json", "raw-attention.npz", "raw-attention.overlay.png", "raw-attention.flat.png", "early.npz",
          "early.layer0.overlay.png", "early.layer0.flat.png", "early.layer1.overlay.png", "early.layer1.flat.png"}) {
      expected.insert("samples/" + folder + "/" + file);
    }
  }
  EXPECT_EQ(files_in(scratch / "out"), expected);
  EXPECT_EQ(read_json(sample("out", "portrait-3") / "sample.json")["question"], "Why?");
  EXPECT_TRUE(read_json(scratch / "out/run.json")["complete"]);
  // 4 samples x 3 maps, each with its range and hottest cell.
  EXPECT_THAT(outcome.out, HasSubstr("hottest cell row"));
  EXPECT_THAT(outcome.out, HasSubstr("early layer 1: 7 rows x 4 cols, min "));
}

TEST_F(Program, TheSampleRecordSaysWhatWasAskedAnsweredAndStored) {
  run("out", {"--method", "raw-attention", "--max-new-tokens", "8"});
  const json record = read_json(sample("out", "landscape-0") / "sample.json");
  EXPECT_EQ(record["prompt"], read_json(fixtures / "base/case.json")["prompt"]);
  const std::vector<int64_t> ids = record["generated_ids"];
  const NpyArray expected = expected_array("base", "generated_ids");
  EXPECT_THAT(ids, ::testing::ElementsAreArray(expected.as<int64_t>()));
  const NpyArray prompt = expected_array("base", "input_ids");
  const size_t n_prompt = prompt.as<int64_t>().size();
  ASSERT_EQ(record["tokens"].size(), n_prompt + ids.size());
  for (size_t i = 0; i < n_prompt; ++i) EXPECT_EQ(record["tokens"][i][0], prompt.as<int64_t>()[i]) << i;
  EXPECT_EQ(record["images"][0]["path"], image("landscape.png"));
  EXPECT_EQ(record["artifacts"][0]["file"], "raw-attention.npz");
  EXPECT_EQ(record["artifacts"][0]["arrays"]["values"], json({5, 6}));
}

TEST_F(Program, TheRunRecordSaysHowItWasComputed) {  // promise 7
  run("out", {"--method", "raw-attention"});
  const json facts = read_json(scratch / "out/run.json")["facts"];
  EXPECT_THAT(facts["attention kernel"].get<std::string>(), ::testing::StartsWith("blocked, 128 rows, softmax "));
  EXPECT_THAT(facts["products"].get<std::string>(), ::testing::AnyOf("libtorch", "oneDNN, packed weights"));
}

TEST_F(Program, AConversationOfTwoTurnsIsPromptedAsTheReferenceDoes) {
  const json fixture = read_json(fixtures / "two_turns/case.json");
  write_file(scratch / "messages.json", fixture["messages"].dump());
  const Outcome outcome =
      ocellus(run_words("out") + Words{"--messages", "messages.json", "--image-dir", (fixtures / "images").string(),
                                       "--method", "tensors:probes=input_ids+generated_ids", "--max-new-tokens", "8"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(read_json(sample("out", "noise-0") / "sample.json")["prompt"], fixture["prompt"]);
  auto arrays = read_npz(sample("out", "noise-0") / "tensors.npz");
  for (const char* name : {"input_ids", "generated_ids"}) {
    EXPECT_EQ(arrays[name].bytes, expected_array("two_turns", name).bytes) << name;
  }
}

TEST_F(Program, SeveralImagesInOnePromptGetAFileEach) {
  write_file(scratch / "messages.json", read_json(fixtures / "two_images/case.json")["messages"].dump());
  const Outcome outcome =
      ocellus(run_words("out") + Words{"--messages", "messages.json", "--image-dir", (fixtures / "images").string(),
                                       "--method", "raw-attention", "--render", "overlay:dpi=50"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(files_in(sample("out", "landscape-0")),
              UnorderedElementsAre("sample.json", "raw-attention.image0.npz", "raw-attention.image1.npz",
                                   "raw-attention.image0.overlay.png", "raw-attention.image1.overlay.png"));
}

TEST_F(Program, ADataSetOfJsonLinesNamesItsSamples) {
  std::filesystem::create_directory(scratch / "pictures");
  std::filesystem::copy(image("small.png"), scratch / "pictures/small.png");
  write_file(
      scratch / "set.jsonl",
      "{\"id\":\"first\",\"image\":\"pictures/small.png\",\"question\":\"What?\"}\n"
      "\n"
      "{\"id\":\"../second\",\"image\":[\"pictures/small.png\"],\"prompt\":\"Why?\",\"solution\":\"a secret\"}\n"
      "{\"image\":\"pictures/small.png\"}\n"
      "{\"id\":7,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"image\":\"pictures/small.png\"},"
      "{\"type\":\"text\",\"text\":\"Where?\"}]}]}\n");
  const Outcome outcome = ocellus(run_words("out") + Words{"--dataset", "set.jsonl", "--prompt", "Else?", "--system",
                                                           "Be brief.", "--method", "raw-attention"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(samples_in(scratch / "out"), UnorderedElementsAre("first", "second-1", "small-2", "7"));
  EXPECT_EQ(read_json(sample("out", "small-2") / "sample.json")["question"], "Else?");
  EXPECT_EQ(read_json(sample("out", "7") / "sample.json")["question"], "Where?");
  const json second = read_json(sample("out", "second-1") / "sample.json");
  EXPECT_EQ(second["id"], "../second");
  EXPECT_EQ(second["facts"]["solution"], "a secret");
  EXPECT_THAT(second["prompt"].get<std::string>(), ::testing::Not(HasSubstr("secret")));
  EXPECT_THAT(second["prompt"].get<std::string>(), HasSubstr("Be brief."));
}

TEST_F(Program, ADataSetMayBeAnArrayWithPicturesElsewhereAndCutShort) {
  write_file(scratch / "set.json",
             R"([{"id":"a","image":"small.png","prompt":"1"},{"id":"b","image":"small.png","prompt":"2"},
                                       {"id":"c","image":"nowhere.png","prompt":"3"}])");
  const Outcome outcome =
      ocellus(run_words("out") + Words{"--dataset", "set.json", "--image-dir", (fixtures / "images").string(),
                                       "--limit", "2", "--method", "raw-attention"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(samples_in(scratch / "out"), UnorderedElementsAre("a", "b"));
}

TEST_F(Program, JsonPrintsOneObjectASample) {
  const Outcome outcome =
      run("out", {"--prompt", "Why?", "--method", "raw-attention", "--json", "--max-new-tokens", "2"});
  const json lines = parse_lines(outcome.out);
  ASSERT_EQ(lines.size(), 2u);
  for (const json& line : lines) {
    EXPECT_EQ(line["status"], "ok");
    EXPECT_TRUE(line.contains("answer"));
    ASSERT_EQ(line["maps"].size(), 1u);
    const json& map = line["maps"][0];
    EXPECT_EQ(map["grid"], json({5, 6}));
    EXPECT_LE(map["min"], map["mean"]);
    EXPECT_LE(map["mean"], map["max"]);
    // The map itself says the same.
    const auto arrays = read_npz(sample("out", line["sample"]) / "raw-attention.npz");
    const auto values = arrays.at("values").as<float>();
    const size_t hottest = map["hottest"]["row"].get<size_t>() * 6 + map["hottest"]["col"].get<size_t>();
    EXPECT_EQ(values[hottest], map["max"].get<float>());
    EXPECT_EQ(*std::max_element(values.begin(), values.end()), values[hottest]);
  }
  EXPECT_EQ(outcome.err, "");
}

TEST_F(Program, ADryRunTellsTheCostAndNeedsNoWeights) {
  std::filesystem::copy(base_model, scratch / "model");
  std::filesystem::remove(scratch / "model/model.safetensors");
  const Outcome outcome =
      ocellus(run_words("out", scratch / "model") +
              Words{"--image", image("landscape.png"), "--prompt", "What is in the picture?", "--method",
                    "raw-attention:layers=all", "--method", "tensors:probes=logits_last", "--dry-run", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json plan = parse_lines(outcome.out).at(0);
  ASSERT_EQ(plan["passes"].size(), 1u);
  const json pass = plan["passes"][0];
  EXPECT_EQ(pass["prompt_tokens"], 61);
  EXPECT_EQ(pass["prefill_chunks"], 2);
  EXPECT_EQ(pass["max_new_tokens"], 0);
  // 3 layers x 6 heads x 1 row x 30 cells of float32
  EXPECT_EQ(pass["probes"][0]["bytes"], 3 * 6 * 30 * 4);
  EXPECT_EQ(pass["probes"].back()["bytes"], 560 * 4);  // one row of the vocabulary
  EXPECT_EQ(plan["weight_bytes"], 349136 * 4);
  EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
}

TEST_F(Program, AnOutFolderHoldsOneRequest) {
  run("out", {"--method", "raw-attention"});
  const auto first = contents_of(scratch / "out/samples");
  const Words other =
      run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why?", "--method", "raw-attention"};
  expect_refusal(ocellus(other), 2, {"another request", "--fresh"});
  EXPECT_EQ(contents_of(scratch / "out/samples"), first);
  run("out", {"--method", "raw-attention"});  // the same again is no other request

  EXPECT_EQ(ocellus(other + Words{"--fresh"}).exit_code, 0);
  EXPECT_THAT(samples_in(scratch / "out"), ElementsAre("small-0"));
}

TEST_F(Program, FreshRemovesNothingButARun) {
  std::filesystem::create_directories(scratch / "out/samples");
  write_file(scratch / "out/samples/thesis.txt", "five years of work");
  expect_refusal(ocellus(run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why?", "--method",
                                                  "raw-attention", "--fresh"}),
                 6, {"--fresh", "run.json"});
  EXPECT_THAT(files_in(scratch / "out"), ElementsAre("samples/thesis.txt"));
}

TEST_F(Program, AnImpossibleRequestLeavesTheOutFolderFree) {
  const Words words = run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why?", "--method"};
  expect_refusal(ocellus(words + Words{"raw-attention:layers=3"}), 4, {"layer 3", "0 to 2"});
  EXPECT_EQ(ocellus(words + Words{"raw-attention:layers=2"}).exit_code, 0);
}

TEST_F(Program, ProgressGoesToStderr) {
  const Outcome outcome =
      ocellus({"run", "--model", base_model.string(), "--threads", "1", "--image", image("small.png"), "--prompt",
               "Why?", "--method", "raw-attention", "--out", "out", "--progress", "plain"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("[1/1] small-0"));
  EXPECT_THAT(outcome.out, ::testing::Not(HasSubstr("[1/1]")));
}

}  // namespace
}  // namespace ocellus::test
