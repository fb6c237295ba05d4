#include "host/registry/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ocellus/abi/method.h>

#include <chrono>
#include <ocellus/sdk/error.hpp>

#include "tests/host/registry/environment.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::registry {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A user whose home is a temporary folder.
class RegistryTest : public ::testing::Test {
 protected:
  // Puts a hostile or good package into a plugin folder of this test, which is made if need be.
  fs::path install(const std::string& package, const std::string& folder, const std::string& as = "") {
    fs::create_directories(home_ / folder);
    const fs::path to = home_ / folder / ((as.empty() ? package : as) + ".so");
    fs::copy_file(fs::path(OCELLUS_HOSTILE_DIR) / (package + ".so"), to, fs::copy_options::overwrite_existing);
    return to;
  }

  Registry open(const std::vector<std::string>& folders, const fs::path& program = OCELLUS_SCANNER,
                std::chrono::milliseconds limit = scan_limit) const {
    Settings settings;
    settings.scan_limit = limit;
    for (const std::string& folder : folders) settings.extra_dirs.push_back(home_ / folder);
    settings.program = program;
    return Registry::open(settings);
  }

  // Without a program nothing can be scanned: only what is in the cache can be known.
  Registry open_from_cache(const std::vector<std::string>& folders) const {
    return open(folders, "/nowhere/bin/ocellus");
  }

  fs::path cache_file() const { return home_ / "cache/ocellus/plugins-v0.json"; }

  test::TemporaryFolder home_;
  test::Environment plugin_path_{"OCELLUS_PLUGIN_PATH", ""};
  test::Environment data_{"XDG_DATA_HOME", (home_ / "data").string()};
  test::Environment cache_{"XDG_CACHE_HOME", (home_ / "cache").string()};
};

TEST_F(RegistryTest, FindsPluginsByKindAndName) {
  install("good", "a");
  const Registry registry = open({"a"});
  EXPECT_THAT(registry.refusals(), IsEmpty());
  EXPECT_THAT(registry.warnings(), IsEmpty());
  ASSERT_NE(registry.find(Kind::method, "still-life"), nullptr);
  EXPECT_EQ(registry.find(Kind::renderer, "still-life"), nullptr);
  EXPECT_EQ(registry.find(Kind::method, "still-lif"), nullptr);
  ASSERT_EQ(registry.all(Kind::model).size(), 1U);
  EXPECT_EQ(registry.package_of(*registry.all(Kind::model)[0]).id, "org.example.good");
  EXPECT_THAT(registry.all(Kind::renderer), IsEmpty());
}

TEST_F(RegistryTest, FindsTheModelOfAConfiguration) {
  install("good", "a");
  const Registry registry = open({"a"});
  const std::vector<std::string> none, ours{"Other", "StillLifeForConditionalGeneration"}, others{"Other"};
  EXPECT_NE(registry.model_for("still_life_vl", none), nullptr);
  EXPECT_NE(registry.model_for("renamed", ours), nullptr);
  EXPECT_EQ(registry.model_for("renamed", others), nullptr);
  EXPECT_EQ(registry.model_for("", none), nullptr);
}

TEST_F(RegistryTest, LooksIntoEveryFolderOfTheSearchPath) {
  install("good", "flag");
  install("prints", "env");
  install("short_descriptor", "data/ocellus/plugins");
  install("longer_with_zeros", "prefix/lib/ocellus/plugins");
  fs::create_directories(home_ / "prefix/bin");
  fs::copy_file(OCELLUS_SCANNER, home_ / "prefix/bin/ocellus");
  const test::Environment path("OCELLUS_PLUGIN_PATH", (home_ / "env").string());
  const Registry registry = open({"flag"}, home_ / "prefix/bin/ocellus");
  std::vector<std::string> ids;
  for (const PluginRecord* method : registry.all(Kind::method)) ids.push_back(method->id);
  EXPECT_THAT(ids, ElementsAre("still-life", "prints", "short", "longer"));
}

