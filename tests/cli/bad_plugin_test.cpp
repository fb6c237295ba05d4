// Plugins that cannot be used are listed with the reason and disturb nobody; one that misbehaves in a run is named.
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class BadPlugin : public Program {
 protected:
  // A plugin folder with one of the hostile packages.
  std::string folder_with(const std::string& name) const {
    const auto folder = scratch / "plugins";
    std::filesystem::create_directories(folder);
    std::filesystem::copy(std::filesystem::path(OCELLUS_HOSTILE_DIR) / (name + ".so"), folder);
    return folder.string();
  }
  void expect_listed_and_harmless(const std::string& name, const std::string& reason) const {
    const std::string folder = folder_with(name);
    const Outcome list = ocellus({"plugins", "list", "--plugin-path", folder});
    EXPECT_EQ(list.exit_code, 0);
    EXPECT_THAT(list.err, HasSubstr("not used: " + folder + "/" + name + ".so: "));
    EXPECT_THAT(list.err, HasSubstr(reason));
    EXPECT_THAT(list.out, HasSubstr("raw-attention"));
    const Outcome outcome = run("out", {"--method", "raw-attention", "--plugin-path", folder});
    EXPECT_EQ(outcome.err, "");
  }
};

TEST_F(BadPlugin, ThatThrows) {
  expect_listed_and_harmless("throws", "its entry threw an exception");
}
TEST_F(BadPlugin, ThatLacksTheSymbol) {
  expect_listed_and_harmless("no_entry", "no symbol ocellus_package_v0");
}
TEST_F(BadPlugin, ThatWantsANewerHost) {
  expect_listed_and_harmless("newer_host", "wants host ABI");
}
TEST_F(BadPlugin, ThatCrashes) {
  expect_listed_and_harmless("crashes", "crashed");
}

TEST_F(BadPlugin, AFolderOfPluginsThatIsNotThereIsTold) {
  const Outcome outcome = run("out", {"--method", "raw-attention", "--plugin-path", "nowhere"});
  EXPECT_THAT(outcome.err, HasSubstr("--plugin-path nowhere: there is no such folder"));
}

class ThrowingMethod : public Program, public ::testing::WithParamInterface<const char*> {};

TEST_P(ThrowingMethod, EndsTheRunNamed) {
  const Outcome outcome =
      ocellus(run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why?", "--plugin-path",
                                       OCELLUS_CLI_PLUGIN_DIR, "--method",
                                       std::string("thrower:as=mine,in=") + GetParam(), "--method", "raw-attention"});
  expect_refusal(outcome, 7, {"thrower", "mine", "the sky falls"});
  if (std::filesystem::exists(scratch / "out")) {
    EXPECT_THAT(files_in(scratch / "out"), Not(::testing::Contains(HasSubstr("sample.json"))));
  }
}

INSTANTIATE_TEST_SUITE_P(Places, ThrowingMethod, ::testing::Values("plan", "capture", "finish"),
                         [](const auto& of) { return std::string(of.param); });

}  // namespace
}  // namespace ocellus::test
