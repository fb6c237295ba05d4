#include "host/store/atomic_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ocellus/sdk/error.hpp>

#include "tests/support/temporary_folder.hpp"

namespace ocellus::store {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class AtomicFile : public ::testing::Test {
 protected:
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder_.path())) found.push_back(entry.path().filename().string());
    return found;
  }

  // Runs `body` in a process of its own, which is killed after it.
  template <class Body>
  void in_a_killed_process(Body&& body) const {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      body();
      ::raise(SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  }

  test::TemporaryFolder folder_;
};

TEST_F(AtomicFile, WritesAndReplaces) {
  const fs::path file = folder_ / "a.json";
  write_file(file, "one");
  EXPECT_EQ(test::read_file(file), "one");
  write_file(file, "");
  EXPECT_EQ(test::read_file(file), "");
  EXPECT_THAT(names(), ElementsAre("a.json"));
}

TEST_F(AtomicFile, ShowsNothingBeforeCommit) {
  const fs::path file = folder_ / "picture.png";
  write_file(file, "old");
  PendingFile pending(file);
  EXPECT_EQ(pending.temporary().parent_path(), file.parent_path());
  EXPECT_EQ(pending.temporary().extension(), ".png");
  test::write_file(pending.temporary(), "new");
  EXPECT_EQ(test::read_file(file), "old");
  pending.commit();
  EXPECT_EQ(test::read_file(file), "new");
  EXPECT_THAT(names(), ElementsAre("picture.png"));
}

TEST_F(AtomicFile, RemovesWhatWasNotCommitted) {
  { const PendingFile pending(folder_ / "a"); }
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(AtomicFile, TakesAFileThatAWriterPutInThePlaceOfTheEmptyOne) {
  PendingFile pending(folder_ / "a");
  fs::rename(test::write_file(folder_ / "b", "whole"), pending.temporary());
  pending.commit();
  EXPECT_EQ(test::read_file(folder_ / "a"), "whole");
}

TEST_F(AtomicFile, KilledBetweenWriteAndRenameLeavesOnlyATemporary) {
  const fs::path file = folder_ / "a.json";
  write_file(file, "old");
  in_a_killed_process([&] {
    // Never destroyed: the process ends first.
    auto* pending = new PendingFile(file);
    test::write_file(pending->temporary(), "half of the n");
  });
  EXPECT_EQ(test::read_file(file), "old");
  EXPECT_EQ(names().size(), 2U);
  EXPECT_EQ(remove_abandoned(folder_.path()), 1U);
  EXPECT_THAT(names(), ElementsAre("a.json"));
}

TEST_F(AtomicFile, RemovesNothingThatIsBeingWritten) {
  const PendingFile ours(folder_ / "a");
  write_file(folder_ / "finished", "x");
  test::write_file(folder_ / ".hidden", "the user's");
  in_a_killed_process([&] { static_cast<void>(new PendingFile(folder_ / "b")); });
  EXPECT_EQ(remove_abandoned(folder_.path()), 1U);
  EXPECT_THAT(names(), UnorderedElementsAre(ours.temporary().filename().string(), "finished", ".hidden"));
  EXPECT_EQ(remove_abandoned(folder_ / "missing"), 0U);
}

TEST_F(AtomicFile, SaysWhatCannotBeWritten) {
  const auto sentence = [](const fs::path& path) -> std::string {
    try {
      write_file(path, "x");
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), OC_E_WRITE);
      return error.what();
    }
    return "";
  };
  const fs::path missing = folder_ / "missing/a", in_the_way = folder_ / "folder";
  EXPECT_THAT(sentence(missing), AllOf(HasSubstr(missing.string()), HasSubstr("No such file or directory")));
  fs::create_directory(in_the_way);
  EXPECT_THAT(sentence(in_the_way), AllOf(HasSubstr(in_the_way.string()), HasSubstr("directory")));
  EXPECT_THAT(sentence("/dev/full/a"), HasSubstr("/dev/full/a"));
  EXPECT_THAT(names(), ElementsAre("folder"));
}

}  // namespace
}  // namespace ocellus::store
