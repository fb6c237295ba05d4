// `ocellus sanity` through the whole program: which maps react to what, what is stored and printed, and how it goes on.
#include <algorithm>
#include <cmath>

#include "tests/cli/model_folder.hpp"
#include "tests/cli/program.hpp"
#include "tests/support/terminal.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

const std::filesystem::path demo = source_dir / "demo";

class Sanity : public Program {
 protected:
  Words words(const std::string& out, const Words& more, const std::filesystem::path& model = base_model) const {
    Words all = run_words(out, model) + more;
    all[0] = "sanity";
    return all;
  }
  // Two questions about one picture, of the small checkpoint of three layers.
  Words small(const std::string& out, const Words& more = {"--method", "raw-attention:layers=all"}) const {
    return words(out, Words{"--image", image("small.png"), "--prompt", "Why is it so?", "--prompt", "What is this?",
                            "--max-new-tokens", "2"} +
                          more);
  }
  // The demo's scenes and model.
  Words scenes(const std::string& out, const Words& more) const {
    return words(out, Words{"--dataset", (demo / "scenes/scenes.json").string(), "--limit", "4"} + more,
                 demo / "qwen2_5_vl");
  }
  Words with_still(const Words& more = {}) const {
    return Words{"--plugin-path", OCELLUS_CLI_PLUGIN_DIR, "--method", "still"} + more;
  }
  json maps(const std::string& out, const std::string& id) const {
    return read_json(sample(out, id) / "sample.json")["sanity"]["maps"];
  }
};

// Lines of the table that are of `label`, `layer` ("" for none) and `check`.
json lines_of(const Outcome& outcome, const std::string& label, const std::string& check) {
  json found = json::array();
  for (const json& line : parse_lines(outcome.out)) {
    if (!line.contains("sanity")) continue;
    for (const json& map : line["sanity"]["maps"]) {
      if (map["label"] == label && map["check"] == check) found.push_back(map);
    }
  }
  return found;
}

TEST_F(Sanity, AMapThatLooksAtNothingIsMarkedAndOneThatLooksIsNot) {
  const Words asked = scenes("out", with_still({"--method", "raw-attention:layers=3"}));
  const Outcome outcome = ocellus(asked);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("does not react to weights, question, image\n"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("\033["))) << "colours are for terminals";
  EXPECT_THAT(outcome.out, HasSubstr("weights 2/6"));
  EXPECT_THAT(outcome.out, HasSubstr("weights 6/6"));
  EXPECT_THAT(outcome.err, HasSubstr("again with the last 6 of 6 layers random\n"));

  const Outcome told = ocellus(asked + Words{"--json"});
  ASSERT_EQ(told.exit_code, 0) << told.err;
  for (const std::string check : {"weights", "question", "image"}) {
    const json still = lines_of(told, "still", check), looks = lines_of(told, "raw-attention", check);
    ASSERT_EQ(still.size(), check == "weights" ? 4u : 1u);
    for (const json& line : still) EXPECT_EQ(line["correlation"], 1) << check;
    EXPECT_EQ(still.back()["reacts"], "no") << check;
    EXPECT_EQ(looks.back()["reacts"], "yes") << check;
    EXPECT_EQ(looks.back()["n"], 4);
    EXPECT_LT(looks.back()["correlation"].get<double>(), 0.6) << check;
  }
  EXPECT_EQ(lines_of(told, "still", "weights")[0]["reacts"], "-") << "a stage before the last decides nothing";
  EXPECT_THAT(read_file(scratch / "out/collection/sanity.csv"),
              ::testing::StartsWith("label,layer,check,randomised,n,undefined,correlation,correlation_error,reacts\n"
                                    "still,,weights,2,4,0,1,0,-\n"));
  EXPECT_THAT(read_file(scratch / "out/collection/sanity.csv"), HasSubstr("\nraw-attention,3,image,,4,0,"));
  EXPECT_EQ(read_json(scratch / "out/collection/sanity.json")["method"], "sanity");
}

