// Whole libraries, good and hostile (tests/hostile), in child processes.
#include "host/registry/scan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>

#include "tests/support/temporary_folder.hpp"

namespace ocellus::registry {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const fs::path scanner = OCELLUS_SCANNER;

fs::path hostile(const std::string& name) {
  return fs::path(OCELLUS_HOSTILE_DIR) / (name + ".so");
}

ScanResult scan_one(const fs::path& library, std::chrono::milliseconds limit = scan_limit) {
  return scan(scanner, std::vector{library}, limit).at(0);
}

// The reason for which a library is refused; "" if it is not.
std::string reason(const fs::path& library, std::chrono::milliseconds limit = scan_limit) {
  const ScanResult result = scan_one(library, limit);
  const auto* refusal = std::get_if<Refusal>(&result);
  if (refusal == nullptr) return "";
  EXPECT_EQ(refusal->path, library);
  return refusal->reason;
}

// The id of the one plugin of a library that is taken.
std::string plugin_in(const std::string& name) {
  const ScanResult result = scan_one(hostile(name));
  if (const auto* refusal = std::get_if<Refusal>(&result)) return "refused: " + refusal->reason;
  return std::get<PackageRecord>(result).plugins.at(0).id;
}

TEST(Scan, DescribesAPackageWithoutLoadingItHere) {
  const ScanResult result = scan_one(hostile("good"));
  ASSERT_TRUE(std::holds_alternative<PackageRecord>(result)) << std::get<Refusal>(result).reason;
  const auto& package = std::get<PackageRecord>(result);
  EXPECT_EQ(package.path, hostile("good"));
  EXPECT_EQ(package.id, "org.example.good");
  ASSERT_EQ(package.plugins.size(), 2U);
  EXPECT_EQ(package.plugins[0].id, "still-life");
  EXPECT_EQ(package.plugins[0].params.size(), 3U);
  EXPECT_EQ(package.plugins[1].kind, Kind::model);
  EXPECT_EQ(test::read_file("/proc/self/maps").find(hostile("good").string()), std::string::npos);
}

TEST(Scan, AcceptsOlderAndNewerDescriptorsThatHideNothing) {
  EXPECT_EQ(plugin_in("short_descriptor"), "short");
  EXPECT_EQ(plugin_in("longer_with_zeros"), "longer");
}

TEST(Scan, RefusesAFieldItDoesNotKnow) {
  EXPECT_THAT(reason(hostile("longer_with_a_field")), HasSubstr("sets a field that this host does not know"));
}

TEST(Scan, RefusesWithAReason) {
  EXPECT_THAT(reason(hostile("newer_host")), StartsWith("it wants host ABI 0.99, this is 0."));
  EXPECT_THAT(reason(hostile("duplicate_id")), HasSubstr("two methods called twin"));
  EXPECT_THAT(reason(hostile("null_table")), HasSubstr("the table of plugin hollow is NULL"));
  EXPECT_THAT(reason(hostile("null_entry")), HasSubstr("the package is NULL"));
  EXPECT_THAT(reason(hostile("not_utf8")), HasSubstr("not UTF-8"));
  EXPECT_THAT(reason(hostile("throws")), HasSubstr("its entry threw an exception: nobody catches this"));
}

TEST(Scan, SurvivesLibrariesThatEndTheProcess) {
  EXPECT_THAT(reason(hostile("crashes")), HasSubstr("it crashed while it was opened"));
  EXPECT_THAT(reason(hostile("throws_at_load")), HasSubstr("it crashed while it was opened"));
  EXPECT_THAT(reason(hostile("exits")), HasSubstr("it ended the process while it was opened (exit status 3)"));
}

TEST(Scan, RunsNoCodeOfALibraryWithoutTheEntry) {
  EXPECT_THAT(reason(hostile("no_entry")), HasSubstr("it has no symbol ocellus_package_v0"));
}

TEST(Scan, KillsALibraryThatHangs) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(reason(hostile("hangs"), 500ms), HasSubstr("it did not answer within 0.5 s"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

TEST(Scan, IsNotFooledByWhatALibraryPrintsOrLeavesRunning) {
  EXPECT_EQ(plugin_in("prints"), "prints");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(plugin_in("leaves_a_child"), "leaves-a-child");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, scan_limit / 2);
}

TEST(Scan, RefusesFilesThatAreNoLibraries) {
  const test::TemporaryFolder folder;
  EXPECT_THAT(reason(test::write_file(folder / "text.so", "not a library\n")), HasSubstr("no shared library"));
  EXPECT_THAT(reason(test::write_file(folder / "empty.so", "")), HasSubstr("no shared library"));
  EXPECT_NE(reason(folder / "missing.so"), "");
}

// Every prefix length of interest and many flipped bytes: whatever it is called, it is a refusal or a description.
TEST(Scan, SurvivesDamagedLibraries) {
  const test::TemporaryFolder folder;
  const std::string whole = test::read_file(hostile("rival"));
  std::vector<fs::path> files;
  for (const size_t size : {size_t{5}, size_t{63}, size_t{64}, size_t{200}, size_t{4096}, whole.size() / 2}) {
    files.push_back(test::write_file(folder / ("cut" + std::to_string(size) + ".so"), whole.substr(0, size)));
  }
  for (size_t at = 16; at < 64; at += 3) {  // the ELF header
    std::string bytes = whole;
    bytes[at] = static_cast<char>(~bytes[at]);
    files.push_back(test::write_file(folder / ("flip" + std::to_string(at) + ".so"), bytes));
  }
  const std::vector<ScanResult> results = scan(scanner, files);
  ASSERT_EQ(results.size(), files.size());
  for (size_t i = 0; i < 6; ++i) EXPECT_TRUE(std::holds_alternative<Refusal>(results[i])) << files[i];
}

TEST(Scan, KeepsTheOrderOfMany) {
  std::vector<fs::path> files;
  for (int i = 0; i < 4; ++i) {
    for (const char* name : {"good", "crashes", "rival", "no_entry"}) files.push_back(hostile(name));
  }
  const std::vector<ScanResult> results = scan(scanner, files);
  ASSERT_EQ(results.size(), files.size());
  for (size_t i = 0; i < files.size(); ++i) {
    EXPECT_EQ(std::holds_alternative<PackageRecord>(results[i]), i % 2 == 0) << i;
    const auto* package = std::get_if<PackageRecord>(&results[i]);
    EXPECT_EQ(package != nullptr ? package->path : std::get<Refusal>(results[i]).path, files[i]);
  }
}

TEST(Scan, RefusesGarbageForAnAnswer) {
  const std::vector<fs::path> one{hostile("good")};
  const auto reason_of = [&](const char* program) { return std::get<Refusal>(scan(program, one).at(0)).reason; };
  EXPECT_THAT(reason_of("/bin/echo"), HasSubstr("something that is no description"));
  EXPECT_THAT(reason_of("/bin/true"), HasSubstr("it ended the process"));
}

TEST(Scan, SaysWhenTheProgramCannotBeStarted) {
  const std::vector<fs::path> one{hostile("good")};
  EXPECT_THROW(scan("/nowhere/ocellus", one), Error);
}

}  // namespace
}  // namespace ocellus::registry
