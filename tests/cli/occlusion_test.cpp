// occlusion through the program: what transformers and NumPy say on the demo's checkpoints (tests/data/occlusion), what
// the model is given, and what is refused.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/cli/one_sample.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const std::filesystem::path references = fixtures.parent_path() / "occlusion";
const std::filesystem::path demo = source_dir / "demo";

class Occlusion : public OneSample {
 protected:
  Words small(const std::string& out, const Words& more) const {
    return run_words(out) + Words{"--image", image("small.png"), "--prompt", "Why?"} + more;
  }
  json text_ids(const std::string& text) const {
    return parse_lines(ocellus({"tokenize", "--model", base_model.string(), "--json", text}).out).at(0)["ids"];
  }
  // The mean probability of the first `n` tokens that were generated, the likeliest ones.
  double mean_probability(const std::string& out, size_t n) const {
    double sum = 0;
    const json log_probabilities = record(out)["log_probabilities"];
    for (size_t token = 0; token < n; ++token) sum += std::exp(log_probabilities.at(token).get<double>());
    return sum / static_cast<double>(n);
  }
};

class OcclusionParity : public Occlusion, public ::testing::WithParamInterface<const char*> {};

TEST_P(OcclusionParity, MapsAreThoseOfTransformers) {
  const json about = read_json(references / (std::string(GetParam()) + ".json"));
  const auto expected = read_npz(references / (std::string(GetParam()) + ".npz"));
  const std::string options =
      "fill=" + about["fill"].get<std::string>() + ",window=" + std::to_string(about["window"].get<int>()) +
      ",stride=" + std::to_string(about["stride"].get<int>()) + (about["whole_answer"] ? "" : ",target=token:0");
  Words words =
      run_words("out", demo / about["model"]) +
      Words{"--image", (demo / about["picture"]).string(), "--prompt", about["question"], "--dtype", "float32"};
  const Words scores{"probability", "log-probability", "logit"};
  for (const std::string& score : scores)
    words = words + Words{"--method", "occlusion:" + options + ",as=" + score + ",score=" + score};
  const Outcome outcome = ocellus(words);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(record("out")["answer"], about["answer"]);
  for (std::string score : scores) {
    const json stored = artifact("out", score + ".npz");
    const std::vector<float> map = map_values("out", score + ".npz");
    std::replace(score.begin(), score.end(), '-', '_');
    const NpyArray& theirs = expected.at("map_" + score);
    EXPECT_EQ(read_npz(only_sample("out") / "probability.npz").at("values").shape, theirs.shape);
    const auto reference = theirs.as<double>();
    ASSERT_EQ(map.size(), reference.size());
    const double largest = std::abs(*std::max_element(reference.begin(), reference.end(),
                                                      [](double a, double b) { return std::abs(a) < std::abs(b); }));
    for (size_t cell = 0; cell < map.size(); ++cell)
      EXPECT_NEAR(map[cell], reference[cell], 1e-5 * std::max(1.0, largest)) << score << " " << cell;
    EXPECT_EQ(stored["numbers"]["windows"], expected.at("windows").shape[0]);
    const auto all = expected.at(score).as<double>();
    const auto tokens = static_cast<size_t>(expected.at(score).shape[1]);
    EXPECT_EQ(stored["numbers"]["target.tokens"], tokens);
    EXPECT_NEAR(stored["numbers"]["target.value"].get<double>(),
                std::accumulate(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(tokens), 0.0) /
                    static_cast<double>(tokens),
                1e-5 * std::max(1.0, largest));
  }
}

INSTANTIATE_TEST_SUITE_P(, OcclusionParity, ::testing::Values("color", "answer", "cropped"),
                         [](const auto& test) { return test.param; });

TEST_F(Occlusion, EachInputIsWhatItIsAlone) {
  const Words one{"--method", "occlusion:as=one,window=1,stride=1,target=token:0"},
      other{"--method", "occlusion:as=other,window=2,stride=2,fill=blur"};
  ASSERT_EQ(ocellus(small("one", one)).exit_code, 0);
  ASSERT_EQ(ocellus(small("other", other)).exit_code, 0);
  ASSERT_EQ(ocellus(small("both", other + one +
                                      Words{"--method", "occlusion:as=same,window=1,stride=1,target=token:0",
                                            "--method", "smooth-gradcam:noise-samples=1,layers=0"}))
                .exit_code,
            0);
  EXPECT_EQ(map_values("both", "one.npz"), map_values("one", "one.npz"));
  EXPECT_EQ(map_values("both", "same.npz"), map_values("one", "one.npz"));
  EXPECT_EQ(map_values("both", "other.npz"), map_values("other", "other.npz"));
}

