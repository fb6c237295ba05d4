#include "plugins/renderers/grid/arrangement.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ocellus::grid {
namespace {

using testing::ElementsAre;

// Rows as words: "m0 o0 s -".
std::vector<std::string> words(const ArrangementSpec& spec) {
  std::vector<std::string> rows;
  for (const auto& row : arrange(spec)) {
    std::string& line = rows.emplace_back();
    for (const Cell& cell : row) {
      line += line.empty() ? "" : " ";
      if (cell.show == Show::nothing) line += "-";
      if (cell.show == Show::source) line += fmt::format("s{}", cell.map);
      if (cell.show == Show::map) line += fmt::format("m{}", cell.map);
      if (cell.show == Show::overlay) line += fmt::format("o{}", cell.map);
    }
  }
  return rows;
}

TEST(Arrangement, FillsRows) {
  EXPECT_THAT(words({.n_maps = 5, .columns = 2}), ElementsAre("m0 m1", "m2 m3", "m4"));
  EXPECT_THAT(words({.n_maps = 3, .columns = 4, .style = Style::overlay}), ElementsAre("o0 o1 o2"));
  EXPECT_THAT(words({.n_maps = 3, .columns = 2, .original = true}), ElementsAre("s0 m0", "m1 m2"));
}

TEST(Arrangement, OverlaysStandBelowTheirMaps) {
  EXPECT_THAT(words({.n_maps = 3, .columns = 2, .style = Style::both}), ElementsAre("m0 m1", "o0 o1", "m2", "o2"));
  EXPECT_THAT(words({.n_maps = 2, .columns = 4, .style = Style::both, .original = true}),
              ElementsAre("s0 m0 m1", "- o0 o1"));
}

TEST(Arrangement, OverlaysStandBesideTheirMaps) {
  EXPECT_THAT(words({.n_maps = 1, .columns = 3, .style = Style::both, .beside = true, .original = true}),
              ElementsAre("s0 m0 o0"));
}

TEST(Arrangement, RowsOfAFixedWidthKeepThePlaceOfTheSource) {
  EXPECT_THAT(words({.n_maps = 4, .columns = 9, .in_row = 2}), ElementsAre("m0 m1", "m2 m3"));
  EXPECT_THAT(words({.n_maps = 4, .columns = 1, .in_row = 2, .original = true}), ElementsAre("s0 m0 m1", "- m2 m3"));
  EXPECT_THAT(words({.n_maps = 3, .in_row = 2, .style = Style::both, .original = true}),
              ElementsAre("s0 m0 m1", "- o0 o1", "- m2", "- o2"));
}

TEST(Arrangement, EachPictureBeforeItsMap) {
  EXPECT_THAT(words({.n_maps = 2, .columns = 4, .style = Style::overlay, .original = true, .originals = true}),
              ElementsAre("s0 o0 s1 o1"));
}

}  // namespace
}  // namespace ocellus::grid