// As docs/sanity.md has it of the demo's model.
TEST_F(Sanity, RolloutOfTheDemoIsMarkedRedOnATerminalUnlessColoursAreUnwanted) {
  const auto on_terminal = [&](const std::string& out, const Words& environment) {
    Command of = command(
        words(out,
              {"--dataset", (demo / "scenes/scenes.json").string(), "--limit", "12", "--method",
               "raw-attention:rollout=on,as=rollout", "--method", "raw-attention:layers=3", "--checks", "question"},
              demo / "qwen2_5_vl"));
    of.arguments = Words{"/usr/bin/env"} + environment + of.arguments;
    Terminal terminal(of, 200);
    int exit_code = -1;
    std::string written = terminal.read_all(exit_code);
    EXPECT_EQ(exit_code, 0) << written;
    return written;
  };
  const std::string coloured = on_terminal("coloured", {"-u", "NO_COLOR"});
  EXPECT_THAT(coloured, HasSubstr("  \033[31mdoes not react to question\033[0m\r\n"));
  EXPECT_THAT(coloured, HasSubstr("  reacts\r\n")) << "each layer by itself";
  const std::string plain = on_terminal("plain", {"NO_COLOR=1"});
  EXPECT_THAT(plain, HasSubstr("  does not react to question\r\n"));
  EXPECT_THAT(plain, Not(HasSubstr("\033[31m")));
}