TEST_F(Occlusion, TheAnswerIsTheOneGeneratedWhetherItsTextComesBackOrNot) {
  // This model writes tokens whose text is tokenised otherwise; it is made to write them again.
  const Outcome outcome = ocellus(small("out", {"--max-new-tokens", "6", "--method", "occlusion:window=9"}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json ids = record("out")["generated_ids"], numbers = artifact("out", "occlusion.npz")["numbers"];
  ASSERT_EQ(ids.size(), 6u);
  ASSERT_NE(text_ids(record("out")["answer"]), ids) << "another question is needed";
  EXPECT_EQ(numbers["target.tokens"], 6);
  EXPECT_NEAR(numbers["target.value"].get<double>(), mean_probability("out", 6), 1e-6);
}

TEST_F(Occlusion, AGivenAnswerIsScoredAsTheOneWritten) {
  const Words scene{"--image",  (demo / "scenes/02-where.png").string(),
                    "--prompt", "Where is the red triangle?",
                    "--method", "occlusion:window=4,stride=3"};
  ASSERT_EQ(ocellus(run_words("written", demo / "qwen2_5_vl") + scene).exit_code, 0);
  ASSERT_EQ(ocellus(run_words("given", demo / "qwen2_5_vl") + scene + Words{"--answer", record("written")["answer"]})
                .exit_code,
            0);
  ASSERT_EQ(ocellus(run_words("text", demo / "qwen2_5_vl") + scene +
                    Words{"--method", "occlusion:as=text,window=4,stride=3,target=\"text:bottom left\"", "--method",
                          "occlusion:as=last,window=4,stride=3,target=token:1"})
                .exit_code,
            0);
  EXPECT_EQ(record("written")["answer"], "bottom left");
  EXPECT_EQ(map_values("given", "occlusion.npz"), map_values("written", "occlusion.npz"));
  EXPECT_EQ(map_values("text", "text.npz"), map_values("written", "occlusion.npz"));
  EXPECT_NE(map_values("text", "last.npz"), map_values("written", "occlusion.npz"));
  EXPECT_EQ(artifact("text", "last.npz")["numbers"]["target.tokens"], 1);
}

TEST_F(Occlusion, PicturesAreMaskedOneAtATime) {
  const Words pictures{"--image",    image("small.png"), "--image", image("landscape.png"),
                       "--together", "--prompt",         "Why?"};
  ASSERT_EQ(
      ocellus(run_words("out") + pictures + Words{"--method", "occlusion:window=2,stride=2,target=token:0"}).exit_code,
      0);
  const json first = artifact("out", "occlusion.image0.npz"), second = artifact("out", "occlusion.image1.npz");
  EXPECT_EQ(first["numbers"]["target.value"], second["numbers"]["target.value"]);
  EXPECT_NE(map_values("out", "occlusion.image0.npz"), map_values("out", "occlusion.image1.npz"));
  EXPECT_LT(first["numbers"]["windows"].get<int>(), second["numbers"]["windows"].get<int>());
}

TEST_F(Occlusion, ADryRunTellsWhatItWillCost) {
  const Words words{"--method", "occlusion:window=2,stride=2", "--max-new-tokens", "5", "--dry-run"};
  const Outcome in_json = ocellus(small("out", words + Words{"--json"}));
  ASSERT_EQ(in_json.exit_code, 0) << in_json.err;
  const json plan = parse_lines(in_json.out).at(0);
  ASSERT_EQ(plan["passes"].size(), 2u);
  ASSERT_EQ(ocellus(small("ran", {"--method", "occlusion:window=2,stride=2", "--max-new-tokens", "5"})).exit_code, 0);
  const auto windows = artifact("ran", "occlusion.npz")["numbers"]["windows"].get<int>();
  EXPECT_EQ(plan["passes"][1]["masked_inputs"], windows + 1);
  EXPECT_EQ(plan["passes"][1]["probes"][0]["rows"], 5);
  EXPECT_THAT(ocellus(small("out", words)).out,
              HasSubstr("pass for the log-probability of the answer under masked cells: " +
                        std::to_string(windows + 1) + " forwards of "));
  EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
}

TEST_F(Occlusion, ItsMapIsJudgedLikeOthers) {
  const Outcome outcome = ocellus(run_words("out", demo / "qwen2_5_vl") +
                                  Words{"--dataset", (demo / "scenes/scenes.json").string(), "--limit", "2", "--method",
                                        "occlusion:stride=2", "--method", "raw-attention:layers=0",
                                        "--faithfulness:steps=4,seeds=1", "--render", "overlay:faithfulness=on"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const std::string id : {"00-color", "01-shape"}) {
    const json maps = read_json(sample("out", id) / "sample.json")["faithfulness"]["maps"];
    EXPECT_EQ(maps[0]["label"], "occlusion");
    EXPECT_GT(maps[0]["gap"].get<double>(), maps[0]["random"]["gap"].get<double>() + 0.3) << id;
    EXPECT_TRUE(std::filesystem::exists(sample("out", id) / "occlusion.overlay.png"));
  }
}

TEST_F(Occlusion, MethodsOfOthersMayMaskCells) {
  const auto asked = [&](const std::string& out, const std::string& options) {
    return ocellus(small(
        out, {"--plugin-path", OCELLUS_CLI_PLUGIN_DIR, "--method", "masked:" + options, "--max-new-tokens", "3"}));
  };
  ASSERT_EQ(asked("out", "cell=1").exit_code, 0);
  const NpyArray scores = read_npz(only_sample("out") / "masked.npz").at("scores");
  EXPECT_EQ(scores.shape, (std::vector<int64_t>{static_cast<int64_t>(record("out")["generated_ids"].size())}));
  for (const float score : scores.as<float>()) EXPECT_LT(score, 0) << "a logarithm";
  expect_refusal(asked("no", "cell=-1"), 7, {"masked", "cell -1"});
  expect_refusal(asked("no", "cell=100000"), 7, {"masked", "cell 100000"});
  expect_refusal(asked("no", "image=1"), 7, {"masked", "malformed mask"});
  expect_refusal(asked("no", "fill=3"), 7, {"masked", "malformed mask"});
  expect_refusal(asked("no", "probe=logits/1"), 4, {"masked", "logits/1@language"});
  expect_refusal(asked("no", "probe=gradient/1"), 4, {"masked", "gradient/1@language"});
}

TEST_F(Occlusion, WhatCannotBeIsRefused) {
  const auto refused = [&](const std::string& options, int exit_code, const Words& words) {
    expect_refusal(ocellus(small("out", {"--method", "occlusion:" + options})), exit_code, words);
  };
  refused("stride=4", 2, {"stride=4", "window"});
  refused("window=0", 2, {"window"});
  refused("target=red", 2, {"text:WORDS"});
  refused("score=odds", 2, {"score"});
  expect_refusal(ocellus(run_words("out", demo / "qavit") +
                         Words{"--image", image("small.png"), "--prompt", "Why?", "--method", "occlusion"}),
                 4, {"logits/1@language", "qavit"});
  expect_refusal(ocellus(small("out", {"--method", "occlusion", "--max-new-tokens", "0"})), 2, {"--max-new-tokens 0"});
  EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
}

TEST_F(Occlusion, ASampleThatItCannotShowFailsByItself) {
  write_file(scratch / "three.json", json::array({{{"id", "seen"}, {"image", image("small.png")}, {"question", "Why?"}},
                                                  {{"id", "unseen"}, {"question", "Why?"}}})
                                         .dump());
  const Outcome outcome =
      ocellus(run_words("out") + Words{"--dataset", "three.json", "--method", "occlusion:window=4,target=token:0",
                                       "--max-new-tokens", "2"});
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_EQ(read_json(sample("out", "seen") / "sample.json")["status"], "ok");
  EXPECT_THAT(read_json(sample("out", "unseen") / "sample.json")["error"].get<std::string>(),
              HasSubstr("needs an image"));
  EXPECT_EQ(
      ocellus(small("late", {"--method", "occlusion:window=4,target=token:7", "--max-new-tokens", "2"})).exit_code, 1);
  EXPECT_THAT(record("late")["error"].get<std::string>(), HasSubstr("answer token 7 does not exist"));
}

}  // namespace
}  // namespace ocellus::test
