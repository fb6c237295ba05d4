// A run that is killed or interrupted leaves complete files only, and running it again gives what it would have given.
#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class Interruption : public Program {
 protected:
  Words words(const std::string& out) const {
    Words words = run_words(out) + Words{"--image",          image("small.png"),
                                         "--method",         "raw-attention:layers=all",
                                         "--method",         "tensors:probes=all",
                                         "--render",         "overlay:dpi=50",
                                         "--max-new-tokens", "40"};
    for (int i = 0; i < 12; ++i) words = words + Words{"--prompt", fmt::format("Question {}", i)};
    return words;
  }
  // Until the run has stored its first sample and is busy with another.
  void wait_for_a_sample(const std::string& out) const {
    const auto deadline = Clock::now() + 30s;
    while (!std::filesystem::exists(sample(out, "small-0") / "sample.json")) {
      ASSERT_LT(Clock::now(), deadline) << "the run stores nothing";
      std::this_thread::sleep_for(1ms);
    }
  }
  // Every file with a final name is as in the run that nothing disturbed; returns how many there are.
  size_t expect_complete_files(const std::string& out, const std::map<std::string, std::string>& undisturbed) const {
    const auto files = contents_of(scratch / out / "samples");
    for (const auto& [name, bytes] : files) {
      EXPECT_TRUE(undisturbed.contains(name)) << name;
      EXPECT_TRUE(undisturbed.at(name) == bytes) << name;
    }
    return files.size();
  }
};

TEST_F(Interruption, AKilledRunCanBeRunAgain) {
  ASSERT_EQ(ocellus(words("whole")).exit_code, 0);
  const auto whole = contents_of(scratch / "whole/samples");
  for (const auto delay : {0ms, 3ms, 17ms}) {
    const std::string out = fmt::format("killed{}", delay.count());
    Process process(command(words(out)));
    wait_for_a_sample(out);
    std::this_thread::sleep_for(delay);
    process.send(SIGKILL);
    ASSERT_EQ(process.wait(10s).signal, SIGKILL) << "the run was over before it was killed";
    EXPECT_LT(expect_complete_files(out, whole), whole.size());
    EXPECT_FALSE(read_json(scratch / out / "run.json").contains("complete"));

    const Outcome again = ocellus(words(out));
    ASSERT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(expect_complete_files(out, whole), whole.size());
    EXPECT_TRUE(read_json(scratch / out / "run.json")["complete"]);
    for (const std::string& file : files_in(scratch / out)) {
      EXPECT_THAT(file, ::testing::Not(::testing::HasSubstr(".tmp-")));  // what the killed run left is gone
    }
  }
}

TEST_F(Interruption, CtrlCEndsWithinASecond) {
  Process process(command(words("out")));
  wait_for_a_sample("out");
  process.send(SIGINT);
  const Clock::time_point sent = Clock::now();
  const Outcome outcome = process.wait(10s);
  EXPECT_LT(Clock::now() - sent, 1s);
  EXPECT_EQ(outcome.exit_code, 130);
  EXPECT_FALSE(read_json(scratch / "out/run.json").contains("complete"));

  ASSERT_EQ(ocellus(words("whole")).exit_code, 0);
  const auto whole = contents_of(scratch / "whole/samples");
  EXPECT_LT(expect_complete_files("out", whole), whole.size());
}

}  // namespace
}  // namespace ocellus::test
