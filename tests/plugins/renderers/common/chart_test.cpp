#include "plugins/renderers/common/chart.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/refusal.hpp"

namespace ocellus::drawing {
namespace {

using ::testing::ElementsAre;

constexpr Rgb kBlue{31, 119, 180}, kOrange{255, 127, 14};

int count(const Canvas& canvas, Rgb colour) {
  int n = 0;
  for (int y = 0; y < canvas.height(); ++y) {
    for (int x = 0; x < canvas.width(); ++x) n += canvas.pixel(x, y) == colour ? 1 : 0;
  }
  return n;
}

ChartSpec two_bars() {
  ChartSpec spec;
  spec.width_inches = 4, spec.height_inches = 3, spec.dpi = 100;
  ChartPanel panel;
  panel.x = {0, 1, "value"};
  panel.y = {0, 1, "share"};
  panel.bars = {{0, 0.5, 0, 0.3, kBlue}, {0, 0.5, 0.3, 0.9, kOrange}};
  spec.panels = {panel};
  return spec;
}

TEST(Chart, BarsHaveTheSizeOfTheirValues) {
  const Canvas canvas = draw_chart(two_bars());
  EXPECT_EQ(canvas.width(), 400);
  EXPECT_EQ(canvas.height(), 300);
  const int blue = count(canvas, kBlue), orange = count(canvas, kOrange);
  EXPECT_GT(blue, 5000);
  EXPECT_NEAR(static_cast<double>(orange) / blue, 2.0, 0.05);
  // The second stands on the first: no blue above orange.
  int lowest_orange = 0, highest_blue = canvas.height();
  for (int y = 0; y < canvas.height(); ++y) {
    for (int x = 0; x < canvas.width(); ++x) {
      if (canvas.pixel(x, y) == kOrange) lowest_orange = y;
      if (canvas.pixel(x, y) == kBlue && y < highest_blue) highest_blue = y;
    }
  }
  EXPECT_EQ(lowest_orange + 1, highest_blue);
}

TEST(Chart, BandsHideNoCurve) {
  ChartSpec spec;
  ChartPanel& panel = spec.panels.emplace_back();
  panel.curves.push_back({{{0.0, 0.5}, {1.0, 0.5}}, kBlue});
  const int alone = count(draw_chart(spec), kBlue);
  ASSERT_GT(alone, 0);
  panel.curves.push_back({{{0.0, 0.1}, {1.0, 0.1}}, kOrange, {0.0, 0.0}, {0.9, 0.9}});
  const Canvas both = draw_chart(spec);
  EXPECT_EQ(count(both, kBlue), alone);
  // The band lets what lies below it be seen, and has its own colour.
  const Rgb band = both.pixel(both.width() / 2, both.height() / 3);
  EXPECT_GT(band.r, band.b);
  EXPECT_GT(band.b, kOrange.b);
}

TEST(Chart, PanelsShareTheWidth) {
  ChartSpec spec = two_bars();
  const int alone = count(draw_chart(spec), kBlue);
  spec.panels.push_back(spec.panels.front());
  const int both = count(draw_chart(spec), kBlue);
  EXPECT_GT(both, alone / 2);
  EXPECT_LT(both, alone);
}

TEST(Chart, AHeatTablePaintsEveryCellInItsColour) {
  ChartSpec spec = two_bars();
  HeatTable heat;
  heat.rows = 2, heat.cols = 3;
  heat.values = {0, 1, 0, 0, 0, 0};
  heat.range = {0, 1};
  spec.panels[0].bars.clear();
  spec.panels[0].heat = heat;
  const Canvas canvas = draw_chart(spec);
  const Colormap& map = *heat.colormap;
  const double first = count(canvas, map(0)), last = count(canvas, map(1));
  EXPECT_NEAR(first / last, 5.0, 0.2);
}

TEST(Chart, TheLegendNamesColours) {
  ChartSpec spec = two_bars();
  const Rgb green{44, 160, 44};
  EXPECT_EQ(count(draw_chart(spec), green), 0);
  spec.legend = {{"总计 (T2V)", green}};
  const Canvas canvas = draw_chart(spec);
  EXPECT_NEAR(count(canvas, green), 100, 30);  // a square of 7 points
}

TEST(Chart, RefusesASizeWithoutRoomForAxes) {
  ChartSpec spec = two_bars();
  spec.height_inches = 0.5;
  EXPECT_EQ(test::refusal_of([&] { draw_chart(spec); }).status, OC_E_OPTION);
}

TEST(Chart, AxesEndAtRoundNumbers) {
  EXPECT_DOUBLE_EQ(nice_maximum(0.47), 0.5);
  EXPECT_DOUBLE_EQ(nice_maximum(0.5), 0.5);
  EXPECT_DOUBLE_EQ(nice_maximum(0.0123), 0.015);
  EXPECT_DOUBLE_EQ(nice_maximum(9.1), 10);
}

TEST(Chart, TicksAreWrittenWithTheDecimalsTheyNeed) {
  EXPECT_THAT(tick_labels({0, 0.25, 0.5}), ElementsAre("0.00", "0.25", "0.50"));
  EXPECT_THAT(tick_labels({0, 10, 20}), ElementsAre("0", "10", "20"));
  EXPECT_THAT(tick_labels({-0.0, 0.1}), ElementsAre("0.0", "0.1"));
}

}  // namespace
}  // namespace ocellus::drawing
