#include "host/registry/search_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/host/registry/environment.hpp"

namespace ocellus::registry {
namespace {

namespace fs = std::filesystem;
using test::Environment;
using ::testing::ElementsAre;

TEST(SearchPath, GoesFromTheCommandLineToTheProgramsOwnFolder) {
  const Environment path("OCELLUS_PLUGIN_PATH", "/env/a::/env/b");
  const Environment data("XDG_DATA_HOME", "/data");
  EXPECT_THAT(
      search_path(std::vector<fs::path>{"/flag/a", "/flag/b/../c"}, "/opt/bin/ocellus"),
      ElementsAre("/flag/a", "/flag/c", "/env/a", "/env/b", "/data/ocellus/plugins", "/opt/lib/ocellus/plugins"));
}

TEST(SearchPath, TakesTheUsersFolderFromHomeAndIgnoresRelativeXdgValues) {
  const Environment path("OCELLUS_PLUGIN_PATH", "");
  const Environment data("XDG_DATA_HOME", "relative");
  const Environment cache("XDG_CACHE_HOME", "");
  const Environment home("HOME", "/home/me");
  EXPECT_THAT(search_path({}, "/src/build/ocellus"),
              ElementsAre("/home/me/.local/share/ocellus/plugins", "/src/build/lib/ocellus/plugins"));
  EXPECT_EQ(cache_folder(), "/home/me/.cache/ocellus");
}

TEST(SearchPath, DoesWithoutAHome) {
  const Environment path("OCELLUS_PLUGIN_PATH", "");
  const Environment data("XDG_DATA_HOME", "");
  const Environment cache("XDG_CACHE_HOME", "");
  const Environment home("HOME", "");
  EXPECT_THAT(search_path({}, "/usr/bin/ocellus"), ElementsAre("/usr/lib/ocellus/plugins"));
  EXPECT_TRUE(cache_folder().empty());
}

TEST(SearchPath, MakesRelativeFoldersAbsolute) {
  EXPECT_EQ(search_path(std::vector<fs::path>{"mine"}, "/usr/bin/ocellus").front(), fs::current_path() / "mine");
}

TEST(SearchPath, KnowsTheRunningProgram) {
  EXPECT_EQ(current_program().filename(), "host_registry_test");
}

}  // namespace
}  // namespace ocellus::registry
