// `ocellus demo`: the embedded model looks where it was taught to look.
#include <algorithm>
#include <array>

#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using ::testing::HasSubstr;

TEST_F(Program, TheDemoAnswersAndLooksIntoTheBoxes) {
  const Outcome outcome = ocellus({"demo", "--threads", "1"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("in 3 of 3 pictures"));
  EXPECT_THAT(outcome.out, ::testing::Not(HasSubstr("OUTSIDE")));
  for (const auto& entry : read_json(source_dir / "demo/pictures.json")) {
    const auto folder = sample("demo-output", entry["id"]);
    const nlohmann::json record = read_json(folder / "sample.json");
    EXPECT_EQ(record["answer"], entry["solution"]);
    EXPECT_EQ(record["question"], entry["prompt"]);
    EXPECT_TRUE(std::filesystem::exists(folder / "raw-attention.overlay.png"));
  }
}

TEST_F(Program, TheDemoMayBeSeenAgain) {
  ASSERT_EQ(ocellus({"demo", "--threads", "1", "--out", "twice"}).exit_code, 0);
  EXPECT_EQ(ocellus({"demo", "--threads", "1", "--out", "twice"}).exit_code, 0);
}

struct Score {
  double answers = 0;   // share of right ones
  double pointing = 0;  // of the supervised layer, the others were left alone
};

class DemoScenes : public Program {
 protected:
  // Pictures that training had nothing like.
  Score score(const std::string& model, const std::string& set) const {
    const std::filesystem::path entries = source_dir / "demo" / set / "scenes.json";
    const Outcome outcome =
        ocellus({"run", "--model", (source_dir / "demo" / model).string(), "--dataset", entries.string(), "--method",
                 "raw-attention:layers=3,query=answer:0", "--threads", "1", "--out", "scenes"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    double samples = 0, right = 0, with_box = 0, pointing = 0;
    for (const auto& entry : read_json(entries)) {
      const nlohmann::json record = read_json(sample("scenes", entry["id"]) / "sample.json");
      ++samples;
      right += record["answer"] == entry["solution"] ? 1 : 0;
      EXPECT_EQ(record.contains("pointing"), !entry["boxes"].empty()) << entry["id"];
      if (entry["boxes"].empty()) continue;
      ++with_box;
      pointing += record["pointing"].at(0)["pointing"].get<double>();
    }
    return {.answers = right / samples, .pointing = pointing / with_box};
  }
};

TEST_F(DemoScenes, TheQwenAnswersAndPointsInScenesItNeverSaw) {
  const Score reached = score("qwen2_5_vl", "scenes");
  EXPECT_GE(reached.answers, 0.95);
  EXPECT_GE(reached.pointing, 0.9);
}

TEST_F(DemoScenes, TheLlavaAnswersAndPointsInScenesItNeverSaw) {
  const Score reached = score("llava", "llava_scenes");
  EXPECT_GE(reached.answers, 0.9);
  EXPECT_GE(reached.pointing, 0.8);
}

// Two questions about two things on each picture: the tower's first half sees neither, its last layer looks at both.
TEST_F(Program, TheQaVitsMapMovesWithTheQuestion) {
  const std::filesystem::path entries = source_dir / "demo/llava_scenes/pairs.json";
  const Outcome outcome =
      ocellus({"run", "--model", (source_dir / "demo/qavit").string(), "--dataset", entries.string(), "--method",
               "qa-attention:layers=all,blind=label", "--threads", "1", "--out", "pairs"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;

  constexpr size_t layers = 8, blind = 4, patches = 64;
  double right = 0, both_right = 0, centre = 0;
  const nlohmann::json asked = read_json(entries);
  for (size_t first = 0; first < asked.size(); first += 2) {
    std::array<std::vector<float>, 2> maps;
    double both = 1;
    for (size_t which = 0; which < 2; ++which) {
      const auto folder = sample("pairs", asked[first + which]["id"]);
      const nlohmann::json scores = read_json(folder / "sample.json")["pointing"];
      ASSERT_EQ(scores.size(), layers - blind);  // what decides nothing is not scored
      const nlohmann::json& last = scores.back();
      ASSERT_EQ(last["layer"], layers - 1);
      right += last["pointing"].get<double>();
      both *= last["pointing"].get<double>();
      centre += last["centre"].get<double>();
      const auto arrays = read_npz(folder / "qa-attention.npz");
      const auto values = arrays.at("values").as<float>();
      maps[which].assign(values.begin(), values.end());
      ASSERT_EQ(maps[which].size(), layers * patches);
    }
    both_right += both;
    const auto seen = maps[0].begin() + blind * patches;
    EXPECT_TRUE(std::equal(maps[0].begin(), seen, maps[1].begin())) << asked[first]["id"];
    EXPECT_FALSE(std::equal(seen, maps[0].end(), maps[1].begin() + blind * patches)) << asked[first]["id"];
  }
  const auto n = static_cast<double>(asked.size());
  EXPECT_GE(both_right / (n / 2), 0.8);
  EXPECT_GE(right / n, 0.9);
  EXPECT_LE(centre / n, 0.2);
}

// While it describes a picture, the map beside a word is on what the word names; a step later it is on the next thing.
TEST_F(Program, TheDemosFilmFollowsItsWords) {
  const Outcome outcome = ocellus({"run", "--model", (source_dir / "demo/qwen2_5_vl").string(), "--dataset",
                                   (source_dir / "demo/scenes/describe.json").string(), "--limit", "15", "--method",
                                   "raw-attention:query=generated,layers=3", "--method",
                                   "raw-attention:query=generated,layers=3,align=upstream,as=upstream", "--threads",
                                   "1", "--out", "films"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  double produced = 0, upstream = 0, centre = 0;
  for (const auto& folder : std::filesystem::directory_iterator(scratch / "films/samples")) {
    const nlohmann::json scores = read_json(folder.path() / "sample.json")["pointing"];
    ASSERT_EQ(scores.size(), 2u);
    EXPECT_EQ(scores[0]["label"], "raw-attention.words");
    produced += scores[0]["pointing"].get<double>() / 15;
    centre += scores[0]["centre"].get<double>() / 15;
    upstream += scores[1]["pointing"].get<double>() / 15;
  }
  EXPECT_GE(produced, 0.9);
  EXPECT_LE(upstream, 0.85);
  EXPECT_LE(centre, 0.3);
}

TEST_F(Program, BrokenPicturesOfTheMmeSetAreNamedAndTheRestIsCounted) {
  const Outcome outcome =
      ocellus(run_words("out", source_dir / "demo/llava") +
              Words{"--dataset", (source_dir / "demo/mme/MME_test.json").string(), "--prompt-template", "short-answer",
                    "--method", "head-stats", "--render", "histogram:names=mme", "--render", "export:names=mme"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, testing::HasSubstr("2 of 60 samples failed"));
  EXPECT_THAT(outcome.err, testing::HasSubstr("17.png' is cut short"));
  EXPECT_THAT(outcome.err, testing::HasSubstr("42.png' is not a PNG, JPEG, WebP or BMP file"));
  EXPECT_EQ(read_json(scratch / "out/collection/head-stats.json")["samples"], 58);
  EXPECT_EQ(read_json(scratch / "out/statistics.json")["total_samples"], 58);
  for (const char* file : {"mme_overall_stacked_hist.png", "mme_layer5_stacked_hist.png",
                           "category_position/mme_position_stacked_hist.png", "mme_attention_head_records.pt"})
    EXPECT_TRUE(std::filesystem::exists(scratch / "out" / file)) << file;
}

}  // namespace
}  // namespace ocellus::test
