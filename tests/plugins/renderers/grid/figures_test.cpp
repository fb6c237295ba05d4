#include "plugins/renderers/grid/figures.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/renderers/grid/highlight.hpp"

namespace ocellus::grid {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

MapFacts layer(const std::string& label, int64_t number, size_t sample = 0) {
  MapFacts map;
  map.sample = sample;
  map.label = label;
  map.axis = "layer";
  map.layer = map.number = number;
  map.layers = fmt::format("layer {}", number);
  map.run = "out";
  map.model = "model";
  return map;
}

MapFacts head(const std::string& label, int64_t number) {
  MapFacts map = layer(label, 3);
  map.axis = "head";
  map.number = number;
  map.step = fmt::format("head {}", number);
  return map;
}

MapFacts asked(const std::string& picture, const std::string& question, size_t sample) {
  MapFacts map = layer("raw-attention", 3, sample);
  map.picture_hash = map.picture_name = picture;
  map.question = question;
  map.folder = fmt::format("{}-{}", picture, sample);
  return map;
}

// "maps|columns|part" of each figure.
std::vector<std::string> words(By by, const std::vector<MapFacts>& maps, size_t per_file = 100) {
  std::vector<std::string> figures;
  for (const Figure& figure : figures_of(by, maps, per_file)) {
    std::string& line = figures.emplace_back();
    for (const size_t map : figure.maps) line += fmt::format("{}{}", line.empty() ? "" : " ", map);
    line += fmt::format("|{}|{}", figure.in_row, figure.part);
  }
  return figures;
}

TEST(Figures, ByLayerIsAFigureAMethodAndImage) {
  std::vector<MapFacts> maps{layer("a", 0), layer("a", 1), layer("b", 0), layer("a", 0)};
  maps[3].image = 1;
  EXPECT_THAT(words(By::layer, maps), ElementsAre("0 1|0|", "2|0|", "3|0|"));
  EXPECT_THAT(words(By::layer, {head("a", 0)}), IsEmpty());
}

TEST(Figures, ByHeadShowsMapsOfHeadsAlone) {
  EXPECT_THAT(words(By::head, {layer("a", 3), head("h", 0), head("h", 1)}), ElementsAre("1 2|0|"));
}

TEST(Figures, ByMethodHasARowALayerWhereAllHaveTheSame) {
  EXPECT_THAT(words(By::method, {layer("a", 2), layer("a", 5), layer("b", 2), layer("b", 5)}),
              ElementsAre("0 2 1 3|2|methods"));
  EXPECT_THAT(words(By::method, {layer("a", 5), layer("b", 2), layer("b", 5)}), ElementsAre("0 1 2|0|methods"));
}

TEST(Figures, ByWeightsShowsMapsThatSaySo) {
  std::vector<MapFacts> maps{layer("raw", 2), layer("a", 2), layer("b", 2)};
  maps[1].weights = "gradcam";
  maps[2].weights = "hirescam";
  EXPECT_THAT(words(By::weights, maps), ElementsAre("1 2|2|weights"));
  // One method asked for both: its artifacts have one label, and names.
  maps[1].label = maps[2].label = "smooth-gradcam";
  maps[1].name = "gradcam";
  maps[2].name = "hirescam";
  EXPECT_THAT(words(By::weights, maps), ElementsAre("1 2|2|weights"));
  EXPECT_THAT(words(By::method, maps), ElementsAre("0 1 2|3|methods"));
}

TEST(Figures, OverSamplesOnlyWhatDiffersIsSideBySide) {
  const std::vector<MapFacts> maps{asked("cat", "What?", 0), asked("cat", "Why?", 1), asked("dog", "What?", 2),
                                   asked("dog", "Why?", 3), asked("owl", "Who?", 4)};
  EXPECT_THAT(words(By::question, maps), ElementsAre("0 1|0|cat", "2 3|0|dog"));
  EXPECT_THAT(words(By::image, maps), ElementsAre("0 2|0|question0", "1 3|0|question1"));
  EXPECT_THAT(words(By::model, maps), IsEmpty());
}

TEST(Figures, ByModelPairsTheLastLayersOfModelsOfAnyDepth) {
  std::vector<MapFacts> maps;
  for (size_t run = 0; run < 2; ++run) {
    for (size_t place = 0; place < 2; ++place) {
      MapFacts& map = maps.emplace_back(asked("cat", "What?", 0));
      map.model = run == 0 ? "small" : "large";
      map.place = place;
      map.layer = map.number = static_cast<int64_t>(run == 0 ? 10 + place : 20 + place);
      map.layers = fmt::format("layer {}", *map.layer);
    }
  }
  EXPECT_THAT(words(By::model, maps), ElementsAre("0 2|0|cat-0", "1 3|0|cat-0"));
}

TEST(Figures, NamesDoNotCollide) {
  std::vector<MapFacts> maps{asked("cat", "What?", 0), asked("cat", "Why?", 1), asked("cat", "What?", 2),
                             asked("cat", "Why?", 3)};
  maps[2].picture_hash = maps[3].picture_hash = "another picture of that name";
  EXPECT_THAT(words(By::question, maps), ElementsAre("0 1|0|cat", "2 3|0|cat-2"));
  maps[0].picture_name = maps[1].picture_name = "猫";
  EXPECT_THAT(words(By::question, maps), ElementsAre("0 1|0|", "2 3|0|cat"));
}

TEST(Figures, WhatDoesNotFitGoesOn) {
  std::vector<MapFacts> maps;
  for (int64_t i = 0; i < 5; ++i) maps.push_back(layer("a", i));
  EXPECT_THAT(words(By::layer, maps, 2), ElementsAre("0 1|0|", "2 3|0|page2", "4|0|page3"));
  for (int64_t i = 0; i < 5; ++i) maps.push_back(layer("b", i));
  EXPECT_THAT(words(By::method, maps, 5),
              ElementsAre("0 5 1 6|2|methods", "2 7 3 8|2|methods.page2", "4 9|2|methods.page3"));
}

TEST(Highlight, IsTheModelsLastLayerOrWhatIsNamed) {
  std::vector<MapFacts> maps{layer("a", 2), layer("a", 5)};
  const auto framed = [&](const std::string& wanted, By by = By::layer) {
    std::string all;
    for (const MapFacts& map : maps) all += is_highlighted(wanted, by, map, maps) ? "x" : ".";
    return all;
  };
  EXPECT_EQ(framed(""), "..");
  EXPECT_EQ(framed("last"), ".x");
  EXPECT_EQ(framed("2"), "x.");
  EXPECT_EQ(framed("-1"), ".x");
  EXPECT_EQ(framed("a", By::method), "xx");
  for (MapFacts& map : maps) map.n_layers = 7;
  EXPECT_EQ(framed("last"), "..");  // the model's last layer is not shown
  EXPECT_EQ(framed("-2"), ".x");
  maps = {head("h", 0), head("h", 3)};
  EXPECT_EQ(framed("3", By::head), ".x");
  EXPECT_EQ(framed("-1", By::head), ".x");
}

}  // namespace
}  // namespace ocellus::grid
