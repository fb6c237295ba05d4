// What answers at once must not open a plugin, nor anything a plugin needs.
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

// The libraries that were opened in the program's own process, as the dynamic linker tells.
std::string opened_libraries(const Command& command, const std::filesystem::path& log) {
  Command traced = command;
  traced.environment["LD_DEBUG"] = "files";
  traced.environment["LD_DEBUG_OUTPUT"] = log.string();
  Process(traced).wait(std::chrono::seconds(60));
  std::string text;
  for (const auto& entry : std::filesystem::directory_iterator(log.parent_path())) text += read_file(entry.path());
  return text;
}

class OpenedLibraries : public Program {
 protected:
  // With a cache of its own, in which the plugins are known: nobody else's writes make it scan.
  void SetUp() override {
    std::filesystem::create_directory(scratch / "log");
    Process(alone({"plugins", "list"})).wait(std::chrono::seconds(60));
  }
  Command alone(const Words& words) const {
    Command command = Program::command(words);
    command.environment["XDG_CACHE_HOME"] = (scratch / "cache").string();
    return command;
  }
  std::string opened_by(const Words& words) const { return opened_libraries(alone(words), scratch / "log/of"); }
};

class StartUp : public OpenedLibraries, public ::testing::WithParamInterface<Words> {};

TEST_P(StartUp, LoadsNoPluginAndNoLibtorch) {
  const std::string opened = opened_by(GetParam());
  ASSERT_THAT(opened, HasSubstr("libstdc++.so"));
  for (const char* library : {"lib/ocellus/plugins", "libtorch", "libc10", "ocellus_media", "libpng", "libcairo"}) {
    EXPECT_THAT(opened, Not(HasSubstr(library)));
  }
}

INSTANTIATE_TEST_SUITE_P(Verbs, StartUp,
                         ::testing::Values(Words{"--help"}, Words{"--version"}, Words{"plugins", "list"},
                                           Words{"plugins", "show", "overlay"}, Words{"run", "--help"}));

TEST_F(OpenedLibraries, OfARunAreThoseOfThePluginsItNeeds) {
  const std::string opened =
      opened_by(run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why?", "--method", "tensors"});
  EXPECT_THAT(opened, HasSubstr("plugins/tensors.so"));
  EXPECT_THAT(opened, HasSubstr("libtorch"));
  EXPECT_THAT(opened, Not(HasSubstr("plugins/raw_attention.so")));
  EXPECT_THAT(opened, Not(HasSubstr("plugins/overlay.so")));
}

TEST_F(Program, PluginsListNamesEveryBuiltIn) {
  const Outcome outcome = ocellus({"plugins", "list", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  std::set<std::string> names;
  for (const json& line : parse_lines(outcome.out))
    names.insert(line["kind"].get<std::string>() + " " + line["id"].get<std::string>());
  EXPECT_THAT(names, ::testing::IsSupersetOf(
                         {"model qwen2_5_vl", "method raw-attention", "method tensors", "renderer overlay"}));
  EXPECT_EQ(outcome.err, "");
}

TEST_F(Program, PluginsShowAndHelpListTheOptionsOfAPlugin) {
  const Outcome show = ocellus({"plugins", "show", "raw-attention"});
  const Outcome help = ocellus({"--help"});
  for (const Outcome& outcome : {show, help}) {
    EXPECT_EQ(outcome.exit_code, 0);
    for (const char* text :
         {"layers=index set", "heads=mean|max|each|K", "reduce=none|mean", "query=last|answer", "[last]"}) {
      EXPECT_THAT(outcome.out, HasSubstr(text));
    }
  }
  const json record = parse_lines(ocellus({"plugins", "show", "raw-attention", "--json"}).out).at(0);
  EXPECT_EQ(record["package"], "org.ocellus.raw-attention");
}

TEST_F(Program, VersionIsOneLine) {
  EXPECT_THAT(ocellus({"--version"}).out, ::testing::MatchesRegex("ocellus [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

}  // namespace
}  // namespace ocellus::test
