#include "host/run/output_folder.hpp"

#include <gtest/gtest.h>

#include "tests/support/refusal.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::run {
namespace {

using nlohmann::ordered_json;
using test::Refusal;
using test::refusal_of;

class OutputFolderTest : public testing::Test {
 protected:
  // A run with one sample, one foreign file beside it.
  void make_run(const ordered_json& request) const {
    const OutputFolder out(path_, {request, {}, {}}, false);
    out.write_manifest({{"request", request}, {"complete", true}});
    std::filesystem::create_directories(out.sample("a-0"));
    test::write_file(out.sample("a-0") / "sample.json", "{}");
    std::filesystem::create_directories(path_ / "collection");
    test::write_file(path_ / "notes.txt", "mine");
  }
  Refusal refused(const ordered_json& request, bool fresh) const {
    return refusal_of([&] { OutputFolder(path_, {request, {}, {}}, fresh); });
  }

  test::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "deep/out";
  const ordered_json request_{{"model", "m"}, {"prompts", {"x"}}}, other_{{"model", "m"}, {"prompts", {"y"}}};
};

TEST(PathOfNamed, IsUnderOutAndNotTheRunsOwn) {
  EXPECT_EQ(path_of_named("../../grid/layer_3.png"), "grid/layer_3.png");
  for (const char* name :
       {"raw-attention.overlay.png", "../other-1/sample.json", "../../samples/a-0/sample.json", "../../run.json",
        "../../../up.png", "../../a/../../up.png", "../../collection/x.csv", "../../", "/etc/passwd", "../.././x"}) {
    EXPECT_EQ(path_of_named(name), "") << name;
  }
}

TEST_F(OutputFolderTest, IsMade) {
  const OutputFolder out(path_, {request_, {}, {}}, false);
  EXPECT_TRUE(std::filesystem::is_directory(path_ / "samples"));
  EXPECT_EQ(out.sample("a-0"), path_ / "samples/a-0");
  EXPECT_FALSE(std::filesystem::exists(path_ / "run.json"));
  out.write_manifest({{"request", request_}});
  EXPECT_EQ(ordered_json::parse(test::read_file(path_ / "run.json"))["request"], request_);
}

TEST_F(OutputFolderTest, TheSameRequestGoesOn) {
  make_run(request_);
  EXPECT_EQ(refused(request_, false), Refusal{});
  EXPECT_TRUE(std::filesystem::exists(path_ / "samples/a-0/sample.json"));
}

TEST_F(OutputFolderTest, AnotherRequestIsRefused) {
  make_run(request_);
  EXPECT_EQ(refused(other_, false),
            (Refusal{OC_E_OPTION, "--out " + path_.string() +
                                      " holds a run of another request: name another folder, or add "
                                      "--fresh to replace it"}));
  for (const char* manifest : {"{}", "not JSON", "[]", ""}) {
    test::write_file(path_ / "run.json", manifest);
    EXPECT_EQ(refused(request_, false).status, OC_E_OPTION) << manifest;
  }
  EXPECT_TRUE(std::filesystem::exists(path_ / "samples/a-0/sample.json"));
}

TEST_F(OutputFolderTest, FreshRemovesTheRunAndNothingElse) {
  make_run(request_);
  EXPECT_EQ(refused(other_, true), Refusal{});
  EXPECT_FALSE(std::filesystem::exists(path_ / "run.json"));
  EXPECT_FALSE(std::filesystem::exists(path_ / "collection"));
  EXPECT_TRUE(std::filesystem::is_empty(path_ / "samples"));
  EXPECT_EQ(test::read_file(path_ / "notes.txt"), "mine");
}

TEST_F(OutputFolderTest, FreshTouchesNoFolderWithoutARun) {
  std::filesystem::create_directories(path_ / "samples/precious");
  EXPECT_EQ(refused(request_, true).status, OC_E_WRITE);
  EXPECT_TRUE(std::filesystem::exists(path_ / "samples/precious"));
  EXPECT_EQ(refused(request_, false), Refusal{}) << "without --fresh it is taken over";
}

TEST_F(OutputFolderTest, FreshIsFineWhereNothingIs) {
  EXPECT_EQ(refused(request_, true), Refusal{});
  std::filesystem::remove_all(path_);
  std::filesystem::create_directories(path_);
  EXPECT_EQ(refused(request_, true), Refusal{}) << "an empty folder";
}

TEST_F(OutputFolderTest, AFileInTheWayIsRefused) {
  std::filesystem::create_directories(path_.parent_path());
  test::write_file(path_, "a file");
  EXPECT_EQ(refused(request_, false), (Refusal{OC_E_WRITE, "--out " + path_.string() + " is a file: name a folder"}));
  EXPECT_EQ(refused(request_, true).status, OC_E_WRITE);
  EXPECT_EQ(refusal_of([&] { OutputFolder(path_ / "below", {request_, {}, {}}, false); }).status, OC_E_WRITE);
  EXPECT_EQ(test::read_file(path_), "a file");
  std::filesystem::remove(path_);
  std::filesystem::create_directories(path_);
  test::write_file(path_ / "samples", "a file");
  EXPECT_EQ(refused(request_, false).status, OC_E_WRITE);
}

// Shards of one run in one OUT.
class SharedOutputFolder : public OutputFolderTest {
 protected:
  RunIdentity identity(uint64_t index, uint64_t count) const {
    return {request_, {index, count, "--shard"}, {{"sha256", "1"}, {"samples", ordered_json::array()}}};
  }
  void begin(uint64_t index, uint64_t count) const {
    OutputFolder(path_, identity(index, count), false).write_manifest({{"request", request_}});
  }
  Refusal refused(const RunIdentity& run, bool fresh = false) const {
    return refusal_of([&] { OutputFolder(path_, run, fresh); });
  }
};

TEST_F(SharedOutputFolder, HoldsAManifestOfEachShardAndTheListOfSamples) {
  begin(1, 5);
  begin(3, 5);
  EXPECT_TRUE(std::filesystem::exists(path_ / "run.shard-1-of-5.json"));
  EXPECT_TRUE(std::filesystem::exists(path_ / "run.shard-3-of-5.json"));
  EXPECT_EQ(ordered_json::parse(test::read_file(path_ / "run.samples.json"))["sha256"], "1");
  EXPECT_FALSE(std::filesystem::exists(path_ / "run.json"));
}

TEST_F(SharedOutputFolder, TakesWhatWasJoinedAwayBecauseItIsJoinedAgain) {
  make_run(request_);
  begin(2, 5);
  EXPECT_FALSE(std::filesystem::exists(path_ / "run.json"));
  EXPECT_TRUE(std::filesystem::exists(path_ / "samples/a-0/sample.json"));
}

TEST_F(SharedOutputFolder, RefusesAnotherRequestAnotherNumberAndOtherSamples) {
  begin(1, 5);
  RunIdentity run = identity(2, 5);
  run.request = other_;
  EXPECT_TRUE(refused(run).says("another request")) << refused(run);
  EXPECT_TRUE(refused(identity(1, 3)).says("--shard I/5")) << refused(identity(1, 3));
  run = identity(2, 5);
  run.samples["sha256"] = "2";
  EXPECT_TRUE(refused(run).says("other samples")) << refused(run);
  EXPECT_EQ(refused(identity(2, 5)), Refusal{});
}

TEST_F(SharedOutputFolder, ARunInOnePieceIsRefusedUnlessFresh) {
  begin(1, 5);
  const RunIdentity whole{request_, {}, {}};
  const Refusal refusal = refused(whole);
  EXPECT_EQ(refusal.status, OC_E_OPTION);
  EXPECT_TRUE(refusal.says("ocellus merge")) << refusal;
  EXPECT_EQ(refused(whole, true), Refusal{});
  EXPECT_FALSE(std::filesystem::exists(path_ / "run.shard-1-of-5.json"));
  EXPECT_FALSE(std::filesystem::exists(path_ / "run.samples.json"));
}

TEST_F(SharedOutputFolder, NoShardMayBeFresh) {
  begin(1, 5);
  EXPECT_TRUE(refused(identity(2, 5), true).says("--fresh"));
  EXPECT_TRUE(std::filesystem::exists(path_ / "run.shard-1-of-5.json"));
}

TEST(ArtifactFile, Names) {
  store::ArtifactData artifact;
  artifact.label = "raw";
  EXPECT_EQ(artifact_file(artifact, 1), "raw.npz");
  artifact.image = 0;
  EXPECT_EQ(artifact_file(artifact, 1), "raw.npz");
  EXPECT_EQ(artifact_file(artifact, 2), "raw.image0.npz");
  artifact.name = "mass";
  EXPECT_EQ(artifact_file(artifact, 2), "raw.mass.image0.npz");
}

class PicturesTest : public testing::Test {
 protected:
  PicturesTest() {
    artifact_.label = "raw";
    artifact_.image = 1;
  }
  std::string write(int32_t layer, const char* part, const char* extension, const std::string& text,
                    Pictures::Shows shows = Pictures::Shows::one_image) {
    const std::string path = pictures_.open(artifact_, shows, layer, part, extension);
    test::write_file(path, text);
    pictures_.commit(path);
    return pictures_.written().back();
  }
  test::TemporaryFolder folder_;
  Pictures pictures_{folder_.path(), "overlay", 2};
  store::ArtifactData artifact_;
};

TEST_F(PicturesTest, NamesSayWhatTheyShow) {
  EXPECT_EQ(write(-1, "", "png", "1"), "raw.image1.overlay.png");
  EXPECT_EQ(write(3, "", "png", "2"), "raw.image1.layer3.overlay.png");
  EXPECT_EQ(write(3, "bar", "svg", "3"), "raw.image1.layer3.overlay.bar.svg");
  EXPECT_EQ(write(3, "bar", "svg", "4", Pictures::Shows::all_images), "raw.layer3.overlay.bar.svg");
  EXPECT_EQ(test::read_file(folder_ / "raw.image1.layer3.overlay.bar.svg"), "3");
}

TEST_F(PicturesTest, AFileAppearsAtCommit) {
  const std::string path = pictures_.open(artifact_, Pictures::Shows::one_image, -1, "", "png");
  test::write_file(path, "half");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "raw.image1.overlay.png"));
  EXPECT_TRUE(path.ends_with(".png")) << "writers choose the format by it";
  EXPECT_TRUE(pictures_.written().empty());
}

