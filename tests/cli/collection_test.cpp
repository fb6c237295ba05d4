// The collection stage through the program: results over all samples, from their records alone.
#include <fmt/format.h>
#include <algorithm>

#include <cmath>

#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;

class Collection : public Program {
 protected:
  void SetUp() override {
    std::string lines;
    for (const auto& [id, picture, category] :
         std::vector<std::array<std::string, 3>>{{"one", "small.png", "color"},
                                                 {"two", "landscape.png", "text, small"},
                                                 {"three", "portrait.png", "color"}})
      lines +=
          json{{"id", id}, {"image", picture}, {"question", "Is it " + id + "?"}, {"category", category}}.dump() + "\n";
    write_file(scratch / "set.jsonl", lines);
  }
  Words request(const std::string& out, const std::string& spec = "head-stats") const {
    return run_words(out) +
           Words{"--dataset", "set.jsonl", "--image-dir", (fixtures / "images").string(), "--method", spec};
  }
  // The T2V of all heads of a sample.
  std::vector<float> values_of(const std::string& out, const std::string& id) const {
    const NpyArray table = read_npz(sample(out, id) / "head-stats.npz").at("text_to_visual");
    return {table.as<float>().begin(), table.as<float>().end()};
  }
  std::map<std::string, std::string> results(const std::string& out) const {
    return contents_of(scratch / out / "collection");
  }
};

TEST_F(Collection, DescribesWhatTheSamplesHold) {
  const Outcome outcome = ocellus(request("out"));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  std::vector<float> all;
  for (const char* id : {"one", "two", "three"}) {
    const std::vector<float> values = values_of("out", id);
    all.insert(all.end(), values.begin(), values.end());
  }
  const std::map<std::string, NpyArray> histograms = read_npz(scratch / "out/collection/head-stats.npz");
  const json record = read_json(scratch / "out/collection/head-stats.json");
  EXPECT_EQ(record["samples"], 3);
  const json texts = record["artifacts"][0]["texts"];
  EXPECT_EQ(texts["series"], "text_to_visual\nvisual_to_text\ntotal");
  // 3 layers of 6 heads, 2 categories: all, layers, heads, categories, layers of categories.
  const int64_t n_groups = 1 + 3 + 18 + 2 + 6;
  EXPECT_EQ(histograms.at("counts").shape, (std::vector<int64_t>{n_groups, 3, 20}));
  double mean = 0;
  std::vector<int64_t> counts(20, 0);
  for (const float value : all) {
    mean += static_cast<double>(value) / static_cast<double>(all.size());
    ++counts[std::min(static_cast<size_t>(static_cast<double>(value) / 0.05), size_t{19})];
  }
  EXPECT_NEAR(histograms.at("mean").as<float>()[0], mean, 1e-6);
  const auto first = histograms.at("counts").as<int64_t>().first(20);
  EXPECT_EQ(std::vector<int64_t>(first.begin(), first.end()), counts);
  EXPECT_EQ(histograms.at("n").as<int64_t>()[0], 54);
  EXPECT_LT(histograms.at("ci_low").as<float>()[0], mean);
  EXPECT_GT(histograms.at("ci_high").as<float>()[0], mean);
  // Category "color" has samples one and three.
  const std::string csv = read_file(scratch / "out/collection/head-stats.statistics.csv");
  EXPECT_NE(csv.find("\ntext_to_visual,color,-1,-1,36,"), std::string::npos) << csv;
  EXPECT_NE(csv.find("\ntext_to_visual,\"text, small\",-1,-1,18,"), std::string::npos);
  const NpyArray records = read_npz(scratch / "out/collection/head-stats.records.npz").at("text_to_visual");
  ASSERT_EQ(records.shape, (std::vector<int64_t>{3, 3, 6}));
  EXPECT_EQ(std::vector<float>(records.as<float>().begin(), records.as<float>().end()), all);
  EXPECT_TRUE(read_json(scratch / "out/run.json")["complete"].get<bool>());
}

TEST_F(Collection, IsTheSameHoweverOftenTheRunWasStopped) {
  ASSERT_EQ(ocellus(request("out")).exit_code, 0);
  const std::map<std::string, std::string> whole = results("out");
  ASSERT_EQ(whole.size(), 12u);
  // Stopped before the second sample was finished, and in the middle of the stage.
  std::filesystem::remove(sample("out", "two") / "sample.json");
  std::filesystem::remove(scratch / "out/collection/head-stats.json");
  write_file(scratch / "out/collection/head-stats.npz", "half");
  ASSERT_EQ(ocellus(request("out")).exit_code, 0);
  EXPECT_EQ(results("out"), whole);
  // All samples are finished, the stage is not.
  std::filesystem::remove_all(scratch / "out/collection");
  ASSERT_EQ(ocellus(request("out")).exit_code, 0);
  EXPECT_EQ(results("out"), whole);
}

TEST_F(Collection, LeavesFailedSamplesOut) {
  write_file(scratch / "set.jsonl", read_file(scratch / "set.jsonl") +
                                        json{{"id", "gone"}, {"image", "gone.png"}, {"question", "Why?"}}.dump() +
                                        "\n" + json{{"id", "bare"}, {"question", "Why?"}}.dump() + "\n");
  const Outcome outcome = ocellus(request("out"));
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("2 of 5 samples failed"), std::string::npos) << outcome.err;
  EXPECT_EQ(read_json(scratch / "out/collection/head-stats.json")["samples"], 3);
}

TEST_F(Collection, IsNotMadeOfNothing) {
  write_file(scratch / "set.jsonl", json{{"id", "bare"}, {"question", "Why?"}}.dump());
  EXPECT_EQ(ocellus(request("out")).exit_code, 1);
  EXPECT_FALSE(std::filesystem::exists(scratch / "out/collection"));
}

TEST_F(Collection, EachLabelHasItsOwn) {
  ASSERT_EQ(
      ocellus(request("out") + Words{"--method", "head-stats:text-group=upstream,bin-width=0.5,as=seed"}).exit_code, 0);
  EXPECT_EQ(read_npz(scratch / "out/collection/seed.npz").at("edges").shape, (std::vector<int64_t>{3}));
  EXPECT_EQ(read_json(scratch / "out/collection/seed.json")["artifacts"][0]["texts"]["text_group"], "upstream");
  EXPECT_TRUE(std::filesystem::exists(scratch / "out/collection/head-stats.npz"));
}

TEST_F(Collection, ARangeThatIsNoneIsRefusedBeforeTheModelRuns) {
  expect_refusal(ocellus(request("out", "head-stats:range-min=0.9,range-max=0.5")), 2, {"range-min"});
  EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
}

}  // namespace
}  // namespace ocellus::test
