// What the command line offers around a run: configuration files, given answers, choosing samples, memory limits,
// completion, the manual page, and the tables of what goes together.
#include <fmt/format.h>

#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Flow : public Program {
 protected:
  Words about_two() const {
    return {"--image", image("small.png"), "--image", image("landscape.png"), "--prompt", "Why?"};
  }
  Outcome bash(const std::string& script) const {
    Command command;
    command.arguments = {"/bin/bash", "--norc", "-c", script};
    command.folder = scratch.path();
    return Process(command).wait(std::chrono::seconds(20));
  }
};

TEST_F(Flow, AConfigurationFileIsAsGoodAsFlags) {
  write_file(scratch / "run.yaml", fmt::format("model: {}\nimage: {}\nprompt: Why?\nthreads: 1\nmethod:\n"
                                               "  - {{name: raw-attention, layers: 0..1}}\nout: from-file\n",
                                               base_model.string(), image("small.png")));
  const Outcome outcome = ocellus({"run", "--config", "run.yaml"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  run("other", {"--method", "raw-attention:layers=0..1"});
  const Outcome flags = ocellus({"run", "--config", "run.yaml", "--prompt", "How?", "--out", "flags-win"});
  ASSERT_EQ(flags.exit_code, 0) << flags.err;
  EXPECT_EQ(read_json(sample("flags-win", "small-0") / "sample.json")["question"], "How?");
  // What a run leaves asks for the same run.
  const Outcome again = ocellus({"run", "--config", "from-file/run.yaml", "--out", "again"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_TRUE(contents_of(scratch / "again/samples") == contents_of(scratch / "from-file/samples"));
}

TEST_F(Flow, ARunGoesOnByTheConfigurationThatItLeft) {
  std::filesystem::copy_file(image("small.png"), scratch / "small.png");
  const Words words{"run", "--model", base_model.string() + "/", "--image", "small.png", "--prompt", "Why?"};
  const Outcome first = ocellus(words + Words{"--method", "raw-attention:layers=\"0..1\"", "--out", "out"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const auto stamp = std::filesystem::last_write_time(sample("out", "small-0") / "sample.json");
  Command again = command({"run", "--config", "../out/run.yaml"});
  again.folder = scratch / "elsewhere";
  std::filesystem::create_directories(again.folder);
  const Outcome outcome = Process(again).wait(std::chrono::seconds(20));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(std::filesystem::last_write_time(sample("out", "small-0") / "sample.json"), stamp) << "it was kept";
  const json record = read_json(scratch / "out/run.json");
  EXPECT_EQ(record["request"]["images"][0], (scratch / "small.png").string());
  EXPECT_EQ(record["model_name"], base_model.string()) << "as the configuration says";
}

TEST_F(Flow, ATextMayLookLikeAnOption) {
  write_file(scratch / "run.yaml", fmt::format("model: {}\nimage: {}\nprompt: --together\nmethod: raw-attention\n"
                                               "out: out\n",
                                               base_model.string(), image("small.png")));
  const Outcome outcome = ocellus({"run", "--config", "run.yaml"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(read_json(sample("out", "small-0") / "sample.json")["question"], "--together");
}

TEST_F(Flow, AMistakeInTheConfigurationIsToldWithItsLine) {
  write_file(scratch / "run.yaml", "prompt: Why?\nmethdo: raw-attention\n");
  expect_refusal(ocellus({"run", "--config", "run.yaml"}), 2, {"run.yaml:2", "'methdo'", "did you mean method?"});
}

TEST_F(Flow, TogetherMakesOnePromptOfAllImages) {
  ASSERT_EQ(ocellus(run_words("out") + about_two() + Words{"--together", "--method", "raw-attention"}).exit_code, 0);
  EXPECT_EQ(files_in(scratch / "out/samples"),
            (std::set<std::string>{"small-0/raw-attention.image0.npz", "small-0/raw-attention.image1.npz",
                                   "small-0/sample.json"}));
  expect_refusal(ocellus(run_words("one") + Words{"--image", image("small.png"), "--prompt", "Why?", "--together",
                                                  "--method", "raw-attention"}),
                 2, {"--together", "at least twice"});
}

TEST_F(Flow, OneSampleMayBeChosen) {
  const Words words = run_words("out") + about_two() + Words{"--method", "raw-attention", "--sample-index"};
  ASSERT_EQ(ocellus(words + Words{"1"}).exit_code, 0);
  EXPECT_EQ(files_in(scratch / "out/samples"),
            (std::set<std::string>{"landscape-1/raw-attention.npz", "landscape-1/sample.json"}));
  expect_refusal(ocellus(words + Words{"2", "--fresh"}), 2, {"--sample-index 2", "0 to 1"});
}

TEST_F(Flow, AGivenAnswerIsExplainedInsteadOfAGeneratedOne) {
  const Words words{"--method", "raw-attention:as=zero,query=answer:0", "--method", "raw-attention:as=last",
                    "--method", "raw-attention:as=mean,query=answer",   "--method", "tensors:probes=generated_ids"};
  run("given", words + Words{"--answer", "colour pizza"});
  const json record = read_json(sample("given", "landscape-0") / "sample.json");
  EXPECT_EQ(record["answer"], "colour pizza");
  EXPECT_EQ(record["given_answer"], "colour pizza");
  EXPECT_FALSE(record.contains("generated_ids"));
  const auto values = [&](const std::string& label) {
    const NpyArray array = read_npz(sample("given", "landscape-0") / (label + ".npz")).at("values");
    return std::vector<float>(array.as<float>().begin(), array.as<float>().end());
  };
  EXPECT_EQ(values("zero"), values("last"));
  EXPECT_NE(values("mean"), values("last"));
  const json segments = record["layouts"][0]["segments"];
  EXPECT_EQ(segments.back()["kind"], "given_answer");
  EXPECT_EQ(read_npz(sample("given", "landscape-0") / "tensors.npz").at("generated_ids").shape[0],
            segments.back()["end"].get<int64_t>() - segments.back()["begin"].get<int64_t>());
}

TEST_F(Flow, TensorsHoldAGivenAnswerToo) {
  run("out", {"--answer", "colour pizza", "--method", "tensors:probes=input_ids+hidden_states+attentions"});
  const auto arrays = read_npz(sample("out", "landscape-0") / "tensors.npz");
  const json layout = read_json(sample("out", "landscape-0") / "sample.json")["layouts"][0];
  const int64_t length = layout["n_tokens"];
  EXPECT_GT(length, layout["segments"].back()["begin"].get<int64_t>());
  EXPECT_EQ(arrays.at("input_ids").shape, std::vector<int64_t>{length});
  EXPECT_EQ(arrays.at("hidden_states").shape, (std::vector<int64_t>{4, length, 48}));
  EXPECT_EQ(arrays.at("attentions").shape, (std::vector<int64_t>{3, 6, length, length}));
}

TEST_F(Flow, AMemoryLimitIsKeptBeforeTheModelRuns) {
  const Words words = run_words("out") + Words{"--image",  image("landscape.png"),      "--prompt",      "Why?",
                                               "--method", "tensors:probes=attentions", "--memory-limit"};
  expect_refusal(ocellus(words + Words{"1M"}), 5, {"landscape-0", "--memory-limit", "MiB"});
  EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
  EXPECT_EQ(ocellus(words + Words{"1G"}).exit_code, 0);
}

TEST_F(Flow, PairsTellWhatGoesTogetherAndWhyNot) {
  const Outcome text = ocellus({"plugins", "list", "--pairs"}),
                lines = ocellus({"plugins", "list", "--pairs", "--json"});
  EXPECT_THAT(text.out, HasSubstr("\n    x overlay: yes\nqwen2_5_vl x tensors: yes\n"));
  EXPECT_THAT(text.out, HasSubstr("\n    x overlay: no: overlay draws heatmap/1"));
  std::map<std::string, bool> can;  // of the renderer overlay, by method
  for (const json& pair : parse_lines(lines.out)) {
    if (pair.contains("renderer") && pair["renderer"] == "overlay") can[pair["method"]] = pair["can"];
  }
  EXPECT_EQ(can, (std::map<std::string, bool>{{"head-stats", false},
                                              {"match-score", false},
                                              {"occlusion", true},
                                              {"qa-attention", true},
                                              {"raw-attention", true},
                                              {"relevancy", true},
                                              {"smooth-gradcam", true},
                                              {"tensors", false}}));
}

TEST_F(Flow, PluginsShowTheirOptionsAsASchema) {
  const Outcome all = ocellus({"plugins", "show", "--json"});
  ASSERT_EQ(all.exit_code, 0) << all.err;
  std::set<std::string> ids;
  for (const json& plugin : parse_lines(all.out)) ids.insert(plugin["id"]);
  EXPECT_THAT(ids, testing::IsSupersetOf({"qwen2_5_vl", "raw-attention", "tensors", "overlay"}));
  const json one = parse_lines(ocellus({"plugins", "show", "raw-attention", "--json"}).out).at(0);
  EXPECT_EQ(one["options"]["properties"]["reduce"]["enum"], json({"none", "mean"}));
  EXPECT_EQ(one["options"]["properties"]["layers"]["default"], "-1");
}

TEST_F(Flow, TheManualPageNamesEveryOption) {
  const Outcome page = ocellus({"man"});
  ASSERT_EQ(page.exit_code, 0) << page.err;
  EXPECT_THAT(page.out, testing::StartsWith(".TH OCELLUS 1 "));
  for (const char* word : {"ocellus run", "\\-\\-sample\\-index", "\\-\\-memory\\-limit", ".SS method raw\\-attention",
                           "\\fBcolormap\\fR", ".SH EXIT STATUS"}) {
    EXPECT_THAT(page.out, HasSubstr(word));
  }
  write_file(scratch / "ocellus.1", page.out);
  const Outcome checked = bash("command -v groff >/dev/null || exit 0; groff -man -Tutf8 -ww ocellus.1 >/dev/null");
  EXPECT_EQ(checked.err, "");
}

TEST_F(Flow, AModelMayBeNamedAsInTheHubsCache) {
  const auto entry = scratch / "hub/models--our--model";
  std::filesystem::create_directories(entry / "refs");
  std::filesystem::create_directories(entry / "snapshots");
  write_file(entry / "refs/main", "0a1b2c");
  std::filesystem::copy(base_model, entry / "snapshots/0a1b2c");
  Command named = command({"inspect", "--model", "our/model", "--json"});
  named.environment["HF_HUB_CACHE"] = (scratch / "hub").string();
  const Outcome outcome = Process(named).wait(std::chrono::seconds(20));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(parse_lines(outcome.out)[0]["model"], (entry / "snapshots/0a1b2c").string());
  expect_refusal(ocellus({"inspect", "--model", "our/other"}), 3, {"our/other", "hf download our/other"});
}

TEST_F(Flow, BoxesArePointedAt) {
  write_file(scratch / "data.jsonl",
             fmt::format(R"({{"id":"a","image":"{}","prompt":"Why?","box":[0,0,10000,10000]}})", image("small.png")));
  const Outcome outcome =
      ocellus(run_words("out") + Words{"--dataset", "data.jsonl", "--method", "raw-attention:layers=all", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json table = parse_lines(outcome.out).back()["pointing"];
  ASSERT_EQ(table.size(), 3u);
  EXPECT_EQ(table[2], json({{"label", "raw-attention"},
                            {"layer", 2},
                            {"n", 1},
                            {"pointing", 1.0},
                            {"energy", 1.0},
                            {"centre", 1.0},
                            {"random", 1.0}}));
  EXPECT_THAT(read_file(scratch / "out/collection/pointing.csv"), HasSubstr("raw-attention,2,1,1.000000"));
}

}  // namespace
}  // namespace ocellus::test
