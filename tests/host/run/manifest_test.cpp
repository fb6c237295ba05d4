#include "host/run/manifest.hpp"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.hpp"

namespace ocellus::run {
namespace {

using nlohmann::ordered_json;

TEST(Manifest, NamesTellTheShard) {
  EXPECT_EQ(manifest_name({}), "run.json");
  EXPECT_EQ(manifest_name({2, 5, ""}), "run.shard-2-of-5.json");
}

TEST(Manifest, AreFoundInOrderAndNothingElseIs) {
  test::TemporaryFolder folder;
  for (const char* name : {"run.shard-10-of-12.json", "run.shard-2-of-12.json", "run.json"})
    test::write_file(folder / name, R"({"request": {}})");
  test::write_file(folder / "run.shard-3-of-12.json", R"({"complete": false})");
  for (const char* name :
       {"run.samples.json", "run.yaml", "run.shard-0-of-5.json", "run.shard-6-of-5.json", "run.shard-02-of-5.json",
        "run.shard-1-of-1.json", "run.shard-of-.json", "run.shard-1-of-2.json.bak", ".tmp-run.shard-1-of-2.json"})
    test::write_file(folder / name, "{}");
  std::vector<std::string> names;
  for (const Manifest& manifest : manifests_in(folder.path())) {
    names.push_back(manifest.file.filename().string());
    EXPECT_EQ(manifest_name(manifest.shard), names.back());
    EXPECT_EQ(manifest.is_over(), manifest.shard.index == 3);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"run.json", "run.shard-2-of-12.json", "run.shard-3-of-12.json",
                                             "run.shard-10-of-12.json"}));
  EXPECT_TRUE(manifests_in(folder / "nothing").empty());
}

TEST(Manifest, ABrokenOneIsFoundToo) {
  test::TemporaryFolder folder;
  test::write_file(folder / "run.shard-1-of-2.json", "half");
  ASSERT_EQ(manifests_in(folder.path()).size(), 1u);
  EXPECT_FALSE(manifests_in(folder.path())[0].is_over());
}

TEST(Manifest, TheListOfSamplesKnowsTheirContents) {
  std::vector<Sample> samples(2);
  samples[0].folder = samples[0].id = "a";
  samples[1].folder = "b-1";
  samples[1].group = 1;
  const ordered_json list = sample_list(samples);
  EXPECT_EQ(list["samples"], (ordered_json{{{"folder", "a"}, {"id", "a"}, {"group", 0}},
                                           {{"folder", "b-1"}, {"id", ""}, {"group", 1}}}));
  samples[1].turns.push_back({Role::user, {{false, 0, "Why?"}}});
  EXPECT_EQ(sample_list(samples)["samples"], list["samples"]);
  EXPECT_NE(sample_list(samples)["sha256"], list["sha256"]);
}

}  // namespace
}  // namespace ocellus::run
