// `ocellus rank` through the program, on the demo's Qwen2.5-VL: its numbers are those of transformers, its order
// follows the rules, and however the work is done its results are the same.
#include <fmt/format.h>

#include "tests/cli/picture.hpp"
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::filesystem::path demo = source_dir / "demo";

std::string scene(const std::string& name) {
  return (demo / "scenes" / name).string();
}

class Rank : public Program {
 protected:
  Words words(const std::string& out) const {
    return {"rank",
            "--threads",
            "1",
            "--progress",
            "none",
            "--model",
            (demo / "qwen2_5_vl").string(),
            "--out",
            (scratch / out).string()};
  }
  Words of_three(const std::string& out) const {
    return words(out) + Words{"--query", "a red star",          "--image", scene("05-color.png"),
                              "--image", scene("00-color.png"), "--image", scene("02-where.png")};
  }
  Words many(const std::string& out) const {
    return words(out) + Words{"--queries", "queries.jsonl", "--candidates", "candidates.jsonl"};
  }
  // Three queries about four pictures, of which one is broken.
  void write_lists() const {
    write_file(scratch / "broken.png", "no picture");
    std::string candidates;
    for (const char* name : {"00-color", "01-shape", "02-where"})
      candidates += json{{"id", name}, {"image", scene(std::string(name) + ".png")}}.dump() + "\n";
    candidates += json{{"id", "broken"}, {"image", "broken.png"}}.dump() + "\n";
    write_file(scratch / "candidates.jsonl", candidates);
    write_file(scratch / "queries.jsonl",
               "{\"id\": \"star\", \"text\": \"a red star\", \"truth\": [\"00-color\", \"01-shape\"]}\n"
               "{\"id\": \"triangle\", \"text\": \"a red triangle\", \"truth\": \"02-where\"}\n"
               "{\"id\": \"lost\", \"text\": \"a green star\", \"truth\": \"broken\"}\n");
  }
  json scores_of(const std::string& out, const std::string& id) const {
    return read_json(sample(out, id) / "sample.json")["artifacts"][0];
  }
  json table(const std::string& out, const std::string& name) const {
    return read_json(scratch / out / "collection" / ("match-score." + name + ".json"));
  }
};

TEST_F(Rank, ScoresAndPromptsAreThoseOfTransformers) {
  for (const json& expected : read_json(std::filesystem::path(OCELLUS_TEST_DATA) / "match_scores/scores.json")) {
    const std::string name = expected["name"];
    Words asked = words(name) + Words{"--dtype", "float32", "--image", scene(expected["candidate"]["image"])};
    const std::string text = expected["query"]["text"];
    if (!text.empty()) asked = asked + Words{"--query", text};
    if (expected["query"].contains("image")) asked = asked + Words{"--query-image", scene(expected["query"]["image"])};
    if (expected["candidate"].contains("caption")) asked = asked + Words{"--caption", expected["candidate"]["caption"]};
    const Outcome outcome = ocellus(asked);
    ASSERT_EQ(outcome.exit_code, 0) << name << ": " << outcome.err;
    const std::string folder = std::filesystem::path(expected["candidate"]["image"].get<std::string>()).stem();
    EXPECT_EQ(read_json(sample(name, folder) / "sample.json")["prompt"], expected["prompt"]) << name;
    const json scores = scores_of(name, folder);
    for (const char* key : {"score", "entropy", "margin", "two_way"})
      EXPECT_NEAR(scores["numbers"][key].get<double>(), expected[key].get<double>(), 1e-5) << name << " " << key;
    EXPECT_EQ(scores["numbers"]["floored"], expected["floored"]) << name;
  }
}

