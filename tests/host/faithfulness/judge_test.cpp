#include "host/faithfulness/judge.hpp"

#include <gmock/gmock.h>

#include <set>

#include "host/faithfulness/masking.hpp"
#include "tests/host/faithfulness/pictures.hpp"

namespace ocellus::faithfulness {
namespace {

constexpr int size = 40;  // pixels a side, cells of 10 x 10
constexpr Pixel object_colour{200, 0, 0};

// An object in the upper left quarter of the picture.
bool is_object(int x, int y) {
  return x < size / 2 && y < size / 2;
}
media::Picture scene() {
  return picture_of(size, size, [](int x, int y) { return is_object(x, y) ? object_colour : Pixel{0, 0, 50}; });
}

// A model that answers 1 as long as it sees more than half of the object, and is as sure as it sees of it. It then says
// 2 whatever it sees, surer the more of the object is gone.
Replies reply_to(const media::Picture& picture) {
  int seen = 0;
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) seen += is_object(x, y) && pixel_at(picture, x, y) == object_colour ? 1 : 0;
  }
  const double share = seen / (size * size / 4.0);
  const Reply first{share, share > 0.5 ? 1 : 2};
  return {first, {first, {1 - share, 2}}};
}

MapOfImage map_of(const std::string& label, const std::vector<float>& values, int64_t layer = 0) {
  MapOfImage map;
  map.label = label;
  map.map.name.layer = layer;
  map.map.rows = map.map.cols = 4;
  map.map.values = values;
  map.map.cells = even_cells(4, 4);
  return map;
}
MapOfImage right_one() {
  return map_of("right", {9, 8, 0.5, 0.4f, 7, 6, 0.3f, 0.2f, -1, -2, -3, -4, -5, -6, -7, -8});
}
MapOfImage wrong_one() {
  return map_of("wrong", {-9, -8, 0.5, 0.4f, -7, -6, 0.3f, 0.2f, 1, 2, 3, 4, 5, 6, 7, 8});
}

class Judging : public ::testing::Test {
 protected:
  Judged judged(const std::vector<MapOfImage>& maps, bool with_box = true, uint64_t seed = 1) {
    std::vector<KnownPicture> pictures{{scene(), {}}};
    if (with_box) pictures[0].boxes = {{0, 0, size / 2, size / 2}};
    return judge(maps, pictures, settings_, seed, reply_to(pictures[0].picture),
                 [&](size_t n, const std::function<AlteredInput(size_t)>& input) {
                   std::vector<Replies> replies;
                   for (size_t i = 0; i < n; ++i) {
                     const AlteredInput altered = input(i);
                     EXPECT_EQ(altered.image, 0);
                     shown_.insert({altered.picture.rgb.get(), altered.picture.rgb.get() + 3 * size * size});
                     replies.push_back(reply_to(altered.picture));
                   }
                   n_shown_ += n;
                   return replies;
                 });
  }

  Settings settings_ = parse_settings("steps=8,fill=black,seeds=4");
  std::set<std::vector<uint8_t>> shown_;
  size_t n_shown_ = 0;
};

TEST_F(Judging, CurvesFollowTheOrderOfTheMap) {
  const Judged all = judged({right_one(), wrong_one()});
  ASSERT_EQ(all.maps.size(), 2u);
  const Curve& right = all.curves.at(0)[0].curve;
  // Two of the object's four cells a step.
  EXPECT_THAT(right.x, ::testing::ElementsAre(0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1));
  EXPECT_THAT(right.deletion, ::testing::ElementsAre(1, 0.5, 0, 0, 0, 0, 0, 0, 0));
  EXPECT_THAT(right.insertion, ::testing::ElementsAre(0, 0.5, 1, 1, 1, 1, 1, 1, 1));
  EXPECT_DOUBLE_EQ(all.maps[0].map.gap, 0.75);
  EXPECT_DOUBLE_EQ(all.maps[0].map.flip_area, 0.125);
  EXPECT_DOUBLE_EQ(all.maps[1].map.gap, -0.75);
  EXPECT_DOUBLE_EQ(all.maps[1].map.flip_area, 0.875);
}

TEST_F(Judging, TheOracleIsBestAndRandomIsBetweenRightAndWrong) {
  const Judged all = judged({right_one(), wrong_one()});
  const Judgement& right = all.maps[0];
  ASSERT_TRUE(right.oracle);
  EXPECT_DOUBLE_EQ(right.oracle->gap,
                   right.map.gap);  // the map orders the object's cells otherwise, but all of them first
  EXPECT_LT(right.random.gap, right.map.gap);
  EXPECT_GT(right.random.gap, all.maps[1].map.gap);
  EXPECT_NEAR(right.random.gap, 0, 0.35);
  EXPECT_DOUBLE_EQ(all.maps[1].random.gap, right.random.gap) << "maps of one grid share their controls";
}

TEST_F(Judging, TheCentreHasOneCellOfTheObjectAmongItsFirstFour) {
  const Judgement right = judged({right_one()}).maps[0];
  // Whatever the ties: a quarter of the object is gone when four cells are, all of it not before twelve are.
  EXPECT_GT(right.centre.deletion, 0.25);
  EXPECT_LT(right.centre.gap, 0.5);
}

