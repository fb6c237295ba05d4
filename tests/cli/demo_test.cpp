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

}  // namespace
}  // namespace ocellus::test
