// `ocellus demo`: the embedded model looks where it was taught to look.
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

// Pictures that training had nothing like. Values of layer 3 only: that layer was supervised, the others were not.
TEST_F(Program, TheDemoModelAnswersAndPointsInScenesItNeverSaw) {
  const Outcome outcome = ocellus({"run", "--model", (source_dir / "demo/qwen2_5_vl").string(), "--dataset",
                                   (source_dir / "demo/scenes/scenes.json").string(), "--method",
                                   "raw-attention:layers=3,query=answer:0", "--threads", "1", "--out", "scenes"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  double samples = 0, right = 0, with_box = 0, pointing = 0;
  for (const auto& entry : read_json(source_dir / "demo/scenes/scenes.json")) {
    const nlohmann::json record = read_json(sample("scenes", entry["id"]) / "sample.json");
    ++samples;
    right += record["answer"] == entry["solution"] ? 1 : 0;
    ASSERT_EQ(record.contains("pointing"), !entry["boxes"].empty()) << entry["id"];
    if (entry["boxes"].empty()) continue;
    ++with_box;
    pointing += record["pointing"][0]["pointing"].get<double>();
  }
  EXPECT_GE(right, 0.95 * samples);
  EXPECT_GE(pointing, 0.9 * with_box);
}

}  // namespace
}  // namespace ocellus::test