TEST_F(PicturesTest, TwoOfOneNameAreRefused) {
  write(-1, "", "png", "1");
  EXPECT_EQ(refusal_of([&] { pictures_.open(artifact_, Pictures::Shows::one_image, -1, "", "png"); }),
            (Refusal{OC_E_INTERNAL, "it wrote two files called raw.image1.overlay.png"}));
  pictures_.open(artifact_, Pictures::Shows::one_image, 3, "", "png");
  EXPECT_EQ(refusal_of([&] { pictures_.open(artifact_, Pictures::Shows::one_image, 3, "", "png"); }).status,
            OC_E_INTERNAL)
      << "open, not yet committed";
}

TEST_F(PicturesTest, NamesDoNotLeaveTheFolder) {
  EXPECT_EQ(refusal_of([&] { pictures_.open(artifact_, Pictures::Shows::one_image, -1, "../../x", "png"); }).status,
            OC_E_INTERNAL);
  EXPECT_EQ(refusal_of([&] { pictures_.open(artifact_, Pictures::Shows::one_image, -1, "", "png/../../x"); }).status,
            OC_E_INTERNAL);
}

TEST_F(PicturesTest, OnlyOpenFilesAreCommitted) {
  EXPECT_EQ(refusal_of([&] { pictures_.commit("/elsewhere"); }),
            (Refusal{OC_E_INTERNAL, "it finished a file that it did not open: /elsewhere"}));
}