TEST_F(Judging, WithoutBoxesThereIsNoOracle) {
  const Judged all = judged({right_one()}, false);
  EXPECT_FALSE(all.maps[0].oracle);
  for (const JudgedCurve& curve : all.curves.at(0)) EXPECT_NE(curve.source, Source::oracle);
}

TEST_F(Judging, MapsOfTokensAreJudgedEachByItsTokenAndTogether) {
  MapOfImage first = right_one(), second = right_one();
  first.label = second.label = "film";
  first.token = 0;
  second.token = 1;
  const Judged all = judged({first, right_one(), second});
  ASSERT_EQ(all.maps.size(), 2u);
  EXPECT_EQ(all.maps[0].label, "film");
  // What hides the object lets the second token rise as the first falls.
  EXPECT_DOUBLE_EQ(all.maps[0].map.insertion, 0.5);
  EXPECT_DOUBLE_EQ(all.maps[0].map.gap, 0);
  EXPECT_DOUBLE_EQ(all.maps[0].map.flip_area, (0.125 + 1) / 2);
  EXPECT_DOUBLE_EQ(all.maps[0].map.flips, 0.5);
  EXPECT_DOUBLE_EQ(all.maps[0].oracle->gap, 0);
  EXPECT_DOUBLE_EQ(all.maps[0].random.insertion, 0.5);
  EXPECT_DOUBLE_EQ(all.maps[1].map.gap, 0.75) << "the answer is not the mean of these";
  EXPECT_NE(all.curves.at(0)[0].grid, all.curves.at(0)[1].grid) << "controls of their own";
  EXPECT_EQ(n_shown_, all.n_inputs);
  const Judged alone = judged({second});
  EXPECT_DOUBLE_EQ(alone.maps[0].map.gap, -0.75);
}

TEST_F(Judging, EveryInputIsShownOnce) {
  const Judged all = judged({right_one(), wrong_one(), map_of("again", right_one().map.values, 3)});
  EXPECT_EQ(shown_.size(), n_shown_);
  EXPECT_EQ(all.n_inputs, n_shown_);
  const Cost cost = cost_of(settings_, true);
  EXPECT_LE(n_shown_, 2 * cost.per_map + cost.per_grid) << "the third map orders as the first does";
  EXPECT_GT(n_shown_, 2 * cost.per_map);
}

TEST_F(Judging, TogetherIsAlone) {
  const Judged alone = judged({wrong_one()}), together = judged({right_one(), wrong_one()});
  for (const auto& [name, member] : area_names()) {
    EXPECT_EQ(alone.maps[0].map.*member, together.maps[1].map.*member) << name;
    EXPECT_EQ(alone.maps[0].random.*member, together.maps[1].random.*member) << name;
  }
}

TEST_F(Judging, TheSeedDecidesRandomOrders) {
  const auto random = [&](uint64_t seed) { return judged({right_one()}, true, seed).maps[0].random.gap; };
  EXPECT_EQ(random(1), random(1));
  EXPECT_NE(random(1), random(2));
}

TEST_F(Judging, AConstantMapIsOneRandomOrder) {
  settings_.seeds = 1;
  const Judged all = judged({map_of("constant", std::vector<float>(16, 0.25f))});
  EXPECT_NE(all.maps[0].map.gap, all.maps[0].random.gap) << "another order than that of the control";
  EXPECT_NEAR(all.maps[0].map.gap, 0, 0.6);
}

TEST_F(Judging, GridsOfOnePictureHaveControlsOfTheirOwn) {
  MapOfImage coarse;
  coarse.label = "coarse";
  coarse.map.rows = coarse.map.cols = 2;
  coarse.map.values = {1, 0, 0, 0};
  coarse.map.cells = even_cells(2, 2);
  const Judged all = judged({right_one(), coarse});
  EXPECT_DOUBLE_EQ(all.maps[1].oracle->gap, all.maps[1].map.gap);
  std::vector<size_t> grids;
  for (const JudgedCurve& curve : all.curves.at(0)) grids.push_back(curve.grid);
  EXPECT_THAT(grids, ::testing::ElementsAre(0, 1, 0, 0, 0, 1, 1, 1));
}

TEST(Maps, WithoutCellsOrMeaningAreLeftOut) {
  const auto floats = [](std::vector<int64_t> shape, size_t n) {
    return store::Array{store::Array::Type::f32, std::move(shape), std::vector<std::byte>(n * sizeof(float))};
  };
  store::ArtifactData sound;
  sound.type = "heatmap/1", sound.label = "m", sound.name = "part", sound.image = 0;
  sound.tensors = {{"values", floats({1, 2}, 2)}, {"cells", floats({1, 2, 4}, 8)}};
  store::ArtifactData bare = sound, degenerate = sound;
  bare.tensors.pop_back();
  degenerate.texts = {{"degenerate", "nothing"}};
  const std::vector<MapOfImage> maps = maps_of({bare, sound, degenerate});
  ASSERT_EQ(maps.size(), 1u);
  EXPECT_EQ(maps[0].label, "m.part");
}

}  // namespace
}  // namespace ocellus::faithfulness
