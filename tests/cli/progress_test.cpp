// How far a run is: a bar on a terminal, lines in a file, and never a word of it among the results.
#include <fmt/format.h>

#include <sstream>

#include "tests/cli/program.hpp"
#include "tests/support/terminal.hpp"

namespace ocellus::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class ProgressOfARun : public Program {
 protected:
  Words words(const std::string& how, int tokens = 3) const {
    return {"run",
            "--threads",
            "1",
            "--progress",
            how,
            "--model",
            base_model.string(),
            "--out",
            "out",
            "--fresh",
            "--image",
            image("small.png"),
            "--image",
            image("landscape.png"),
            "--prompt",
            "Why?",
            "--max-new-tokens",
            fmt::format("{}", tokens),
            "--method",
            "raw-attention"};
  }
  // The program with standard output and error on one terminal.
  std::string on_terminal(const Words& words, int columns, const std::string& kind = "xterm") const {
    Command of = command(words);
    of.environment["TERM"] = kind;
    Terminal terminal(of, columns);
    int exit_code = -1;
    std::string written = terminal.read_all(exit_code);
    EXPECT_EQ(exit_code, 0) << written;
    return written;
  }
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST_F(ProgressOfARun, ATerminalShowsABarAndInTheEndOnlyResults) {
  const Outcome quiet = ocellus(words("none"));
  ASSERT_EQ(quiet.exit_code, 0) << quiet.err;
  EXPECT_EQ(quiet.err, "");
  for (const int columns : {100, 30, 3}) {
    const std::string written = on_terminal(words("auto"), columns);
    const auto width = static_cast<size_t>(columns);
    EXPECT_EQ(screen_of(written, width), screen_of(quiet.out, width)) << columns << " columns";
    EXPECT_THAT(written, HasSubstr(columns > 3 ? "1/2 small-0" : "1/")) << "the bar was there";
  }
  EXPECT_THAT(on_terminal(words("auto"), 100),
              testing::AllOf(HasSubstr("[##########..........] 2/2 landscape-1, "), HasSubstr(" left")));
}

TEST_F(ProgressOfARun, ABarCountsTheTokensOfAnAnswerThatTakesLonger) {
  // A bar is drawn ten times a second at most: no machine writes so many tokens before the second drawing.
  EXPECT_THAT(on_terminal(words("auto", 1000), 100), testing::ContainsRegex("1/2 small-0, [0-9]+ tokens"));
}

TEST_F(ProgressOfARun, AFileAndATerminalThatCannotRedrawGetLines) {
  const Outcome outcome = ocellus(words("auto"));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(lines_of(outcome.err), testing::ElementsAre("[1/2] small-0", testing::StartsWith("[2/2] landscape-1 (")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("[1/2]")));
  const std::string dumb = on_terminal(words("auto"), 100, "dumb");
  EXPECT_THAT(dumb, testing::AllOf(HasSubstr("[1/2] small-0\r\n"), Not(HasSubstr("\x1b"))));
}

TEST_F(ProgressOfARun, WhatIsAskedForIsDone) {
  EXPECT_THAT(ocellus(words("bar")).err, HasSubstr("\r\x1b[K[....................] 1/2 small-0"));
  EXPECT_THAT(lines_of(on_terminal(words("plain"), 100)), Contains("[1/2] small-0\r"));
  EXPECT_THAT(on_terminal(words("none"), 100), Not(HasSubstr("1/2")));
  EXPECT_THAT(on_terminal(words("bar") + Words{"--quiet"}, 100), Not(HasSubstr("1/2")));
}

TEST_F(ProgressOfARun, AnInterruptedRunLeavesNoBarBehind) {
  Words many = words("auto");
  for (int i = 0; i < 50; ++i) many = many + Words{"--prompt", fmt::format("Question {}", i)};
  Command of = command(many);
  of.environment["TERM"] = "xterm";
  Terminal terminal(of, 100);
  terminal.read_until("2/102 ");
  terminal.type("\x03");
  int exit_code = -1;
  const std::string written = terminal.read_all(exit_code);
  EXPECT_EQ(exit_code, 130);
  EXPECT_THAT(screen_of(written, 100), Not(Contains(HasSubstr("/102"))));
}

}  // namespace
}  // namespace ocellus::test
