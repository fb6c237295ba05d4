#include "plugins/methods/head_stats/head_ranking.hpp"

#include <gtest/gtest.h>

namespace ocellus::methods {
namespace {

// Two samples, layers 4 and 7 of two heads.
HeadRecords records() {
  HeadRecords of;
  of.layers = {4, 7};
  of.heads = {0, 1};
  of.samples = {"a", "b"};
  of.categories = {"OCR", "scene"};
  of.quantities = {"text_to_visual", "visual_to_text", "total"};
  of.values.resize(3);
  of.values[0] = {0.1f, 0.92f, 0.01f, 0.6f, 0.3f, 1.0f, 0.03f, 0.2f};
  of.values[1] = {0.5f, 0.02f, 0.02f, 0.4f, 0.5f, 0.0f, 0.04f, 0.4f};
  for (size_t i = 0; i < 8; ++i) of.values[2].push_back(of.values[0][i] + of.values[1][i]);
  return of;
}

TEST(HeadRanking, HeadsByTheirMeanOverSamples) {
  const std::vector<Ranked> heads = rank_heads(records(), 0.1);
  ASSERT_EQ(heads.size(), 4u);
  EXPECT_EQ(heads[0].layer, 0);
  EXPECT_EQ(heads[0].head, 1);
  EXPECT_NEAR(heads[0].mean[0], 0.96, 1e-6);
  EXPECT_EQ(heads[0].rank[0], 1);
  EXPECT_EQ(heads[0].rank[1], 4);
  EXPECT_EQ(heads[3].layer, 1);
  EXPECT_EQ(heads[3].head, 0);
}

TEST(HeadRanking, FlagsWhatTheStudyCallsUnusual) {
  const std::vector<Ranked> heads = rank_heads(records(), 0.1);
  EXPECT_EQ(heads[0].flags, "extreme");                  // near 1 and near 0, in every sample
  EXPECT_EQ(heads[1].flags, "");                         // layer 7, head 1
  EXPECT_EQ(heads[3].flags, "both_low+extreme");         // near 0 both ways
  EXPECT_EQ(rank_heads(records(), 0.025)[3].flags, "");  // 0.04 is no longer low
}

TEST(HeadRanking, OfOneQuantityIsLowWhatIsLow) {
  HeadRecords of = records();
  of.quantities = {"visual_to_text"};
  of.values = {of.values[1]};
  const std::vector<Ranked> heads = rank_heads(of, 0.1);
  EXPECT_EQ(heads[0].rank, std::vector<int64_t>{1});
  EXPECT_NEAR(heads[0].mean[0], 0.5, 1e-6);
  EXPECT_EQ(heads[0].flags, "");
  EXPECT_EQ(heads[3].flags, "low+extreme");
}

TEST(HeadRanking, LayersOverTheirHeads) {
  const std::vector<Ranked> layers = rank_layers(records(), 0.1);
  ASSERT_EQ(layers.size(), 2u);
  EXPECT_EQ(layers[0].layer, 0);
  EXPECT_EQ(layers[0].head, -1);
  EXPECT_NEAR(layers[0].mean[0], 2.32 / 4, 1e-6);
}

TEST(Groups, AreAllPartsOfTheValues) {
  const HeadRecords of = records();
  const std::vector<Group> groups = groups_of(of);
  ASSERT_EQ(groups.size(), 1u + 2 + 4 + 2 + 4);  // all, layers, heads, categories, layers of categories
  EXPECT_EQ(cells_of(of, groups[0]).size(), 4u);
  EXPECT_EQ(cells_of(of, groups[2]), (std::vector<size_t>{2, 3}));
  EXPECT_EQ(cells_of(of, groups[4]), (std::vector<size_t>{1}));
  EXPECT_EQ(samples_of(of, groups[8].category), (std::vector<size_t>{1}));
  EXPECT_EQ(samples_of(of, "").size(), 2u);
}

}  // namespace
}  // namespace ocellus::methods