TEST_F(Sanity, OfAModelThatCannotForgetTheOtherChecksAreDone) {
  const std::filesystem::path bright = scratch / "bright";
  std::filesystem::create_directory(bright);
  write_file(bright / "config.json", R"({"model_type": "bright"})");
  const auto about = [&](const std::string& out, const Words& more) {
    return words(out,
                 Words{"--plugin-path", OCELLUS_CLI_PLUGIN_DIR, "--image", image("small.png"), "--prompt", "Why?",
                       "--prompt", "Is it so?", "--method", "raw-attention:layers=0"} +
                     more,
                 bright);
  };
  const std::string why = "models of bright have no option 'randomise' that gives layers random weights";
  const Outcome dry = ocellus(about("out", {"--dry-run"}));
  ASSERT_EQ(dry.exit_code, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("\n  weights cannot be checked: " + why + "\n"));
  EXPECT_THAT(dry.out, HasSubstr("the passes of 2 samples again 2 times"));

  const Outcome outcome = ocellus(about("out", {}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("\n  weights cannot be checked: " + why + "\n"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("random")));
  const Outcome told = ocellus(about("out", {"--json"}));
  EXPECT_EQ(parse_lines(told.out).back()["sanity"]["undone"], json({{"weights", why}}));
  EXPECT_THAT(lines_of(told, "raw-attention", "weights"), ::testing::IsEmpty());
  for (const char* check : {"question", "image"}) {
    const json lines = lines_of(told, "raw-attention", check);
    ASSERT_EQ(lines.size(), 1u) << check;
    EXPECT_EQ(lines[0]["n"], 2) << check;
    EXPECT_LT(lines[0]["correlation"].get<double>(), 1) << check;
  }

  expect_refusal(ocellus(about("weights", {"--checks", "weights"})), 4, {"weights cannot be checked", "bright"});
  EXPECT_FALSE(std::filesystem::exists(scratch / "weights"));
}

TEST_F(Sanity, LowerLayersDoNotSeeWhatIsRandomAboveThem) {
  const Outcome outcome = ocellus(small("out", {"--method", "raw-attention:layers=all", "--checks", "weights"}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  std::map<std::pair<int, int>, double> correlation;  // by layer, by how many are random
  for (const json& map : maps("out", "small-0"))
    correlation[{map["layer"].get<int>(), map["layers"].get<int>()}] = map["correlation"].get<double>();
  ASSERT_EQ(correlation.size(), 9u);
  EXPECT_EQ((correlation[{0, 1}]), 1) << "layer 0 lies below the random one";
  EXPECT_LT((correlation[{2, 1}]), 1);
  EXPECT_EQ((correlation[{0, 2}]), 1);
  EXPECT_LT((correlation[{0, 3}]), 1);
  const auto original = read_npz(sample("out", "small-0") / "raw-attention.npz");
  const auto altered = read_npz(scratch / "out/altered/weights-1/samples/small-0/raw-attention.npz");
  const auto before = original.at("values").as<float>(), after = altered.at("values").as<float>();
  const size_t third = before.size() / 3;
  double below = 0, above = 0;
  for (size_t i = 0; i < before.size(); ++i) {
    double& largest = i < 2 * third ? below : above;
    largest = std::max(largest, std::abs(static_cast<double>(before[i]) - static_cast<double>(after[i])));
  }
  EXPECT_LT(below, 1e-6);
  EXPECT_GT(above, 1e-4);
}

TEST_F(Sanity, EachRunIsGivenTheAnswerOfTheOriginalAndTheOthersQuestion) {
  ASSERT_EQ(ocellus(small("out", {"--method", "raw-attention:layers=0,query=answer"})).exit_code, 0);
  const json first = read_json(sample("out", "small-0") / "sample.json"),
             second = read_json(sample("out", "small-1") / "sample.json");
  ASSERT_FALSE(first["answer"].get<std::string>().empty());
  for (const std::string stage : {"weights-1", "weights-2", "question", "image"}) {
    const json altered = read_json(scratch / "out/altered" / stage / "samples/small-0/sample.json");
    EXPECT_EQ(altered["given_answer"], first["answer"]) << stage;
    EXPECT_EQ(altered["question"], stage == "question" ? second["question"] : first["question"]) << stage;
    EXPECT_EQ(read_json(scratch / "out/altered" / stage / "run.json")["complete"], true);
  }
  EXPECT_FALSE(first.contains("given_answer"));
}

TEST_F(Sanity, OfOneQuestionTheWordsAreShuffled) {
  const Words one{"--image", image("small.png"), "--method", "raw-attention:layers=0", "--checks", "question"};
  ASSERT_EQ(ocellus(words("out", one + Words{"--prompt", "What color is it?"})).exit_code, 0);
  const std::string shuffled =
      read_json(scratch / "out/altered/question/samples/small-0/sample.json")["question"].get<std::string>();
  EXPECT_NE(shuffled, "What color is it?");
  EXPECT_EQ(shuffled.size(), std::string("What color is it?").size());
  expect_refusal(ocellus(words("none", one + Words{"--prompt", "Why?"})), 4, {"same question", "no other order"});
}

TEST_F(Sanity, ABlankPictureIsItsMeanColour) {
  const Words asked{"--method", "tensors:probes=pixel_values",
                    "--method", "raw-attention:layers=0",
                    "--checks", "image",
                    "--image",  image("small.png"),
                    "--prompt", "Why is it so?"};
  ASSERT_EQ(ocellus(words("out", asked)).exit_code, 0);
  const auto array = read_npz(scratch / "out/altered/image/samples/small-0/tensors.npz").at("pixel_values");
  const auto clean = read_npz(sample("out", "small-0") / "tensors.npz").at("pixel_values");
  std::vector<float> blank, seen;
  for (const float value : array.as<float>()) blank.push_back(value);
  for (const float value : clean.as<float>()) seen.push_back(value);
  const std::set<float> colours(blank.begin(), blank.end()), before(seen.begin(), seen.end());
  EXPECT_LE(colours.size(), 3u) << "one value a channel";
  EXPECT_GT(before.size(), 3u);
}

TEST_F(Sanity, TheOriginalsAreThoseOfRun) {
  const Words method{"--method", "raw-attention:layers=all", "--render", "overlay:dpi=50"};
  ASSERT_EQ(ocellus(small("checked", method)).exit_code, 0);
  Words plain = small("plain", method);
  plain[0] = "run";
  ASSERT_EQ(ocellus(plain).exit_code, 0);
  auto checked = contents_of(scratch / "checked/samples"), alone = contents_of(scratch / "plain/samples");
  for (const std::string id : {"small-0", "small-1"}) {
    json with = json::parse(checked.at(id + "/sample.json")), without = json::parse(alone.at(id + "/sample.json"));
    with.erase("sanity");
    EXPECT_EQ(with, without);
    checked.erase(id + "/sample.json");
    alone.erase(id + "/sample.json");
  }
  EXPECT_EQ(checked, alone);
  // A run that is there is not run again.
  plain = small("plain", method);
  const Outcome outcome = ocellus(plain);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(maps("plain", "small-0"), maps("checked", "small-0"));
}

TEST_F(Sanity, GoesOnWhereItStoppedAndEndsTheSame) {
  const Words method{"--method", "raw-attention:layers=all", "--checks", "weights,image"};
  ASSERT_EQ(ocellus(small("whole", method)).exit_code, 0);
  for (const int n : {5, 12, 20, 27}) {
    const std::string out = "killed-" + std::to_string(n);
    Command faulty = command(small(out, method));
    faulty.environment["LD_PRELOAD"] = OCELLUS_FAULTS;
    faulty.environment["OCELLUS_FAULT"] = "kill-before-rename:" + std::to_string(n);
    faulty.environment["OCELLUS_FAULT_UNDER"] = "/" + out + "/";
    ASSERT_EQ(Process(faulty).wait(std::chrono::minutes(5)).signal, SIGKILL) << n;
    const Outcome again = ocellus(small(out, method));
    ASSERT_EQ(again.exit_code, 0) << again.err;
    for (const char* part : {"samples", "collection", "altered/weights-2/samples", "altered/image/samples"})
      EXPECT_EQ(contents_of(scratch / out / part), contents_of(scratch / "whole" / part)) << part << n;
  }
}

TEST_F(Sanity, ADryRunTellsPassesAndLoadsAndLeavesNothing) {
  const Outcome outcome = ocellus(small("out", {"--method", "raw-attention:layers=0", "--dry-run"}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("sanity: the passes of 2 samples again 5 times"));
  EXPECT_THAT(outcome.out, HasSubstr("the model is loaded 6 times\n"));
  EXPECT_THAT(outcome.out, HasSubstr("  with the last 1 of 3 layers random\n"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
  const Outcome in_json =
      ocellus(small("out", {"--method", "raw-attention:layers=0", "--dry-run", "--json", "--checks", "image"}));
  const json plan = parse_lines(in_json.out).back()["sanity"];
  EXPECT_EQ(plan["stages"], json::array({"image"}));
  EXPECT_EQ(plan["samples_again"], 2);
  EXPECT_EQ(plan["model_loads"], 2);
}

TEST_F(Sanity, AFailedSampleIsToldAndTheOthersAreChecked) {
  const Outcome outcome =
      ocellus(words("out", {"--image", image("small.png"), "--image", "nowhere.png", "--prompt", "Why is it so?",
                            "--method", "raw-attention:layers=0", "--checks", "image"}));
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("nowhere.png"));
  EXPECT_EQ(maps("out", "small-0").size(), 1u);
  EXPECT_FALSE(std::filesystem::exists(scratch / "out/altered/image/samples/nowhere-1"));
}

TEST_F(Sanity, FreshBeginsAgain) {
  ASSERT_EQ(ocellus(small("out", {"--method", "raw-attention:layers=0", "--checks", "image"})).exit_code, 0);
  ASSERT_EQ(ocellus(small("out", {"--method", "raw-attention:layers=1", "--checks", "question", "--fresh"})).exit_code,
            0);
  EXPECT_FALSE(std::filesystem::exists(scratch / "out/altered/image"));
  EXPECT_EQ(maps("out", "small-0")[0]["layer"], 1);
}

TEST_F(Sanity, TheTowerOfAQaVitIsRandomisedToo) {
  const Outcome outcome =
      ocellus(words("out",
                    Words{"--image", (demo / "scenes/00-color.png").string(), "--prompt", "What color is it?",
                          "--method", "qa-attention", "--stages", "1", "--json"},
                    demo / "qavit"));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json weights = parse_lines(outcome.out).back()["sanity"]["maps"];
  ASSERT_GE(weights.size(), 3u);
  for (const json& line : weights) EXPECT_LT(line["correlation"].get<double>(), 1) << line;
}

TEST_F(Sanity, TheConfigurationFileAsksForTheSame) {
  ASSERT_EQ(
      ocellus(small("out", {"--method", "raw-attention:layers=0", "--checks", "image,question", "--threshold", "0.5"}))
          .exit_code,
      0);
  const Outcome again = ocellus({"sanity", "--config", "out/run.yaml", "--out", "elsewhere"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(maps("elsewhere", "small-0"), maps("out", "small-0"));
  EXPECT_EQ(read_file(scratch / "elsewhere/collection/sanity.csv"), read_file(scratch / "out/collection/sanity.csv"));
}

TEST_F(Sanity, RandomisedLayersAreAnOptionOfRunToo) {
  const auto logits = [&](const std::string& out, const Words& more) {
    EXPECT_EQ(
        ocellus(run_words(out) +
                Words{"--image", image("small.png"), "--prompt", "Why?", "--method", "tensors:probes=logits_last"} +
                more)
            .exit_code,
        0);
    const NpyArray array = read_npz(sample(out, "small-0") / "tensors.npz").at("logits_last");
    const auto values = array.as<float>();
    return std::vector<float>(values.begin(), values.end());
  };
  const auto plain = logits("plain", {}), none = logits("none", {"--adapter", "qwen2_5_vl:randomise=0"}),
             one = logits("one", {"--adapter", "qwen2_5_vl:randomise=1"}),
             same = logits("same", {"--adapter", "qwen2_5_vl:randomise=1"}),
             all = logits("all", {"--adapter", "qwen2_5_vl:randomise=all"}),
             three = logits("three", {"--adapter", "qwen2_5_vl:randomise=3"}),
             seed = logits("seed", {"--adapter", "qwen2_5_vl:randomise=1,randomise-seed=3"});
  EXPECT_EQ(plain, none);
  EXPECT_EQ(one, same);
  EXPECT_EQ(all, three);
  EXPECT_NE(plain, one);
  EXPECT_NE(one, three);
  EXPECT_NE(one, seed);
  EXPECT_THAT(read_file(scratch / "one/run.json"), HasSubstr("the last 1 of 3 layers, seed 0"));
  expect_refusal(ocellus(run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why?", "--method",
                                                  "raw-attention", "--adapter", "qwen2_5_vl:randomise=4"}),
                 4, {"randomise=4", "3 layers"});
}

TEST_F(Sanity, WhatCannotBeIsRefused) {
  const Words method{"--method", "raw-attention:layers=0"};
  expect_refusal(ocellus(small("out", method + Words{"--checks", "weight"})), 2, {"--checks", "'weight'", "weights"});
  expect_refusal(ocellus(small("out", method + Words{"--stages", "0"})), 2, {"--stages"});
  expect_refusal(ocellus(small("out", method + Words{"--threshold", "2"})), 2, {"--threshold"});
  expect_refusal(ocellus(small("out", method + Words{"--shard", "1/2"})), 2, {"--shard", "sanity"});
  expect_refusal(ocellus(small("out", method + Words{"--adapter", "qwen2_5_vl:randomise=1"})), 2,
                 {"randomise", "--adapter"});
  expect_refusal(ocellus(small("out", {"--method", "raw-attention:as=sanity"})), 2, {"label", "as=LABEL"});
  expect_refusal(ocellus(small("out", {"--method", "head-stats"})), 4, {"heatmaps"});
  expect_refusal(
      ocellus(words("out", method + Words{"--image", image("small.png"), "--prompt", "Why?"}, scratch / "nowhere")), 3,
      {"nowhere"});
  expect_refusal(ocellus({"sanity", "--model", base_model.string(), "--image", image("small.png"), "--prompt", "Why?",
                          "--method", "raw-attention"}),
                 2, {"--out"});
  EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
}

}  // namespace
}  // namespace ocellus::test
