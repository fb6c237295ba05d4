#include "host/sanity/exchange.hpp"

#include <gmock/gmock.h>

#include <set>
#include <sstream>

namespace ocellus::sanity {
namespace {

using Questions = std::vector<std::string>;

std::multiset<std::string> words_of(const std::string& text) {
  std::multiset<std::string> words;
  std::istringstream in(text);
  for (std::string word; in >> word;) words.insert(word);
  return words;
}

TEST(Exchanged, NobodyKeepsHisQuestionAndEachIsGivenAsOftenAsAsked) {
  const Questions asked{"a", "b", "c", "a", "d", "b", "e", "a"};
  std::set<Questions> seen;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Questions given = exchanged(asked, seed);
    ASSERT_EQ(given.size(), asked.size());
    for (size_t i = 0; i < asked.size(); ++i) EXPECT_NE(given[i], asked[i]) << seed;
    seen.insert(given);
    EXPECT_THAT(given, ::testing::UnorderedElementsAreArray(asked)) << seed;
  }
  EXPECT_GT(seen.size(), 20u) << "the seed decides";
  EXPECT_EQ(exchanged(asked, 7), exchanged(asked, 7));
}

TEST(Exchanged, OfTwoEachHasTheOthers) {
  EXPECT_EQ(exchanged({"a", "b"}, 0), (Questions{"b", "a"}));
}

TEST(Exchanged, WhereMostAskTheSameOthersServeSeveral) {
  const Questions asked{"a", "a", "b", "a", "a", "c"};
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Questions given = exchanged(asked, seed);
    for (size_t i = 0; i < asked.size(); ++i) EXPECT_NE(given[i], asked[i]) << seed;
  }
}

TEST(Exchanged, WhereAllAskTheSameItsWordsAreShuffled) {
  const std::string question = "What color is the star?";
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Questions given = exchanged({question, question}, seed);
    ASSERT_EQ(given.size(), 2u);
    EXPECT_EQ(given[0], given[1]);
    EXPECT_NE(given[0], question);
    EXPECT_EQ(words_of(given[0]), words_of(question));
  }
}

TEST(Exchanged, WhereThereIsNoOtherQuestionThereIsNone) {
  EXPECT_TRUE(exchanged({}, 0).empty());
  EXPECT_TRUE(exchanged({"Why?"}, 0).empty());
  EXPECT_TRUE(exchanged({"why why why"}, 0).empty());
  EXPECT_TRUE(exchanged({"", ""}, 0).empty());
}

}  // namespace
}  // namespace ocellus::sanity