TEST_F(RegistryTest, TakesTheFirstOfTwoPackagesOrPluginsOfOneName) {
  const fs::path first = install("good", "a"), copy = install("good", "b", "copy"), rival = install("rival", "c");
  const Registry registry = open({"a", "b", "c"});
  EXPECT_EQ(registry.all(Kind::method).size(), 1U);
  EXPECT_EQ(registry.package_of(*registry.find(Kind::method, "still-life")).path, first);
  EXPECT_THAT(registry.warnings(),
              ElementsAre(AllOf(HasSubstr(copy.string()), HasSubstr("same package, org.example.good")),
                          AllOf(HasSubstr("method still-life of " + rival.string()), HasSubstr(first.string()))));
  const Registry other_way = open({"c", "a"});
  EXPECT_EQ(other_way.package_of(*other_way.find(Kind::method, "still-life")).path, rival);
  EXPECT_NE(other_way.find(Kind::model, "still_life_vl"), nullptr);  // the rest of the package stays
}

TEST_F(RegistryTest, SeesOneFileOnTwoWaysOnce) {
  install("good", "a");
  fs::create_directory_symlink(home_ / "a", home_ / "link");
  const Registry registry = open({"a", "link"});
  EXPECT_EQ(registry.packages().size(), 1U);
  EXPECT_THAT(registry.warnings(), IsEmpty());
}

TEST_F(RegistryTest, LeavesOutWhatEverybodyMayWriteTo) {
  const fs::path file = install("good", "a");
  fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
  const Registry registry = open({"a"});
  EXPECT_EQ(registry.find(Kind::method, "still-life"), nullptr);
  ASSERT_EQ(registry.refusals().size(), 1U);
  EXPECT_EQ(registry.refusals()[0].path, file);
  EXPECT_THAT(registry.warnings(), ElementsAre(HasSubstr("everybody may write to it")));
}

TEST_F(RegistryTest, WarnsOfAMissingFolder) {
  EXPECT_THAT(open({"nowhere"}).warnings(), ElementsAre(HasSubstr("there is no such folder")));
}

TEST_F(RegistryTest, ScansAFileOnceAndLoadsNothing) {
  install("good", "a");
  install("no_entry", "a");
  install("crashes", "a");
  open({"a"});
  const Registry registry = open_from_cache({"a"});
  EXPECT_NE(registry.find(Kind::method, "still-life"), nullptr);
  EXPECT_EQ(registry.find(Kind::method, "still-life")->params.size(), 3U);
  EXPECT_EQ(registry.refusals().size(), 2U);  // crashes are remembered too
  EXPECT_EQ(test::read_file("/proc/self/maps").find((home_ / "a").string()), std::string::npos);
}

TEST_F(RegistryTest, ScansAgainWhatDidNotAnswerInTime) {
  install("hangs", "a", "plugin");
  const Registry late = open({"a"}, OCELLUS_SCANNER, std::chrono::milliseconds(500));
  EXPECT_THAT(late.refusals(), SizeIs(1));
  EXPECT_THAT(late.warnings(), ElementsAre(AllOf(HasSubstr("plugin.so is left out"), HasSubstr("did not answer"))));
  EXPECT_THROW(open_from_cache({"a"}), Error) << "it is not remembered";
}

TEST_F(RegistryTest, ScansAChangedFileAgain) {
  install("crashes", "a", "plugin");
  EXPECT_EQ(open({"a"}).refusals().size(), 1U);
  const fs::path file = install("good", "a", "plugin");
  EXPECT_NE(open({"a"}).find(Kind::method, "still-life"), nullptr);
  EXPECT_NE(open_from_cache({"a"}).find(Kind::method, "still-life"), nullptr);
  fs::last_write_time(file, fs::last_write_time(file) - std::chrono::hours(1));
  EXPECT_THROW(open_from_cache({"a"}), Error);
}