// The answer is the verdict: what hangs on a map is the score's own word.
TEST_F(Rank, JudgesMapsOfCandidates) {
  const Outcome outcome = ocellus(of_three("out") + Words{"--method", "match-score", "--method",
                                                          "raw-attention:layers=3", "--faithfulness:steps=3,seeds=1"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* candidate : {"05-color", "00-color", "02-where"}) {
    const json judged = read_json(sample("out", candidate) / "sample.json")["faithfulness"];
    ASSERT_EQ(judged["maps"].size(), 1u) << candidate;
    EXPECT_EQ(judged["maps"][0]["label"], "raw-attention");
    EXPECT_EQ(judged["tokens"].size(), 1u);
  }
  EXPECT_THAT(outcome.out, HasSubstr("\nbest: candidate 1, 00-color.png\n"));
  EXPECT_THAT(outcome.out, HasSubstr("  centre "));
  EXPECT_THAT(read_file(scratch / "out/collection/faithfulness.csv"), HasSubstr("\nraw-attention,3,map,3,"));
}

TEST_F(Rank, TellsTheOrderAsTextCsvAndJson) {
  const Outcome outcome = ocellus(of_three("out"));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              ::testing::StartsWith("rank  file             score   entropy    margin\n   1  00-color.png"));
  EXPECT_THAT(outcome.out, HasSubstr("\nbest: candidate 1, 00-color.png\n"));
  const json ranking = table("out", "ranking");
  ASSERT_EQ(ranking.size(), 3u);
  EXPECT_EQ(ranking[0]["file"], "00-color.png");
  EXPECT_EQ(ranking[0]["rank"], 1);
  EXPECT_EQ(ranking[0]["index"], 1);
  EXPECT_EQ(ranking[0]["sample"], "00-color");
  EXPECT_FALSE(ranking[0].contains("right")) << "no truth is known";
  EXPECT_GE(ranking[1]["floored"].get<double>(), ranking[2]["floored"].get<double>());
  EXPECT_THAT(read_file(scratch / "out/collection/match-score.ranking.csv"),
              ::testing::StartsWith("query,rank,file,score,entropy,margin,floored,two_way,candidate,index,sample\n"));

  const Outcome lines = ocellus(of_three("out") + Words{"--json"});
  EXPECT_EQ(parse_lines(lines.out)[0]["file"], "00-color.png");
  EXPECT_EQ(parse_lines(lines.out).size(), 3u);
}

TEST_F(Rank, ReusedPrefixesChangeNoNumber) {
  write_lists();
  ASSERT_EQ(ocellus(many("out")).exit_code, 1);
  const char* queries[][2] = {{"star", "a red star"}, {"triangle", "a red triangle"}, {"lost", "a green star"}};
  for (const auto& [id, text] : queries) {
    for (const char* candidate : {"00-color", "02-where"}) {
      const std::string alone = fmt::format("{}-{}", id, candidate);
      ASSERT_EQ(
          ocellus(words(alone) + Words{"--query", text, "--image", scene(std::string(candidate) + ".png")}).exit_code,
          0);
      EXPECT_EQ(scores_of("out", fmt::format("{}.{}", id, candidate))["numbers"],
                scores_of(alone, candidate)["numbers"])
          << alone;
      EXPECT_EQ(read_file(sample("out", fmt::format("{}.{}", id, candidate)) / "match-score.npz"),
                read_file(sample(alone, candidate) / "match-score.npz"));
    }
  }
}

TEST_F(Rank, MeasuresHowOftenTheRightOneIsFound) {
  write_lists();
  const Outcome outcome = ocellus(many("out"));
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("3 of 12 samples failed:\n  star.broken: picture"));
  EXPECT_THAT(outcome.out, HasSubstr("2 queries with a known truth, 1 left out because no right candidate was scored, "
                                     "recall@1 100.0%, recall@5 100.0%, recall@10 100.0%, MRR 1.000\n"));
  EXPECT_EQ(table("out", "ranking").size(), 9u) << "a broken candidate has no score";
  EXPECT_EQ(table("out", "queries")[2]["rank_of_truth"], nullptr);
  EXPECT_EQ(table("out", "retrieval")[0]["queries"], 2);
}

TEST_F(Rank, ShardsMergeToTheRankingOfOneRun) {
  write_lists();
  const Outcome whole = ocellus(many("whole"));
  for (const int shard : {2, 1}) ocellus(many("out") + Words{"--shard", fmt::format("{}/2", shard)});
  EXPECT_FALSE(std::filesystem::exists(scratch / "out/collection"));
  const Outcome merged = ocellus({"merge", (scratch / "out").string()});
  EXPECT_EQ(merged.exit_code, 1);
  EXPECT_EQ(merged.out, whole.out);
  for (const auto& [name, bytes] : contents_of(scratch / "whole")) {
    if (name.starts_with("run.")) continue;
    EXPECT_TRUE(read_file(scratch / "out" / name) == bytes) << name;
  }
}

