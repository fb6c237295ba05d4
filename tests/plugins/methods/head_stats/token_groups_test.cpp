#include "plugins/methods/head_stats/token_groups.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "tests/support/small_layout.hpp"

namespace ocellus::methods {
namespace {

// As LLaVA's vicuna template lays a prompt out:
//   0 bos | 1 2 3 system | 4 5 special ("USER:") | 6 7 image 0 | 8 9 question | 10 special ("ASSISTANT:")
const std::vector<oc_segment> vicuna{{OC_SEGMENT_BOS, 0, 0, 1, -1, 0},       {OC_SEGMENT_SYSTEM, 0, 1, 4, -1, 0},
                                     {OC_SEGMENT_SPECIAL, 1, 4, 6, -1, 0},   {OC_SEGMENT_IMAGE, 1, 6, 8, 0, 0},
                                     {OC_SEGMENT_QUESTION, 1, 8, 10, -1, 0}, {OC_SEGMENT_SPECIAL, 2, 10, 11, -1, 0}};

std::vector<std::string> names(const std::vector<TokenGroup>& groups) {
  std::vector<std::string> names;
  for (const TokenGroup& group : groups) names.push_back(group.name);
  return names;
}

void expect_partition(const std::vector<TokenGroup>& groups, int64_t n_tokens) {
  Tokens all;
  for (const TokenGroup& group : groups) {
    EXPECT_FALSE(group.tokens.empty()) << group.name;
    all.insert(all.end(), group.tokens.begin(), group.tokens.end());
  }
  std::sort(all.begin(), all.end());
  Tokens expected(static_cast<size_t>(n_tokens));
  std::iota(expected.begin(), expected.end(), int64_t{0});
  EXPECT_EQ(all, expected);
}

TEST(TokenGroups, PartitionThePromptInAFixedOrder) {
  const std::vector<TokenGroup> groups = token_groups(vicuna, 11);
  EXPECT_EQ(names(groups), (std::vector<std::string>{"bos", "system", "question", "special", "image0"}));
  EXPECT_EQ(groups[3].tokens, (Tokens{4, 5, 10}));
  expect_partition(groups, 11);
}

TEST(TokenGroups, WithoutBosTheFirstTokenStandsByItself) {
  const std::vector<TokenGroup> groups = token_groups(test::SmallLayout().segments, 15);
  EXPECT_EQ(names(groups),
            (std::vector<std::string>{"first_token", "system", "question", "special", "image0", "image1"}));
  EXPECT_EQ(groups[0].tokens, Tokens{0});
  EXPECT_EQ(groups[1].tokens, Tokens{1});
  expect_partition(groups, 15);
}

TEST(TokenGroups, AnImageKeepsItsFirstToken) {
  const std::vector<oc_segment> segments{{OC_SEGMENT_IMAGE, 0, 0, 2, 0, 0}, {OC_SEGMENT_QUESTION, 0, 2, 4, -1, 0}};
  EXPECT_EQ(names(token_groups(segments, 4)), (std::vector<std::string>{"question", "image0"}));
}

TEST(TokenGroups, NothingBehindThePromptCounts) {
  std::vector<oc_segment> segments = vicuna;
  segments.push_back({OC_SEGMENT_GIVEN_ANSWER, 2, 11, 14, -1, 0});
  expect_partition(token_groups(segments, 11), 11);
  EXPECT_EQ(honest_sides(segments, 11).text, honest_sides(vicuna, 11).text);
  EXPECT_EQ(upstream_sides(segments, 11).text, upstream_sides(vicuna, 11).text);
}

TEST(Sides, HonestTextIsWithoutBosAndSystem) {
  const Sides sides = honest_sides(vicuna, 11);
  EXPECT_EQ(sides.text, (Tokens{4, 5, 8, 9, 10}));
  EXPECT_EQ(sides.image, (Tokens{6, 7}));
}

TEST(Sides, UpstreamTextHasBosAndLosesTheTokenBehindTheSystemMessage) {
  const Sides sides = upstream_sides(vicuna, 11);
  EXPECT_EQ(sides.text, (Tokens{0, 5, 8, 9, 10}));
  EXPECT_EQ(sides.image, (Tokens{6, 7}));
}

TEST(Sides, UpstreamNeverTakesAnImageTokenForTheSystemMessage) {
  const std::vector<oc_segment> segments{
      {OC_SEGMENT_SYSTEM, 0, 0, 2, -1, 0}, {OC_SEGMENT_IMAGE, 0, 2, 4, 0, 0}, {OC_SEGMENT_QUESTION, 0, 4, 6, -1, 0}};
  const Sides sides = upstream_sides(segments, 6);
  EXPECT_EQ(sides.image, (Tokens{2, 3}));
  EXPECT_EQ(sides.text, (Tokens{4, 5}));
}

TEST(Sides, AreEmptyWithoutImageOrText) {
  EXPECT_TRUE(honest_sides(std::span(vicuna).first(3), 6).image.empty());
  const std::vector<oc_segment> bare{{OC_SEGMENT_BOS, 0, 0, 1, -1, 0}, {OC_SEGMENT_IMAGE, 0, 1, 3, 0, 0}};
  EXPECT_TRUE(honest_sides(bare, 3).text.empty());
}

}  // namespace
}  // namespace ocellus::methods
