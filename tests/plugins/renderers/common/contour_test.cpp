#include "plugins/renderers/common/contour.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ocellus/sdk/error.hpp>
#include <random>

namespace ocellus::drawing {
namespace {

// The map between the centres of its cells, level beyond the outer ones.
double interpolated(const ScalarMap& map, const Point& at) {
  const double u = std::clamp(at.x - 0.5, 0.0, map.width - 1.0), v = std::clamp(at.y - 0.5, 0.0, map.height - 1.0);
  const int x = std::min(static_cast<int>(u), std::max(0, map.width - 2));
  const int y = std::min(static_cast<int>(v), std::max(0, map.height - 2));
  const auto cell = [&map](int row, int column) {
    row = std::min(row, map.height - 1), column = std::min(column, map.width - 1);
    return double{map.values[static_cast<size_t>(row * map.width + column)]};
  };
  return (1 - (v - y)) * ((1 - (u - x)) * cell(y, x) + (u - x) * cell(y, x + 1)) +
         (v - y) * ((1 - (u - x)) * cell(y + 1, x) + (u - x) * cell(y + 1, x + 1));
}

bool on_border(const ScalarMap& map, const Point& at) {
  return at.x == 0.0 || at.y == 0.0 || at.x == map.width || at.y == map.height;
}

TEST(IsoLines, OfARampIsStraightAndInItsPlace) {
  const std::vector<float> values{0, 1, 2, 3, 0, 1, 2, 3};
  const std::vector<Polyline> lines = iso_lines({values, 2, 4}, 1.25);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_FALSE(lines.front().closed);
  for (const Point& point : lines.front().points) EXPECT_NEAR(point.x, 1.75, 1e-12);  // 1 lies at 1.5, 2 at 2.5
  EXPECT_EQ(std::minmax(lines.front().points.front().y, lines.front().points.back().y), std::minmax(0.0, 2.0));
}

TEST(IsoLines, AroundOneHotCellIsOneClosedLineAboutItsCentre) {
  std::vector<float> values(35, 0.0F);
  values[2 * 7 + 4] = 1.0F;
  const std::vector<Polyline> lines = iso_lines({values, 5, 7}, 0.5);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines.front().closed);
  double x0 = 7, x1 = 0, y0 = 5, y1 = 0;
  for (const Point& point : lines.front().points) {
    x0 = std::min(x0, point.x), x1 = std::max(x1, point.x), y0 = std::min(y0, point.y), y1 = std::max(y1, point.y);
  }
  EXPECT_NEAR(x0, 4.0, 1e-9);  // half-way from the centre, 4.5, to that of the next cell
  EXPECT_NEAR(x1, 5.0, 1e-9);
  EXPECT_NEAR(y0, 2.0, 1e-9);
  EXPECT_NEAR(y1, 3.0, 1e-9);
}

TEST(IsoLines, JoinTheSideOfTheLevelThatTheSaddlePointIsOn) {
  // 1 - x - y + 1.9 xy between the centres: the saddle point lies at x = y = 1 / 1.9 and has the value 1 - 1 / 1.9.
  const std::vector<float> values{1, 0, 0, 0.9F};
  const double saddle = 1 - 1 / 1.9;
  for (const double level : {saddle - 0.03, saddle - 0.001, saddle + 0.0008, saddle + 0.03}) {
    const std::vector<Polyline> lines = iso_lines({values, 2, 2}, level);
    ASSERT_EQ(lines.size(), 2U);
    for (const Polyline& line : lines) {
      // Below the saddle point's value the lines cut the cold corners off, top right and bottom left; above it, the hot
      // ones, top left and bottom right: then they cross the diagonal from the one hot corner to the other.
      int crossings = 0;
      for (std::size_t i = 0; i + 1 < line.points.size(); ++i) {
        const auto below = [&](std::size_t k) { return line.points[k].x + line.points[k].y < 1 + 2 / 1.9; };
        const auto right = [&](std::size_t k) { return line.points[k].x > line.points[k].y; };
        crossings += right(i) != right(i + 1) ? 1 : 0;
        EXPECT_TRUE(level < saddle || below(i) == below(i + 1)) << level;
      }
      EXPECT_EQ(crossings, level > saddle ? 1 : 0) << level;
    }
  }
}

TEST(IsoLines, OutsideTheValuesThereAreNone) {
  const std::vector<float> values{0, 1, 2, 3}, flat(6, 0.5F);
  EXPECT_TRUE(iso_lines({values, 2, 2}, 3.5).empty());
  EXPECT_TRUE(iso_lines({values, 2, 2}, -0.5).empty());
  EXPECT_TRUE(iso_lines({flat, 2, 3}, 0.5).empty());
}

// On random maps: every point has the level's value, every line is closed or ends at the border, and walking from the
// top left corner to any cell's centre along rows crosses lines exactly as often as the map crosses the level.
TEST(IsoLines, OfAnyMapLieOnTheLevelAndEndNowhereInside) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> value(0.0F, 1.0F);
  std::uniform_int_distribution<int> side(1, 9);
  int open = 0, closed = 0;
  for (int round = 0; round < 60; ++round) {
    const int height = side(random), width = side(random);
    std::vector<float> values(static_cast<size_t>(height * width));
    std::generate(values.begin(), values.end(), [&] { return value(random); });
    const ScalarMap map{values, height, width};
    for (const double level : {0.2, 0.5, 0.8}) {
      const std::vector<Polyline> lines = iso_lines(map, level);
      std::vector<int> crossings(static_cast<size_t>(height), 0);
      for (const Polyline& line : lines) {
        (line.closed ? closed : open)++;
        ASSERT_GE(line.points.size(), 2U);
        if (!line.closed) {
          EXPECT_TRUE(on_border(map, line.points.front()));
          EXPECT_TRUE(on_border(map, line.points.back()));
        }
        // The lattice is finer than the map, so that its straight pieces leave the hyperbolas by little.
        for (const Point& point : line.points) ASSERT_NEAR(interpolated(map, point), level, 0.004);
        for (size_t i = 0; i + (line.closed ? 0 : 1) < line.points.size(); ++i) {
          const Point& a = line.points[i];
          const Point& b = line.points[(i + 1) % line.points.size()];
          for (int row = 0; row < height; ++row)
            crossings[static_cast<size_t>(row)] += (a.y < row + 0.5) != (b.y < row + 0.5);
        }
      }
      for (int row = 0; row < height; ++row) {
        int changes = 0;
        for (int x = 0; x + 1 < width; ++x) {
          const auto above = [&](int column) { return values[static_cast<size_t>(row * width + column)] >= level; };
          changes += above(x) != above(x + 1);
        }
        EXPECT_EQ(crossings[static_cast<size_t>(row)], changes) << height << "x" << width << " row " << row;
      }
    }
  }
  EXPECT_GT(open, 100);
  EXPECT_GT(closed, 20);
}

TEST(IsoLines, OfABrokenMapAreRefused) {
  const std::vector<float> values{0, 1, 2};
  EXPECT_THROW(iso_lines({values, 2, 2}, 0.5), Error);
}

}  // namespace
}  // namespace ocellus::drawing
