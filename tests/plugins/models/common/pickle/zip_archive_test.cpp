#include "plugins/models/common/pickle/zip_archive.hpp"

#include <gmock/gmock.h>

#include "tests/plugins/models/common/pickle/hand_made.hpp"
#include "tests/plugins/models/common/weights/hand_made.hpp"

namespace ocellus::models {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::string refusal(const std::string& file) {
  const std::string sentence = complaint([&] { read_zip_archive(bytes_of(file), "x.bin"); });
  EXPECT_THAT(sentence, StartsWith("x.bin: "));
  return sentence;
}

std::string content(const std::vector<ZipEntry>& entries, std::string_view name) {
  const ZipEntry* const entry = find_entry(entries, name);
  if (entry == nullptr) return "(none)";
  return {reinterpret_cast<const char*>(entry->bytes.data()), entry->bytes.size()};
}

const ZipPart one{"a/one", "first"}, two{"a/two", "second"};

TEST(ZipArchive, FindsStoredEntriesWhereTheyLie) {
  for (const bool zip64 : {false, true}) {
    ZipPart part = two;
    part.zip64 = zip64;
    const std::string file = zip({one, part, {"a/none", ""}}, {.zip64 = zip64});
    const auto entries = read_zip_archive(bytes_of(file), "x.bin");
    ASSERT_EQ(entries.size(), 3u);
    EXPECT_EQ(content(entries, "a/one"), "first");
    EXPECT_EQ(content(entries, "a/two"), "second");
    EXPECT_EQ(content(entries, "a/none"), "");
    EXPECT_EQ(find_entry(entries, "a/three"), nullptr);
    EXPECT_GT(reinterpret_cast<const char*>(entries[1].bytes.data()), file.data());  // no copy
    EXPECT_LE(reinterpret_cast<const char*>(entries[1].bytes.data()), file.data() + file.size());
  }
  EXPECT_TRUE(read_zip_archive(bytes_of(zip({})), "x.bin").empty());
}

TEST(ZipArchive, ReadsSizesThatFollowTheData) {
  for (const unsigned width : {4u, 8u}) {
    for (const std::string& signature : {std::string("PK\x07\x08"), std::string()}) {
      ZipPart part = one;
      part.flags = 8;
      part.local_size = 0;
      part.descriptor = signature + little_endian(77, 4) + little_endian(5, width) + little_endian(5, width);
      const std::string file = zip({part, two});
      EXPECT_EQ(content(read_zip_archive(bytes_of(file), "x.bin"), "a/one"), "first");
    }
  }
  ZipPart part = one;
  part.flags = 8;
  part.descriptor = "PK\x07\x08" + little_endian(77, 4) + little_endian(4, 4) + little_endian(4, 4);
  EXPECT_THAT(refusal(zip({part})), HasSubstr("another size behind its data"));
}

TEST(ZipArchive, RefusesWhatIsPackedOrEncrypted) {
  ZipPart part = one;
  part.method = 8;
  EXPECT_THAT(refusal(zip({part})), AllOf(HasSubstr("\"a/one\""), HasSubstr("compressed")));
  part = one;
  part.flags = 1;
  EXPECT_THAT(refusal(zip({part})), HasSubstr("encrypted"));
}

TEST(ZipArchive, RefusesEntriesThatMeanMoreThanTheyAre) {
  ZipPart part = one;
  part.size = 1'000'000;
  part.packed = 5;
  EXPECT_THAT(refusal(zip({part})), HasSubstr("two sizes"));
  part.packed = 1'000'000;
  part.local_size = 1'000'000;
  EXPECT_THAT(refusal(zip({part})), HasSubstr("reaches into the archive's directory"));
  part = two;
  part.header = 0;  // the bytes of the entry before it, again
  part.name = one.name + "x";
  EXPECT_THAT(refusal(zip({one, part})), HasSubstr("described in two ways"));
  // An entry whose data hold another entry, header and all.
  const std::string inner = zip({two}).substr(0, 30 + two.name.size() + two.data.size());
  ZipPart outer{"a/out", inner};
  ZipPart nested = two;
  nested.header = static_cast<std::int64_t>(30 + outer.name.size());
  EXPECT_THAT(refusal(zip({outer, nested})), HasSubstr("overlap"));
}

TEST(ZipArchive, RefusesNamesThatClimbOut) {
  for (const char* name : {"", "/a", "a/", "..", "a/../b", "./a", "a//b", "a\\b", "a\nb", "a\x7f"})
    EXPECT_THAT(refusal(zip({{name, "x"}})), HasSubstr("does not have the name of a file inside")) << name;
  EXPECT_THAT(refusal(zip({{std::string("a\0b", 3), "x"}})), HasSubstr("inside of the archive"));
  EXPECT_THAT(refusal(zip({one, one})), HasSubstr("comes twice"));
}

TEST(ZipArchive, RefusesHeadersThatDisagree) {
  ZipPart part = one;
  part.local_name = "a/two";
  EXPECT_THAT(refusal(zip({part})), HasSubstr("described in two ways"));
  part = one;
  part.local_size = 4;
  EXPECT_THAT(refusal(zip({part})), HasSubstr("two sizes"));
  part = one;
  part.header = 7;
  EXPECT_THAT(refusal(zip({part})), HasSubstr("no header at byte 7"));
  part.header = 0xfffffff0;
  EXPECT_THAT(refusal(zip({part})), HasSubstr("no header"));
}

TEST(ZipArchive, RefusesAnArchiveThatDoesNotEndWithItsFile) {
  EXPECT_THAT(refusal(""), HasSubstr("does not end with the record"));
  EXPECT_THAT(refusal("PK"), HasSubstr("does not end with the record"));
  EXPECT_THAT(refusal(zip({one}, {.behind = "more"})), HasSubstr("does not end with the record"));
  for (const bool zip64 : {false, true}) {
    EXPECT_THAT(refusal(zip({one}, {.zip64 = zip64, .count = 2})), HasSubstr("claims 2"));
    EXPECT_THAT(refusal(zip({one}, {.zip64 = zip64, .begin = 3})), HasSubstr("directory does not end where"));
    EXPECT_THAT(refusal(zip({one}, {.zip64 = zip64, .size = 3})), HasSubstr("directory does not end where"));
    EXPECT_THAT(refusal(zip({one}, {.zip64 = zip64, .disk = 1})), HasSubstr("several files"));
  }
  EXPECT_THAT(refusal(zip({one}, {.zip64 = true, .begin = 64, .size = 0x7fffffffffffffff})),
              HasSubstr("directory does not end where"));
}

TEST(ZipArchive, RefusesEveryCut) {
  ZipPart part = two;
  part.zip64 = true;
  const std::string file = zip({one, part}, {.zip64 = true});
  for (std::size_t size = 0; size < file.size(); ++size) refusal(file.substr(0, size));
}

}  // namespace
}  // namespace ocellus::models