TEST_F(RegistryTest, ForgetsFilesThatAreGoneAndKeepsThoseOfOtherFolders) {
  install("good", "a");
  install("rival", "b");
  const fs::path gone = install("prints", "a");
  open({"a"});
  open({"b"});
  EXPECT_NE(open_from_cache({"a"}).find(Kind::method, "prints"), nullptr);
  fs::remove(gone);
  install("short_descriptor", "b");
  open({"b"});
  EXPECT_EQ(test::read_file(cache_file()).find(gone.string()), std::string::npos);
  EXPECT_NE(open_from_cache({"a"}).find(Kind::method, "still-life"), nullptr);
}

TEST_F(RegistryTest, ScansAgainWhenTheCacheIsDamaged) {
  install("good", "a");
  open({"a"});
  for (const char* damage : {"", "{", "[]", "{\"host_minor\": 1}", "{\"host_minor\": 1, \"files\": [{\"path\": 3}]}"}) {
    test::write_file(cache_file(), damage);
    EXPECT_NE(open({"a"}).find(Kind::method, "still-life"), nullptr) << damage;
  }
  EXPECT_NE(open_from_cache({"a"}).find(Kind::method, "still-life"), nullptr);
}

TEST_F(RegistryTest, DoesWithoutACache) {
  install("good", "a");
  test::write_file(home_ / "cache", "a file where the folder should be");
  EXPECT_NE(open({"a"}).find(Kind::method, "still-life"), nullptr);
  EXPECT_THROW(open_from_cache({"a"}), Error);
}

TEST_F(RegistryTest, LoadsAPackageOnceForAllItsPlugins) {
  const fs::path file = install("good", "a");
  Registry registry = open({"a"});
  const oc_plugin* method = registry.load(*registry.find(Kind::method, "still-life"));
  EXPECT_STREQ(method->kind, OC_KIND_METHOD);
  EXPECT_EQ(static_cast<const oc_method_1*>(method->table)->struct_size, sizeof(oc_method_1));
  EXPECT_STREQ(registry.load(*registry.find(Kind::model, "still_life_vl"))->id, "still_life_vl");
  EXPECT_EQ(registry.load(*registry.find(Kind::method, "still-life"))->table, method->table);
  EXPECT_NE(test::read_file("/proc/self/maps").find(file.string()), std::string::npos);
}

TEST_F(RegistryTest, KeepsCodeInTheProcessForEver) {
  const fs::path file = install("prints", "a");
  {
    Registry registry = open({"a"});
    registry.load(*registry.find(Kind::method, "prints"));
  }
  EXPECT_NE(test::read_file("/proc/self/maps").find(file.string()), std::string::npos);
}

TEST_F(RegistryTest, RefusesASecondLibtorchBeforeLoadingIt) {
  install("torch_2_6", "a");
  const fs::path second = install("torch_2_13", "a");
  install("good", "a");
  Registry registry = open({"a"});
  registry.load(*registry.find(Kind::method, "old-torch"));
  registry.load(*registry.find(Kind::method, "still-life"));  // needs no libtorch
  try {
    registry.load(*registry.find(Kind::method, "new-torch"));
    FAIL() << "was loaded";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_UNSUPPORTED);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("org.example.torch-2-13 needs libtorch/2.13.0"),
                                    HasSubstr("org.example.torch-2-6 with libtorch/2.6.0")));
  }
  EXPECT_EQ(test::read_file("/proc/self/maps").find(second.string()), std::string::npos);
}

TEST_F(RegistryTest, SaysWhenALibraryIsNoLongerWhatItWas) {
  const fs::path replaced = install("good", "a", "replaced"), removed = install("prints", "a", "removed");
  Registry registry = open({"a"});
  install("rival", "a", "replaced");
  fs::remove(removed);
  const auto sentence = [&](const char* method) -> std::string {
    try {
      registry.load(*registry.find(Kind::method, method));
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), OC_E_INTERNAL);
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(sentence("still-life"),
              AllOf(HasSubstr("method still-life of " + replaced.string()), HasSubstr("another package")));
  EXPECT_THAT(sentence("prints"), AllOf(HasSubstr("it does not load"), HasSubstr("cannot open shared object file")));
}

}  // namespace
}  // namespace ocellus::registry
