#include "host/run/pointing.hpp"

#include <gmock/gmock.h>

#include "host/store/stored_values.hpp"

namespace ocellus::run {
namespace {

using store::Array;
using store::array_of;
using store::ArtifactData;

// 2 x 3 equal cells over the whole image.
Array six_cells() {
  std::vector<float> corners;
  for (int row = 0; row < 2; ++row) {
    for (int col = 0; col < 3; ++col) {
      const float x = static_cast<float>(col), y = static_cast<float>(row);
      corners.insert(corners.end(), {x / 3, y / 2, (x + 1) / 3, (y + 1) / 2});
    }
  }
  return array_of<float>(corners, {2, 3, 4});
}

ArtifactData map(const std::vector<float>& values) {
  ArtifactData artifact;
  artifact.type = "heatmap/1", artifact.label = "m", artifact.image = 0;
  artifact.tensors = {{"values", array_of<float>(values, {2, 3})}, {"cells", six_cells()}};
  artifact.numbers = {{"layer", 7}};
  return artifact;
}

// 300 x 200 pixels: cells of 100 x 100. The box holds the centres of the right cell of the upper row only.
const std::vector<ImageSize> size{{300, 200}};
const std::vector<Box> right_of_the_top{{"it", 0, 210, 10, 300, 90}};

PointingScore only_score(const std::vector<float>& values, const std::vector<Box>& boxes = right_of_the_top) {
  const std::vector<PointingScore> scores = score_pointing({map(values)}, boxes, size);
  EXPECT_EQ(scores.size(), 1u);
  return scores.at(0);
}

TEST(Pointing, TheHottestCellsCentreDecides) {
  const PointingScore hit = only_score({1, 2, 5, 0, 0, 2}), miss = only_score({5, 2, 1, 0, 0, 2});
  EXPECT_EQ(hit.label, "m");
  EXPECT_EQ(hit.layer, 7);
  EXPECT_EQ(hit.pointing, 1);
  EXPECT_EQ(miss.pointing, 0);
  EXPECT_DOUBLE_EQ(hit.energy, 0.5);
  EXPECT_DOUBLE_EQ(miss.energy, 0.1);
}

TEST(Pointing, ADegenerateMapHasNoScore) {
  ArtifactData one = map({1, 2, 5, 0, 0, 2}), stack = one;
  one.texts = {{"degenerate", "nothing is there"}};
  stack.type = "heatmap-stack/1";
  stack.numbers.clear();
  stack.texts = {{"axis", "layer"}, {"degenerate.4", "nothing is there"}};
  stack.tensors[0].second = array_of<float>({1, 2, 5, 0, 0, 2, 1, 2, 5, 0, 0, 2}, {2, 2, 3});
  stack.tensors.emplace_back("index", array_of<int64_t>({3, 4}, {2}));
  EXPECT_TRUE(score_pointing({one}, right_of_the_top, size).empty());
  const std::vector<PointingScore> scores = score_pointing({stack}, right_of_the_top, size);
  ASSERT_EQ(scores.size(), 1u);
  EXPECT_EQ(scores[0].layer, 3);
}

TEST(Pointing, TiesAreShared) {
  EXPECT_DOUBLE_EQ(only_score({0, 5, 5, 0, 0, 0}).pointing, 0.5);
  const PointingScore constant = only_score({3, 3, 3, 3, 3, 3});
  EXPECT_DOUBLE_EQ(constant.pointing, 1.0 / 6);
  EXPECT_DOUBLE_EQ(constant.energy, constant.random);
}

TEST(Pointing, OnlyPositiveValuesHaveEnergy) {
  EXPECT_DOUBLE_EQ(only_score({-5, 1, 1, 0, 0, 0}).energy, 0.5);
  EXPECT_EQ(only_score({-1, -2, -3, -4, -5, -6}).energy, 0);
}

TEST(Pointing, ControlsSeeNoMap) {
  for (const std::vector<float>& values : {std::vector<float>{1, 2, 5, 0, 0, 2}, {5, 2, 1, 0, 0, 2}}) {
    const PointingScore score = only_score(values);
    EXPECT_DOUBLE_EQ(score.random, 1.0 / 6);
    EXPECT_EQ(score.centre, 0);
  }
  // Nearest to the centre are the two middle cells; the box holds the upper one.
  EXPECT_DOUBLE_EQ(only_score({1, 0, 0, 0, 0, 0}, {{"it", 0, 100, 0, 200, 100}}).centre, 0.5);
}

TEST(Pointing, SeveralBoxesAreOneObject) {
  EXPECT_DOUBLE_EQ(only_score({1, 1, 1, 1, 0, 0}, {{"a", 0, 0, 0, 100, 100}, {"b", 0, 0, 0, 100, 200}}).energy, 0.5);
}

TEST(Pointing, AStackHasAScoreALayer) {
  ArtifactData stack = map({});
  stack.type = "heatmap-stack/1";
  stack.tensors[0].second = array_of<float>({1, 2, 5, 0, 0, 2, 5, 2, 1, 0, 0, 2}, {2, 2, 3});
  stack.tensors.emplace_back("index", array_of<int64_t>({4, 2}, {2}));
  stack.texts.emplace_back("axis", "layer");
  const std::vector<PointingScore> scores = score_pointing({stack}, right_of_the_top, size);
  ASSERT_EQ(scores.size(), 2u);
  EXPECT_EQ(scores[0].layer, 4);
  EXPECT_EQ(scores[0].pointing, 1);
  EXPECT_EQ(scores[1].layer, 2);
  EXPECT_EQ(scores[1].pointing, 0);
  EXPECT_EQ(score_of(scores, stack, 1, "random"), scores[1].random);
  EXPECT_EQ(score_of(scores, stack, 0, "nothing"), std::nullopt);

  // Heads of one layer, which the label tells.
  stack.texts.back().second = "head";
  const std::vector<PointingScore> heads = score_pointing({stack}, right_of_the_top, size);
  ASSERT_EQ(heads.size(), 2u);
  EXPECT_EQ(heads[0].label, "m.head4");
  EXPECT_EQ(heads[0].layer, 7);
  EXPECT_EQ(score_of(heads, stack, 0, "pointing"), 1.0);
  EXPECT_EQ(score_of(heads, stack, 1, "pointing"), 0.0);
}

// A prompt of one token, then "Red star, blue ball" in six tokens and a stop token, of layers 2 and 5.
ArtifactData film() {
  ArtifactData film;
  film.type = "token-steps/1", film.label = "m";
  film.texts = {{"text", "?Red star, blue ball"}, {"alignment", "produced"}, {"heads", "mean"}};
  film.numbers = {{"prompt_tokens", 1}, {"images", 1}};
  // "?", "R", "ed", " star", ",", " blue", " ball", stop
  film.tensors = {{"offsets", array_of<int64_t>({0, 1, 1, 2, 2, 4, 4, 9, 9, 10, 10, 15, 15, 20, 20, 20}, {8, 2})},
                  {"layers", array_of<int64_t>({2, 5}, {2})},
                  {"tokens", array_of<int64_t>({1, 2, 3, 4, 5, 6, 7}, {7})},
                  {"is_stop", array_of<int64_t>({0, 0, 0, 0, 0, 0, 1}, {7})}};
  const std::vector<float> left{5, 0, 0, 0, 0, 0}, right{0, 0, 5, 0, 0, 0};
  std::vector<float> values;
  for (const auto& maps : {std::vector{right, right, right, left, left, left, right},  // as the boxes want it
                           std::vector{left, right, left, right, right, left, right}}) {
    for (const std::vector<float>& map : maps) values.insert(values.end(), map.begin(), map.end());
  }
  film.tensors.emplace_back("image0", array_of<float>(values, {2, 7, 2, 3}));
  film.tensors.emplace_back("image0.cells", six_cells());
  return film;
}

TEST(Pointing, AWordIsScoredAgainstTheBoxesThatItNames) {
  const std::vector<Box> boxes{{"red STAR", 0, 200, 0, 300, 100}, {"blue ball", 0, 0, 0, 100, 100}};
  const std::vector<PointingScore> scores = score_pointing({film()}, boxes, size);
  ASSERT_EQ(scores.size(), 2u);
  EXPECT_EQ(scores[0].label, "m.words");
  EXPECT_EQ(scores[0].layer, 2);
  EXPECT_DOUBLE_EQ(scores[0].pointing, 1);  // the comma and the stop token have no score
  EXPECT_EQ(scores[1].layer, 5);
  EXPECT_DOUBLE_EQ(scores[1].pointing, 2.0 / 5);  // "ed" and "ball"
  EXPECT_DOUBLE_EQ(scores[1].energy, 2.0 / 5);
  EXPECT_DOUBLE_EQ(scores[1].random, 1.0 / 6);
}

TEST(Pointing, AWordOfTwoLabelsNamesBothAndOneOfNoLabelNone) {
  const std::vector<Box> both{{"red star", 0, 200, 0, 300, 100}, {"red ball", 0, 0, 0, 100, 100}};
  const std::vector<PointingScore> scores = score_pointing({film()}, both, size);
  ASSERT_EQ(scores.size(), 2u);
  EXPECT_DOUBLE_EQ(scores[1].pointing, 3.0 / 4);  // "R" and "ed" in either box, "star" not, "ball" in its own
  EXPECT_TRUE(score_pointing({film()}, {{"green", 0, 0, 0, 300, 200}}, size).empty());
  EXPECT_TRUE(score_pointing({film()}, {{"red", 1, 0, 0, 300, 200}}, {{300, 200}, {300, 200}}).empty());
}

TEST(Pointing, NoBoxOfTheImageNoScore) {
  EXPECT_TRUE(score_pointing({map({1, 2, 5, 0, 0, 2})}, {}, size).empty());
  EXPECT_TRUE(score_pointing({map({1, 2, 5, 0, 0, 2})}, {{"it", 1, 0, 0, 9, 9}}, {{300, 200}, {9, 9}}).empty());
}

TEST(Pointing, RecordsReadBack) {
  const std::vector<PointingScore> scores = score_pointing({map({1, 2, 5, 0, 0, 2})}, right_of_the_top, size);
  const nlohmann::ordered_json record = pointing_record(scores);
  EXPECT_EQ(pointing_record(read_pointing(record)), record);
  EXPECT_THROW(read_pointing(nlohmann::ordered_json::array({{{"label", "m"}}})), nlohmann::json::exception);
}

TEST(Pointing, TheTableIsTheMeanByLabelAndLayer) {
  PointingTable table;
  table.add({only_score({1, 2, 5, 0, 0, 2})});
  table.add({only_score({5, 2, 1, 0, 0, 2})});
  PointingScore other = only_score({1, 2, 5, 0, 0, 2});
  other.layer = 8;
  table.add({other});
  ASSERT_EQ(table.rows().size(), 2u);
  EXPECT_EQ(table.rows()[0].n, 2u);
  EXPECT_DOUBLE_EQ(table.rows()[0].mean.pointing, 0.5);
  EXPECT_DOUBLE_EQ(table.rows()[0].mean.energy, 0.3);
  EXPECT_EQ(pointing_csv(table.rows()),
            "label,layer,n,pointing,energy,centre,random\n"
            "m,7,2,0.500000,0.300000,0.000000,0.166667\n"
            "m,8,1,1.000000,0.500000,0.000000,0.166667\n");
}

}  // namespace
}  // namespace ocellus::run