TEST(RunName, IsThatOfTheFolderHoweverItIsWritten) {
  EXPECT_EQ(run_name("a/7b"), "7b");
  EXPECT_EQ(run_name("a/7b/"), "7b");
  EXPECT_EQ(run_name("a/7b/samples/.."), "7b");
  EXPECT_EQ(run_name(""), "");
}

TEST(NamesOfTheUsers, ArePathsUnderTheRun) {
  const test::TemporaryFolder folder;
  const std::filesystem::path out = folder.path() / "out";
  Pictures pictures(out / "collection", "histogram", 1, out);
  const auto write = [&](const std::string& pattern) {
    const std::string path = pictures.open_named(pattern, {{"category", "OCR/../hard"}, {"layer", "3"}}, "png");
    test::write_file(path, "drawn");
    pictures.commit(path);
  };
  write("category_{category}/mme_{category}_{layer}");
  EXPECT_EQ(test::read_file(out / "category_OCR-..-hard/mme_OCR-..-hard_3.png"), "drawn");
  EXPECT_EQ(pictures.written(), std::vector<std::string>{"../category_OCR-..-hard/mme_OCR-..-hard_3.png"});
}

TEST(NamesOfTheUsers, NeverLeaveItNorReplaceItsFiles) {
  const test::TemporaryFolder folder;
  const std::filesystem::path out = folder.path() / "out";
  Pictures pictures(out / "collection", "histogram", 1, out);
  for (const char* pattern :
       {"../x", "/x", "a/../../x", "samples/a/x", "collection/x", "run", ".x", "{kind}", "{x", ""}) {
    const Refusal refusal = refusal_of([&] { pictures.open_named(pattern, {{"layer", "3"}}, "json"); });
    EXPECT_EQ(refusal.status, OC_E_OPTION) << pattern;
    EXPECT_TRUE(refusal.says(std::string("name=") + pattern)) << refusal;
  }
  EXPECT_TRUE(refusal_of([&] { pictures.open_named("{kind}", {{"layer", "3"}}, "png"); }).says("{layer}"));
  pictures.open_named("same", {}, "png");
  EXPECT_EQ(refusal_of([&] { pictures.open_named("same", {}, "png"); }).status, OC_E_OPTION);
  Pictures of_a_sample(out, "histogram", 1);
  EXPECT_EQ(refusal_of([&] { of_a_sample.open_named("x", {}, "png"); }).status, OC_E_OPTION);
}

}  // namespace
}  // namespace ocellus::run
