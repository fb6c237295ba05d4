#include "host/cli/progress.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

namespace ocellus::cli {
namespace {

// A terminal, or a file, and a clock that the test turns.
class ProgressTest : public testing::Test {
 protected:
  ~ProgressTest() override {
    if (file_ != nullptr) std::fclose(file_);
    std::free(text_);
  }
  Progress::Surroundings around() {
    return {file_, [this] { return now; }, [this] { return columns; }};
  }
  // What was written since the last call.
  std::string said() {
    std::fflush(file_);
    const std::string all(text_, size_);
    return all.substr(std::exchange(read_, all.size()));
  }

  double now = 100;
  int columns = 80;

 private:
  char* text_ = nullptr;
  size_t size_ = 0, read_ = 0;
  std::FILE* file_ = ::open_memstream(&text_, &size_);
};

TEST_F(ProgressTest, PlainLinesTellRateAndRestOnceOneIsDone) {
  Progress progress(Progress::Style::plain, around());
  progress.started(0, 4, "first");
  EXPECT_EQ(said(), "[1/4] first\n");
  now += 10;
  progress.finished();
  progress.started(1, 4, "second");
  EXPECT_EQ(said(), "[2/4] second (10.0 s a sample, 0:30 left)\n");
  now += 6;
  progress.tokens(7);
  EXPECT_EQ(said(), "  7 tokens of answer\n");
  progress.tokens(8);
  EXPECT_EQ(said(), "") << "not at every token";
}

TEST_F(ProgressTest, WhatAnEarlierRunFinishedIsNoPartOfTheRate) {
  Progress progress(Progress::Style::plain, around());
  progress.kept(0, 3, "old");
  progress.started(1, 3, "new");
  EXPECT_EQ(said(), "[1/3] old: finished before\n[2/3] new\n");
  now += 0.25;
  progress.finished();
  progress.started(2, 3, "last");
  EXPECT_EQ(said(), "[3/3] last (4.0 samples/s, 0:00 left)\n");
}

TEST_F(ProgressTest, TheBarIsDrawnOverItselfAndTakenAway) {
  Progress progress(Progress::Style::bar, around());
  progress.started(1, 4, "second");
  EXPECT_EQ(said(), "\r\x1b[K[#####...............] 2/4 second");
  progress.tokens(3);
  EXPECT_EQ(said(), "") << "not more than ten times a second";
  now += 0.2;
  progress.tokens(4);
  EXPECT_EQ(said(), "\r\x1b[K[#####...............] 2/4 second, 4 tokens");
  progress.clear();
  EXPECT_EQ(said(), "\r\x1b[K");
  progress.clear();
  EXPECT_EQ(said(), "") << "there is nothing to take away";
}

TEST_F(ProgressTest, ANarrowTerminalGetsNoBarAndNoWrappedLine) {
  columns = 12;
  Progress progress(Progress::Style::bar, around());
  progress.started(0, 2, "日本語のとても長い名前\n");
  EXPECT_EQ(said(), "\r\x1b[K1/2 日本語") << "letters of two columns, cut between them";
}

TEST_F(ProgressTest, WhatIsPrintedMeanwhileStandsAboveTheBar) {
  Progress progress(Progress::Style::bar, around());
  progress.aside([&] { EXPECT_EQ(said(), "") << "there is no bar yet"; });
  EXPECT_EQ(said(), "");
  progress.started(0, 2, "first");
  const std::string bar = said();
  progress.aside([&] { EXPECT_EQ(said(), "\r\x1b[K"); });
  EXPECT_EQ(said(), bar);
}

TEST_F(ProgressTest, NoneSaysNothing) {
  Progress progress(Progress::Style::none, around());
  progress.started(0, 2, "first");
  progress.tokens(1);
  progress.kept(1, 2, "second");
  progress.clear();
  EXPECT_EQ(said(), "");
}

TEST(ProgressStyle, AutoAsksForATerminal) {
  EXPECT_EQ(Progress::style_of("auto", true), Progress::Style::bar);
  EXPECT_EQ(Progress::style_of("auto", false), Progress::Style::plain);
  EXPECT_EQ(Progress::style_of("bar", false), Progress::Style::bar);
  EXPECT_EQ(Progress::style_of("plain", true), Progress::Style::plain);
  EXPECT_EQ(Progress::style_of("none", true), Progress::Style::none);
}

}  // namespace
}  // namespace ocellus::cli
