// `ocellus completion`: the scripts in the shells that they are for.
#include <fmt/format.h>

#include <sstream>

#include "tests/cli/program.hpp"
#include "tests/support/terminal.hpp"

namespace ocellus::test {
namespace {

using testing::HasSubstr;

class Completion : public Program {
 protected:
  std::string script(const std::string& shell) const {
    const Outcome outcome = ocellus({"completion", shell});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return write_file(scratch / ("completion." + shell), outcome.out).string();
  }
  Command shell(const std::filesystem::path& program, const Words& words) const {
    Command command;
    command.arguments = Words{program.string()} + words;
    command.environment = {{"TERM", "dumb"}, {"HOME", scratch.path().string()}, {"INPUTRC", "/dev/null"}};
    command.folder = scratch.path();
    return command;
  }
};

// An interactive bash in which `ocellus` prints its words, each as <word>.
class Bash {
 public:
  Bash(const Command& command, const std::string& script) : terminal_(command, 200) {
    terminal_.type(
        fmt::format("bind 'set enable-bracketed-paste off'; source {}; PS1='> '; "
                    "ocellus() {{ printf '<%s>' \"$@\"; echo ' end'; }}; printf '%s\\n' rea''dy\n",
                    script));
    terminal_.read_until("ready\r\n");
  }
  // The words after `line`, the tabulator and the return key.
  std::string completed(const std::string& line) {
    terminal_.type(line + "\t\n");
    const std::string written = terminal_.read_until(" end\r\n");
    const size_t begin = written.rfind('\n', written.size() - 2) + 1;
    return written.substr(begin, written.size() - begin - std::string(" end\r\n").size());
  }

 private:
  Terminal terminal_;
};

TEST_F(Completion, BashCompletesVerbsOptionsSpecsAndFiles) {
  write_file(scratch / "my picture.png", "");
  write_file(scratch / "run.yaml", "");
  std::filesystem::create_directories(scratch / "out" / "samples");
  Bash bash(shell("/bin/bash", {"--norc", "--noprofile", "-i"}), script("bash"));
  for (const auto& [line, words] : std::vector<std::pair<std::string, std::string>>{
           {"ocellus re", "<render>"},
           {"ocellus --vers", "<--version>"},
           {"ocellus plug", "<plugins>"},
           {"ocellus plugins s", "<plugins><show>"},
           {"ocellus plugins show ov", "<plugins><show><overlay>"},
           {"ocellus plugins list --pa", "<plugins><list><--pairs>"},
           {"ocellus completion f", "<completion><fish>"},
           {"ocellus run --memory", "<run><--memory-limit>"},
           {"ocellus run --prompt 'a b' --dry", "<run><--prompt><a b><--dry-run>"},
           {"ocellus run --json --qui", "<run><--json><--quiet>"},
           {"ocellus run --dtype bf", "<run><--dtype><bfloat16>"},
           {"ocellus run --dtype=bf", "<run><--dtype=bfloat16>"},
           {"ocellus run --method raw", "<run><--method><raw-attention>"},
           {"ocellus run --method raw-attention:lay", "<run><--method><raw-attention:layers=>"},
           {"ocellus run --method raw-attention:layers=1,he", "<run><--method><raw-attention:layers=1,heads=>"},
           {"ocellus run --method raw-attention:layers=1,heads=ma",
            "<run><--method><raw-attention:layers=1,heads=max>"},
           {"ocellus run --method=raw-attention:heads=ma", "<run><--method=raw-attention:heads=max>"},
           {"ocellus run --method 'raw-attention:heads=ma", "<run><--method><raw-attention:heads=max>"},
           {"ocellus run --method tensors:probes=all+pix", "<run><--method><tensors:probes=all+pixel_values>"},
           {"ocellus run --render overlay:colormap=vi", "<run><--render><overlay:colormap=viridis>"},
           {"ocellus run --image my", "<run><--image><my picture.png>"},
           {"ocellus run --config=ru", "<run><--config=run.yaml>"},
           {"ocellus render ou", "<render><out/>"},
           {"ocellus run --prompt ru", "<run><--prompt><ru>"},
       }) {
    EXPECT_EQ(bash.completed(line), words) << line;
  }
}

TEST_F(Completion, ZshReadsItsScript) {
  EXPECT_THAT(read_file(script("zsh")), testing::StartsWith("#compdef ocellus\n"));
  if (!std::filesystem::exists("/bin/zsh")) GTEST_SKIP() << "there is no zsh here";
  const Outcome read = Process(shell("/bin/zsh", {"-f", "-n", script("zsh")})).wait(std::chrono::seconds(20));
  EXPECT_EQ(read.exit_code, 0) << read.err;
  EXPECT_EQ(read.err, "");
}

TEST_F(Completion, FishCompletesVerbsOptionsAndSpecs) {
  const std::string file = script("fish");
  EXPECT_THAT(read_file(file), HasSubstr("-l memory-limit"));
  if (!std::filesystem::exists("/usr/bin/fish")) GTEST_SKIP() << "there is no fish here";
  const auto completed = [&](const std::string& line) {
    const std::string command = fmt::format("source {}; complete -C '{}'", file, line);
    const Outcome outcome =
        Process(shell("/usr/bin/fish", {"--no-config", "-c", command})).wait(std::chrono::seconds(20));
    EXPECT_EQ(outcome.err, "");
    std::vector<std::string> words;
    std::istringstream lines(outcome.out);
    for (std::string of; std::getline(lines, of);) words.push_back(of.substr(0, of.find('\t')));
    return words;
  };
  EXPECT_THAT(completed("ocellus re"), testing::ElementsAre("render"));
  EXPECT_THAT(completed("ocellus plugins show ov"), testing::ElementsAre("overlay"));
  EXPECT_THAT(completed("ocellus run --dtype bf"), testing::ElementsAre("bfloat16"));
  EXPECT_THAT(completed("ocellus run --method raw-attention:heads=ma"),
              testing::ElementsAre("raw-attention:heads=max"));
}

TEST_F(Completion, OtherShellsAreRefused) {
  expect_refusal(ocellus({"completion", "bsh"}), 2, {"'bsh'", "did you mean bash"});
}

}  // namespace
}  // namespace ocellus::test
