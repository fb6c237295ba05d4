#include "host/run/hub_cache.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <map>
#include <optional>

#include "tests/support/refusal.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::run {
namespace {

using testing::HasSubstr;

class HubCache : public testing::Test {
 protected:
  HubCache() {
    for (const char* name : {"HF_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "HOME"}) {
      const char* value = std::getenv(name);
      before_[name] = value != nullptr ? std::optional<std::string>(value) : std::nullopt;
      ::unsetenv(name);
    }
    set("HF_HUB_CACHE", folder_.path().string());
  }
  ~HubCache() override {
    for (const auto& [name, value] : before_) value ? set(name, *value) : (void)::unsetenv(name.c_str());
  }
  static void set(const std::string& name, const std::string& value) { ::setenv(name.c_str(), value.c_str(), 1); }

  // A cached model whose main revision is `revision`.
  std::filesystem::path cached(const std::string& revision) const {
    const auto entry = folder_ / "models--org--name";
    std::filesystem::create_directories(entry / "snapshots/0123abcd");
    std::filesystem::create_directories(entry / "refs");
    test::write_file(entry / "refs/main", revision);
    return entry;
  }

  test::TemporaryFolder folder_;

 private:
  std::map<std::string, std::optional<std::string>> before_;
};

TEST_F(HubCache, AFolderIsItself) {
  EXPECT_EQ(find_model(folder_.path().string()), folder_.path());
}

TEST_F(HubCache, ANameIsItsMainSnapshot) {
  EXPECT_EQ(find_model("org/name"), cached("0123abcd\n") / "snapshots/0123abcd");
}

TEST_F(HubCache, WhatIsMissingIsSaid) {
  EXPECT_EQ(test::refusal_of([] { find_model("org/other"); }).status, OC_E_MODEL);
  EXPECT_THAT(test::refusal_of([] { find_model("org/other"); }).sentence,
              testing::AllOf(HasSubstr((folder_ / "models--org--other/refs/main").string()),
                             HasSubstr("`hf download org/other`")));
  cached("4567");
  EXPECT_THAT(test::refusal_of([] { find_model("org/name"); }).sentence, HasSubstr("names no snapshot"));
}

TEST_F(HubCache, NothingLeavesTheCache) {
  std::filesystem::create_directories(folder_ / "outside");
  cached("../../outside");
  EXPECT_THAT(test::refusal_of([] { find_model("org/name"); }).sentence, HasSubstr("names no snapshot"));
  for (const char* name : {"../name", "org/..", "org/na me", "/name", "org/", "name", "a/b/c"}) {
    EXPECT_THAT(test::refusal_of([&] { find_model(name); }).sentence, HasSubstr("there is no such folder")) << name;
  }
}

TEST_F(HubCache, IsWhereTheEnvironmentSays) {
  set("HF_HOME", "/home/hf"), set("XDG_CACHE_HOME", "/cache"), set("HOME", "/me");
  EXPECT_EQ(hub_cache(), folder_.path());
  ::unsetenv("HF_HUB_CACHE");
  EXPECT_EQ(hub_cache(), "/home/hf/hub");
  ::unsetenv("HF_HOME");
  EXPECT_EQ(hub_cache(), "/cache/huggingface/hub");
  ::unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(hub_cache(), "/me/.cache/huggingface/hub");
}

}  // namespace
}  // namespace ocellus::run