TEST_F(Rank, GoesOnWhereItStopped) {
  const Outcome first = ocellus(of_three("out"));
  std::filesystem::remove_all(sample("out", "00-color"));
  std::filesystem::remove_all(scratch / "out/collection");
  const Outcome again = ocellus(of_three("out"));
  EXPECT_EQ(again.out, first.out);
  EXPECT_EQ(read_json(scratch / "out/run.json")["timings"]["samples"].size(), 1u);
  // The request is kept as a configuration file.
  const Outcome elsewhere =
      ocellus({"rank", "--config", (scratch / "out/run.yaml").string(), "--out", (scratch / "other").string()});
  EXPECT_EQ(elsewhere.out, first.out) << elsewhere.err;
}

TEST_F(Rank, OneCandidateIsTheBest) {
  const Outcome outcome = ocellus(words("out") + Words{"--query", "a red star", "--image", scene("00-color.png")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("best: candidate 0, 00-color.png\n"));
}

TEST_F(Rank, NoCandidateIsRefused) {
  expect_refusal(ocellus(words("out") + Words{"--query", "x"}), 2, {"no candidate", "--image"});
  std::filesystem::create_directory(scratch / "empty");
  expect_refusal(ocellus(words("out") + Words{"--query", "x", "--image", "empty"}), 3, {"empty", "no pictures"});
  write_file(scratch / "none.jsonl", "[]");
  expect_refusal(ocellus(words("out") + Words{"--query", "x", "--candidates", "none.jsonl"}), 3, {"no candidate"});
  expect_refusal(ocellus(words("out") + Words{"--image", scene("00-color.png")}), 2, {"no query", "--query"});
  EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
}

TEST_F(Rank, BrokenCandidatesAreReportedAndStopNoOther) {
  write_file(scratch / "broken.png", "no picture");
  const Outcome outcome = ocellus(of_three("out") + Words{"--image", "broken.png", "--image", "gone.png"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("2 of 5 samples failed:\n"));
  EXPECT_THAT(outcome.out, HasSubstr("best: candidate 1, 00-color.png\n"));
  EXPECT_EQ(table("out", "ranking").size(), 3u);

  const Outcome all = ocellus(words("all") + Words{"--query", "x", "--image", "broken.png", "--image", "gone.png"});
  EXPECT_EQ(all.exit_code, 1);
  EXPECT_EQ(all.out, "");
  EXPECT_THAT(all.err, HasSubstr("2 of 2 samples failed:\n"));
}

TEST_F(Rank, MapsAreNamedByThePlaceInTheList) {
  Words asked = of_three("out") + Words{"--method", "raw-attention:layers=3"};
  ASSERT_EQ(ocellus(asked).exit_code, 0);
  for (const char* name : {"attention_img_0_overlay.png", "attention_img_2_heatmap.png"})
    EXPECT_TRUE(std::filesystem::exists(scratch / "out" / name)) << name;
  EXPECT_TRUE(std::filesystem::exists(sample("out", "00-color") / "raw-attention.npz"));

  EXPECT_EQ(ocellus(of_three("raw") + Words{"--method", "tensors:probes=logits_last"}).exit_code, 0)
      << "nothing to draw";

  // With a picture of the query the map is the candidate's, unless both are asked for.
  asked = Words{"--query-image", scene("10-color.png"), "--method", "raw-attention:layers=3", "--prefix", "seen/cat"};
  ASSERT_EQ(ocellus(of_three("pair") + asked).exit_code, 0);
  EXPECT_THAT(files_in(sample("pair", "00-color")),
              ElementsAre("match-score.npz", "raw-attention.image1.npz", "sample.json"));
  EXPECT_TRUE(std::filesystem::exists(scratch / "pair/seen/cat_img_1_overlay.png"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "pair/seen/cat_img_1_query_overlay.png"));
  ASSERT_EQ(ocellus(of_three("both") + asked + Words{"--maps", "both"}).exit_code, 0);
  EXPECT_THAT(files_in(sample("both", "00-color")), Contains("raw-attention.image0.npz"));
  EXPECT_TRUE(std::filesystem::exists(scratch / "both/seen/cat_img_1_query_overlay.png"));
  EXPECT_TRUE(std::filesystem::exists(scratch / "both/seen/cat_img_1_overlay.png"));
}

TEST_F(Rank, TheBestStandOnAContactSheet) {
  Words small{"--render", "contact-sheet:as=small,cell=0.5,dpi=60,columns=2,title=off"};
  ASSERT_EQ(ocellus(of_three("out") + small + Words{"--top", "2"}).exit_code, 0);
  const std::filesystem::path folder = scratch / "out/collection";
  const media::Picture whole = read_picture(folder / "match-score.small.png");
  const media::Picture two = read_picture(folder / "match-score.contact-sheet.png");
  EXPECT_GT(two.width, whole.width) << "cells of 2.5 inches at 150 dpi";
  EXPECT_GT(whole.height, 60) << "two rows";

  small = {"--method", "raw-attention:layers=2+3", "--render", "contact-sheet:cell=1,dpi=60,scale=shared"};
  const Outcome outcome = ocellus(of_three("maps") + small);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("collection/raw-attention.layer2.contact-sheet.png\n"));
  EXPECT_TRUE(std::filesystem::exists(scratch / "maps/collection/raw-attention.layer3.contact-sheet.png"));
}

TEST_F(Rank, OtherAnswersAndTheirTokens) {
  const auto with = [&](const std::string& out, const std::string& options) {
    return ocellus(of_three(out) + Words{"--method", "match-score:" + options});
  };
  ASSERT_EQ(with("out", "compare=raw").exit_code, 0);
  ASSERT_EQ(with("swapped", "yes=False,no=True").exit_code, 0);
  const json scores = scores_of("out", "00-color"), swapped = scores_of("swapped", "00-color");
  EXPECT_EQ(scores["texts"]["order"], "score -entropy");
  EXPECT_EQ(swapped["texts"]["order"], "floored -entropy");
  EXPECT_EQ(swapped["numbers"]["margin"].get<double>(), -scores["numbers"]["margin"].get<double>());
  EXPECT_EQ(swapped["numbers"]["entropy"], scores["numbers"]["entropy"]);
  EXPECT_EQ(table("swapped", "ranking")[2]["file"], "00-color.png");

  expect_refusal(with("none", "yes=True,no=True"), 2, {"yes and no are both 'True'"});
  expect_refusal(with("none", "yes=Certainly"), 2, {"yes=Certainly", "tokens", "one token"});
  EXPECT_FALSE(std::filesystem::exists(scratch / "none"));
}

TEST_F(Rank, WrongWordsAreRefused) {
  expect_refusal(ocellus(of_three("out") + Words{"--caption", "one"}), 2, {"1 captions for 3 candidates"});
  expect_refusal(ocellus(of_three("out") + Words{"--queries", "q.jsonl"}), 2, {"--queries"});
  expect_refusal(ocellus(of_three("out") + Words{"--prompt", "Why?"}), 2, {"--prompt"});
  expect_refusal(ocellus(of_three("out") + Words{"--prompt-template", "gone.txt"}), 3, {"gone.txt"});
  expect_refusal(ocellus(words("out") + Words{"--queries", "gone.jsonl", "--image", scene("00-color.png")}), 3,
                 {"gone.jsonl"});
  expect_refusal(ocellus({"rank", "--model", (demo / "qavit").string(), "--out", "out", "--query", "x", "--image",
                          scene("00-color.png")}),
                 4, {"match-score", "logits/1"});
}

// The goal of the demo: the right picture first in nine of ten queries.
TEST_F(Rank, TheDemoFindsTheRightPictures) {
  const Outcome outcome = ocellus(words("out") + Words{"--queries", (demo / "ranking/queries.jsonl").string(),
                                                       "--candidates", (demo / "ranking/candidates.jsonl").string()});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json measures = table("out", "retrieval")[0];
  EXPECT_EQ(measures["queries"], 40);
  EXPECT_EQ(table("out", "ranking").size(), 320u);
  EXPECT_GE(measures["recall_at_1"].get<double>(), 0.9) << outcome.out;
}

TEST_F(Rank, AnyRunCanBeScored) {
  const Outcome outcome =
      ocellus(run_words("out", demo / "qwen2_5_vl") +
              Words{"--image", scene("00-color.png"), "--image", scene("02-where.png"), "--prompt",
                    "Does the image match the caption: a red star? Please directly output True or False", "--method",
                    "match-score"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("best: candidate 0, 00-color.png\n"));
  EXPECT_THAT(outcome.out, HasSubstr("00-color-0: Does the image match"));
}

}  // namespace
}  // namespace ocellus::test
