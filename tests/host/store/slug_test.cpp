#include "host/store/slug.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

namespace ocellus::store {
namespace {

using ::testing::ElementsAre;

TEST(Slug, KeepsSafeNames) {
  for (const char* name : {"a", "Cat_01", "x.y-z", "-v", "0"}) {
    EXPECT_TRUE(is_file_name(name)) << name;
    EXPECT_EQ(slug(name), name);
  }
  EXPECT_TRUE(is_file_name(std::string(120, 'a')));
}

TEST(Slug, KnowsUnsafeNames) {
  for (const char* name : {"", ".", "..", ".hidden", "a/b", "a b", "a\nb", "größe", "a\\b", "C:x"}) {
    EXPECT_FALSE(is_file_name(name)) << name;
  }
  EXPECT_FALSE(is_file_name(std::string(121, 'a')));
  EXPECT_FALSE(is_file_name(std::string_view("a\0b", 3)));
}

TEST(Slug, ReplacesWhatIsUnsafe) {
  EXPECT_EQ(slug("../../etc/passwd"), "etc-passwd");
  EXPECT_EQ(slug("what is this?"), "what-is-this");
  EXPECT_EQ(slug("größe.png"), "gr-e.png");
  EXPECT_EQ(slug("..."), "sample");
  EXPECT_EQ(slug("日本"), "sample");
  EXPECT_EQ(slug(std::string(300, 'a')), std::string(100, 'a'));
}

// The digits are those of `printf %s SENTENCE | sha256sum`, on any machine.
TEST(SentenceSlug, IsItsWordsAndAHash) {
  EXPECT_EQ(sentence_slug("What color is the STAR?"), "what-color-is-the-star-d816164b");
  EXPECT_EQ(sentence_slug("  what's  on (it)... "), "what-s-on-it-810603c9");
  EXPECT_EQ(sentence_slug(""), "");
  EXPECT_EQ(sentence_slug("这是什么?"), "10a70f8d");
  EXPECT_EQ(sentence_slug("?"), "8a8de823");
}

TEST(SentenceSlug, IsCutBetweenWordsAndTellsLongSentencesApart) {
  const std::string longer = "What is the person on the left side of the picture holding";
  const std::string left = sentence_slug(longer + " in the left hand?"),
                    right = sentence_slug(longer + " in the right?");
  const std::string words = "what-is-the-person-on-the-left-side-of-";
  EXPECT_TRUE(left.starts_with(words)) << left;
  EXPECT_EQ(left.size(), words.size() + 8);
  EXPECT_TRUE(right.starts_with(words));
  EXPECT_NE(left, right);
  EXPECT_EQ(sentence_slug(std::string(90, 'a')).size(), 40u + 1 + 8);
  EXPECT_NE(sentence_slug("Why?"), sentence_slug("why?"));
  EXPECT_TRUE(is_file_name(sentence_slug(std::string("\0/../\n\xff", 8))));
}

TEST(SampleFolders, KeepUniqueSafeIds) {
  const std::vector<SlugSource> samples{
      {"7", "cat"}, {"a/b", "cat"}, {"twice", "cat"}, {"twice", "dog"}, {"", "my cat"}};
  EXPECT_THAT(sample_folders(samples), ElementsAre("7", "a-b-1", "twice-2", "twice-3", "my-cat-4"));
}

TEST(SampleFolders, GiveWayToAnIdOfTheirName) {
  const std::vector<SlugSource> samples{{"a/b", ""}, {"a-b-0", ""}, {"a-b-0_", ""}};
  EXPECT_THAT(sample_folders(samples), ElementsAre("a-b-0__", "a-b-0", "a-b-0_"));
}

TEST(SampleFolders, AreDifferentAndSafeWhateverTheIds) {
  std::mt19937 random(11);
  const std::string alphabet(
      "ab.-_/ \\\0\n\xc3\xbc"
      "0",
      13);
  for (int round = 0; round < 300; ++round) {
    std::vector<SlugSource> samples(1 + random() % 20);
    for (SlugSource& sample : samples) {
      for (std::string* text : {&sample.id, &sample.image}) {
        const size_t size = random() % 50 == 0 ? 400 : random() % 4;
        for (size_t i = 0; i < size; ++i) *text += alphabet[random() % alphabet.size()];
      }
    }
    const std::vector<std::string> folders = sample_folders(samples);
    EXPECT_EQ(folders.size(), samples.size());
    EXPECT_EQ(std::set(folders.begin(), folders.end()).size(), samples.size());
    for (const std::string& folder : folders) EXPECT_TRUE(is_file_name(folder)) << folder;
  }
}

}  // namespace
}  // namespace ocellus::store
