#include "host/run/names_apart.hpp"

#include <gtest/gtest.h>

namespace ocellus::run {
namespace {

using Samples = std::vector<SampleWords>;

TEST(NamesApart, OneSampleMayHaveAnyName) {
  EXPECT_TRUE(names_apart(Samples{{"Why?", {"a.png"}}}).tells("map"));
  EXPECT_FALSE(names_apart(Samples{{"Why?", {"a.png"}}, {"How?", {"a.png"}}}).tells("map"));
}

TEST(NamesApart, TheFolderAlwaysTells) {
  const NamesApart apart = names_apart(Samples{{"Why?", {"a.png"}}, {"Why?", {"a.png"}}});
  EXPECT_TRUE(apart.tells("{sample}_map"));
  EXPECT_TRUE(apart.tells("{sample/}map"));
  EXPECT_FALSE(apart.tells("{image}/map_{question}"));
}

TEST(NamesApart, QuestionsTellWhereTheyDiffer) {
  const NamesApart apart = names_apart(Samples{{"Why?", {"a.png"}}, {"How?", {"a.png"}}});
  EXPECT_TRUE(apart.tells("map_{question}"));
  EXPECT_FALSE(apart.tells("map_{image}"));
}

TEST(NamesApart, TheSameQuestionsAboutOtherPicturesNeedTheirNames) {
  const NamesApart apart = names_apart(Samples{{"Why?", {"in/a.png"}}, {"Why?", {"in/b.png"}}});
  EXPECT_FALSE(apart.tells("map_{question}"));
  EXPECT_TRUE(apart.tells("{image}/map_{question}"));
  EXPECT_FALSE(apart.tells("{image}/map"));
  // Pictures whose names are the same, or become the same.
  EXPECT_FALSE(names_apart(Samples{{"Why?", {"in/a.png"}}, {"Why?", {"out/a.jpg"}}}).tells("{image}/{question}"));
  EXPECT_FALSE(names_apart(Samples{{"Why?", {"a b.png"}}, {"Why?", {"a-b.png"}}}).tells("{image}/{question}"));
  EXPECT_FALSE(names_apart(Samples{{"Why?", {"a.png", "b.png"}}, {"Why?", {"b.png"}}}).tells("{image}/{question}"));
}

TEST(NamesApart, PairsOfQueryAndCandidateNeedBothNames) {
  NamesApart apart = names_apart(Samples{{"Why?", {"a.png"}}, {"Why?", {"b.png"}}});
  EXPECT_FALSE(apart.tells("{query}_{candidate}"));
  apart.are_pairs = true;
  EXPECT_TRUE(apart.tells("{query}_{candidate}"));
  EXPECT_TRUE(apart.tells("{query/}_img_{candidate}"));
  EXPECT_FALSE(apart.tells("_img_{candidate}"));
}

}  // namespace
}  // namespace ocellus::run
