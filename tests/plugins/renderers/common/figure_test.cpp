#include "plugins/renderers/common/figure.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <vector>

#include "plugins/renderers/common/png.hpp"

namespace ocellus::drawing {
namespace {

// A picture whose every pixel is unlike its neighbours.
struct Picture {
  int width;
  int height;
  std::vector<std::uint8_t> rgb;

  Picture(int w, int h) : width(w), height(h) {
    for (int y = 0; y < h; ++y) {
      for (int x = 0; x < w; ++x) {
        rgb.push_back(static_cast<std::uint8_t>(x * 7 + y * 3));
        rgb.push_back(static_cast<std::uint8_t>(x * 5 + y * 11 + 40));
        rgb.push_back(static_cast<std::uint8_t>(x * y + 90));
      }
    }
  }

  ImageView view() const { return {rgb, width, height}; }
  Rgb at(int x, int y) const {
    const auto i = static_cast<std::size_t>(y * width + x) * 3;
    return {rgb[i], rgb[i + 1], rgb[i + 2]};
  }
};

const std::vector<float> kValues{1e-5F, 4e-4F, 2e-4F, 3e-5F, 8e-5F, 1e-4F};
const ScalarMap kMap{kValues, 2, 3};

FigureSpec spec_of(const Picture& picture) {
  FigureSpec spec{.views = {{.source = picture.view(), .map = kMap}}};
  spec.dpi = 100.0;
  spec.picture_inches = std::max(picture.width, picture.height) / spec.dpi;  // shows a source pixel as a pixel
  spec.title = {"What is on the right? 图中有什么", "A red square. أحمر"};
  spec.subtitle = {"raw-attention, layer 3, heads mean, query answer:0"};
  spec.value_label = "attention";
  return spec;
}

int distance(Rgb a, Rgb b) {
  return std::max({std::abs(a.r - b.r), std::abs(a.g - b.g), std::abs(a.b - b.b)});
}

void expect_source(const Figure& figure, const Picture& picture) {
  ASSERT_EQ(figure.sources[0].width, picture.width);
  ASSERT_EQ(figure.sources[0].height, picture.height);
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      ASSERT_EQ(figure.canvas.pixel(figure.sources[0].x + x, figure.sources[0].y + y), picture.at(x, y))
          << x << "," << y;
    }
  }
}

// Each pixel of the map's area is alpha * colour + (1 - alpha) * source, to one level.
void expect_blend(const Figure& figure, const Picture& picture, const FigureSpec& spec, double alpha) {
  ASSERT_EQ(figure.maps[0].width, picture.width);
  ASSERT_EQ(figure.maps[0].height, picture.height);
  MapSampler sampler(kMap, spec.views[0].extent, picture.width, picture.height, spec.interpolation);
  std::vector<float> row(static_cast<std::size_t>(picture.width));
  for (int y = 0; y < picture.height; ++y) {
    sampler.sample_row(y, row);
    for (int x = 0; x < picture.width; ++x) {
      const Rgb heat = (*spec.colormap)((row[static_cast<std::size_t>(x)] - 1e-5F) / (4e-4F - 1e-5F));
      const Rgb under = picture.at(x, y);
      const auto mixed = [alpha](int a, int b) {
        return static_cast<std::uint8_t>(std::floor(alpha * a + (1 - alpha) * b + 0.5));
      };
      const Rgb expected{mixed(heat.r, under.r), mixed(heat.g, under.g), mixed(heat.b, under.b)};
      ASSERT_LE(distance(figure.canvas.pixel(figure.maps[0].x + x, figure.maps[0].y + y), expected), 1)
          << x << "," << y;
    }
  }
}

TEST(Panel, ShowsTheSourceAndTheBlendSideBySide) {
  for (const auto& [width, height] : {std::pair{300, 200}, {150, 280}}) {
    const Picture picture(width, height);
    const FigureSpec spec = spec_of(picture);
    const Figure figure = draw_panel(spec);
    expect_source(figure, picture);
    expect_blend(figure, picture, spec, 0.6);
    EXPECT_EQ(figure.sources[0].y, figure.maps[0].y);
    EXPECT_GE(figure.maps[0].x, figure.sources[0].x + figure.sources[0].width);
    EXPECT_GE(figure.colour_bars[0].x, figure.maps[0].x + figure.maps[0].width);
    EXPECT_EQ(figure.canvas.pixel(figure.colour_bars[0].x, figure.colour_bars[0].y), (*spec.colormap)(1.0F));
    EXPECT_EQ(figure.canvas.pixel(figure.colour_bars[0].x, figure.colour_bars[0].y + figure.colour_bars[0].height - 1),
              (*spec.colormap)(0.0F));
  }
}

int ink_rows(const Canvas& canvas, int from, int to) {
  int rows = 0;
  for (int y = from; y < to; ++y) {
    bool ink = false;
    for (int x = 0; x < canvas.width(); ++x) ink = ink || canvas.pixel(x, y) != kWhite;
    rows += ink ? 1 : 0;
  }
  return rows;
}

TEST(Panel, KeepsWhiteMarginsAroundAnyTitle) {
  const Picture picture(300, 200);
  FigureSpec spec = spec_of(picture);
  std::string endless;
  for (int i = 0; i < 400; ++i) endless += "方块 square مربع ";
  spec.title = {endless, endless};
  spec.subtitle = {endless};
  const Figure figure = draw_panel(spec);
  const int margin = 10;
  for (int y = 0; y < figure.canvas.height(); ++y) {
    for (int x = 0; x < figure.canvas.width(); ++x) {
      const bool inside =
          x >= margin && x < figure.canvas.width() - margin && y >= margin && y < figure.canvas.height() - margin;
      if (!inside) {
        ASSERT_EQ(figure.canvas.pixel(x, y), kWhite) << x << "," << y;
      }
    }
  }
  // Four lines a paragraph and no more: the figure stays of a size for paper.
  EXPECT_LT(figure.canvas.height(), 700);
  EXPECT_GT(ink_rows(figure.canvas, 0, figure.sources[0].y), ink_rows(draw_panel(spec_of(picture)).canvas, 0, 60));
}

TEST(Panel, PrintsTitleAboveAndValueRangeBelow) {
  const Picture picture(300, 200);
  FigureSpec spec = spec_of(picture);
  const Figure titled = draw_panel(spec);
  EXPECT_GT(ink_rows(titled.canvas, 0, titled.sources[0].y), 30);
  const int bottom = titled.sources[0].y + titled.sources[0].height;
  EXPECT_GT(ink_rows(titled.canvas, bottom + 8, titled.canvas.height()), 5);
  spec.title.clear();
  spec.subtitle.clear();
  EXPECT_LT(draw_panel(spec).sources[0].y, titled.sources[0].y - 30);
}

TEST(Panel, FitsLargeAndTinyPicturesIntoTheSameFrame) {
  const Picture large(4000, 3000);
  const Picture tiny(28, 21);
  for (const Picture* picture : {&large, &tiny}) {
    FigureSpec spec = spec_of(*picture);
    spec.picture_inches = 4.5;
    const Figure figure = draw_panel(spec);
    EXPECT_EQ(figure.sources[0].width, 450);
    EXPECT_EQ(figure.sources[0].height, 338);
  }
}

TEST(Panel, ScaledPicturesKeepTheirColoursUpToTheEdge) {
  Picture picture(1600, 1200);
  for (std::size_t i = 0; i < picture.rgb.size(); ++i) picture.rgb[i] = (i / 3) % 1600 < 800 ? 200 : 40;
  FigureSpec spec = spec_of(picture);
  spec.picture_inches = 2.0;
  const Figure figure = draw_panel(spec);
  const auto at = [&figure](int x, int y) {
    return figure.canvas.pixel(figure.sources[0].x + x, figure.sources[0].y + y);
  };
  for (const int y : {0, 75, 149}) {
    EXPECT_EQ(at(0, y), (Rgb{200, 200, 200}));
    EXPECT_EQ(at(90, y), (Rgb{200, 200, 200}));
    EXPECT_EQ(at(110, y), (Rgb{40, 40, 40}));
    EXPECT_EQ(at(199, y), (Rgb{40, 40, 40}));
  }
}

TEST(Panel, DrawsTheSameBytesTwice) {
  const Picture picture(300, 200);
  const FigureSpec spec = spec_of(picture);
  EXPECT_EQ(encode_png(draw_panel(spec).canvas.pixels(), spec.dpi),
            encode_png(draw_panel(spec).canvas.pixels(), spec.dpi));
  EXPECT_EQ(encode_png(draw_heatmap(spec).canvas.pixels(), spec.dpi),
            encode_png(draw_heatmap(spec).canvas.pixels(), spec.dpi));
  EXPECT_EQ(encode_png(draw_overlay(spec).canvas.pixels(), spec.dpi),
            encode_png(draw_overlay(spec).canvas.pixels(), spec.dpi));
}

TEST(Panel, ReportsGlyphsNoFontHas) {
  const Picture picture(300, 200);
  FigureSpec spec = spec_of(picture);
  spec.title = {"plain"};
  EXPECT_EQ(draw_panel(spec).canvas.unknown_glyphs(), 0);
  spec.title = {"\U000F5A51\U000F5A52"};
  EXPECT_EQ(draw_panel(spec).canvas.unknown_glyphs(), 2);
}

TEST(Heatmap, IsTheMapAloneInTheFrameOfThePicture) {
  const Picture picture(150, 280);
  FigureSpec spec = spec_of(picture);
  const Figure figure = draw_heatmap(spec);
  EXPECT_TRUE(figure.sources.empty());
  EXPECT_GT(figure.colour_bars[0].width, 0);
  expect_blend(figure, picture, spec, 1.0);
}

TEST(Overlay, HasTheSizeOfTheSourceAndNothingElse) {
  const Picture picture(123, 77);
  for (const double alpha : {0.0, 0.3, 0.6, 1.0}) {
    FigureSpec spec = spec_of(picture);
    spec.dpi = 200.0;
    spec.alpha = alpha;
    const Figure figure = draw_overlay(spec);
    EXPECT_EQ(figure.canvas.width(), 123);
    EXPECT_EQ(figure.canvas.height(), 77);
    expect_blend(figure, picture, spec, alpha);
  }
}

TEST(Overlay, LeavesThePictureAloneWhereTheMapDoesNotReach) {
  const Picture picture(120, 80);
  FigureSpec spec = spec_of(picture);
  spec.views[0].extent = {0.25, 0.0, 0.75, 1.0};
  const Figure figure = draw_overlay(spec);
  int changed = 0;
  for (int x = 0; x < 120; ++x) {
    const bool same = figure.canvas.pixel(x, 40) == picture.at(x, 40);
    if (x < 30 || x >= 90) {
      EXPECT_TRUE(same) << x;
    }
    changed += same ? 0 : 1;
  }
  EXPECT_GT(changed, 55);
}

TEST(Overlay, ColoursAFlatMapWithTheFirstColour) {
  const Picture picture(60, 40);
  FigureSpec spec = spec_of(picture);
  const std::vector<float> flat(6, 0.125F);
  spec.views[0].map = {flat, 2, 3};
  spec.alpha = 1.0;
  EXPECT_EQ(draw_overlay(spec).canvas.pixel(30, 20), (*spec.colormap)(0.0F));
}

TEST(Overlay, TakesTheGivenRange) {
  const Picture picture(60, 40);
  FigureSpec spec = spec_of(picture);
  const std::vector<float> half(6, 0.5F);
  spec.views[0].map = {half, 2, 3};
  spec.alpha = 1.0;
  spec.vmin = 0.0F;
  spec.vmax = 1.0F;
  EXPECT_EQ(draw_overlay(spec).canvas.pixel(30, 20), (*spec.colormap)(0.5F));
  spec.vmax = 0.25F;
  EXPECT_EQ(draw_overlay(spec).canvas.pixel(30, 20), (*spec.colormap)(1.0F));
}

TEST(Overlay, OutlinesMarksAtTheirPlace) {
  const Picture picture(300, 200);
  FigureSpec spec = spec_of(picture);
  spec.views[0].marks = {{{0.2, 0.25, 0.5, 0.75}, {0, 255, 0}, "known box"}};
  const Figure figure = draw_overlay(spec);
  const Figure plain = draw_overlay(spec_of(picture));
  const auto greenest = [&figure](int x, int y) {
    int best = 255;
    for (int d = -1; d <= 1; ++d) {
      best = std::min({best, distance(figure.canvas.pixel(x + d, y), {0, 255, 0}),
                       distance(figure.canvas.pixel(x, y + d), {0, 255, 0})});
    }
    return best;
  };
  EXPECT_LT(greenest(60, 100), 140);
  EXPECT_LT(greenest(150, 100), 140);
  EXPECT_LT(greenest(100, 50), 140);
  EXPECT_LT(greenest(100, 150), 140);
  EXPECT_EQ(figure.canvas.pixel(100, 100), plain.canvas.pixel(100, 100));
  EXPECT_EQ(figure.canvas.pixel(20, 20), plain.canvas.pixel(20, 20));
}

// Hatching: on a row through the area, dark lines alternate with the whitened ground, evenly.
int dark_lines(const Canvas& canvas, const PixelRect& area, int y) {
  int lines = 0;
  bool in_line = false;
  for (int x = area.x + 3; x < area.x + area.width - 3; ++x) {
    const Rgb c = canvas.pixel(x, y);
    const bool dark = c.r < 127 && c.g < 127 && c.b < 127;
    lines += dark && !in_line ? 1 : 0;
    in_line = dark;
  }
  return lines;
}

TEST(Degenerate, IsHatchedWithItsSentenceAndWithoutColours) {
  const Picture picture(300, 200);
  FigureSpec spec = spec_of(picture);
  spec.views[0].map = {};
  spec.views[0].degenerate = "The gradient at the last layer's output is exactly zero.";
  const int reddish = 50;
  const auto sentence_pixels = [](const Canvas& canvas, int from, int to) {
    int count = 0;
    for (int y = from; y < to; ++y) {
      for (int x = 0; x < canvas.width(); ++x) {
        const Rgb c = canvas.pixel(x, y);
        count += c.r > c.g + reddish && c.r > c.b + reddish ? 1 : 0;
      }
    }
    return count;
  };
  const std::function<Figure(const FigureSpec&)> framed[] = {draw_panel, draw_heatmap};
  for (const auto& draw : framed) {
    const Figure figure = draw(spec);
    EXPECT_TRUE(figure.colour_bars.empty());
    const int below = figure.maps[0].y + figure.maps[0].height;
    EXPECT_GE(dark_lines(figure.canvas, figure.maps[0], figure.maps[0].y + 100), 10);
    EXPECT_EQ(sentence_pixels(figure.canvas, 0, figure.maps[0].y), 0);
    EXPECT_GT(sentence_pixels(figure.canvas, below, figure.canvas.height()), 100);
  }
  const Figure overlay = draw_overlay(spec);
  EXPECT_EQ(overlay.canvas.width(), 300);
  EXPECT_EQ(overlay.canvas.height(), 200);
  EXPECT_GE(dark_lines(overlay.canvas, overlay.maps[0], 60), 10);
  EXPECT_EQ(overlay.canvas.pixel(1, 198), kWhite);
  EXPECT_GT(sentence_pixels(overlay.canvas, 150, 200), 100);
}

TEST(Degenerate, FindsRoomInAnyPicture) {
  for (const auto& [width, height] : {std::pair{1, 1}, {7, 400}, {400, 7}, {28, 28}}) {
    const Picture picture(width, height);
    FigureSpec spec = spec_of(picture);
    spec.dpi = 100.0;
    spec.picture_inches = 3.0;
    spec.views[0].degenerate = "No layer saw the question, so this map means nothing.";
    EXPECT_EQ(draw_overlay(spec).canvas.width(), width);
    EXPECT_GT(draw_panel(spec).canvas.width(), 400);
    EXPECT_GT(draw_heatmap(spec).canvas.width(), 300);
  }
}

TEST(Contour, DrawsLinesInTheirLevelsColourOverTheWholePicture) {
  const Picture picture(300, 200);
  FigureSpec spec = spec_of(picture);
  const std::vector<float> ramp{0.0F, 1.0F, 2.0F, 0.0F, 1.0F, 2.0F};
  spec.views[0].map = {ramp, 2, 3};
  spec.n_levels = 3;  // 0.5, 1, 1.5: at 100, 150 and 200 of 300 pixels
  spec.colormap = &Colormap::by_name("viridis");
  const Figure figure = draw_contour(spec);
  EXPECT_TRUE(figure.sources.empty());
  ASSERT_EQ(figure.colour_bars.size(), 1U);
  const PixelRect area = figure.maps[0];
  for (const int y : {20, 100, 180}) {
    for (const auto& [x, level] : {std::pair{100, 0.25F}, {150, 0.5F}, {200, 0.75F}}) {
      EXPECT_LT(distance(figure.canvas.pixel(area.x + x, area.y + y), (*spec.colormap)(level)), 60) << x;
    }
    for (const int x : {20, 75, 125, 175, 250}) {
      EXPECT_EQ(figure.canvas.pixel(area.x + x, area.y + y), picture.at(x, y)) << x;
    }
  }
  // The bar has a tick at each level: dark marks just right of it.
  const PixelRect bar = figure.colour_bars[0];
  std::vector<int> ticks;
  for (int y = bar.y - 2; y < bar.y + bar.height + 2; ++y) {
    const bool dark = figure.canvas.pixel(bar.x + bar.width + 3, y).r < 100;
    if (dark && (ticks.empty() || ticks.back() < y - 2)) ticks.push_back(y);
  }
  ASSERT_EQ(ticks.size(), 3U);
  EXPECT_NEAR(ticks[0], bar.y + bar.height / 4, 2);
  EXPECT_NEAR(ticks[1], bar.y + bar.height / 2, 2);

  spec.levels = {1.5, 99.0, -3.0};  // what lies outside the colours has no line
  const Figure given = draw_contour(spec);
  EXPECT_EQ(given.canvas.pixel(given.maps[0].x + 150, given.maps[0].y + 100), picture.at(150, 100));
  EXPECT_LT(distance(given.canvas.pixel(given.maps[0].x + 200, given.maps[0].y + 100), (*spec.colormap)(0.75F)), 60);
}

TEST(Contour, OfAFlatMapHasNoLines) {
  const Picture picture(300, 200);
  FigureSpec spec = spec_of(picture);
  const std::vector<float> flat(6, 0.125F);
  spec.views[0].map = {flat, 2, 3};
  const Figure figure = draw_contour(spec);
  for (int y = 0; y < 200; ++y) {
    for (int x = 0; x < 300; ++x) {
      ASSERT_EQ(figure.canvas.pixel(figure.maps[0].x + x, figure.maps[0].y + y), picture.at(x, y));
    }
  }
}

TEST(SeveralViews, StandSideBySideEachInItsShape) {
  const Picture wide(300, 200), tall(150, 300);
  FigureSpec spec = spec_of(wide);
  spec.interpolation = Interpolation::nearest;
  spec.alpha = 1.0;
  const std::vector<float> weak{0.0F, 1e-5F, 0.0F, 0.0F, 0.0F, 0.0F};
  spec.views.push_back({.source = tall.view(), .map = {weak, 3, 2}});
  spec.views[0].name = "image 0";
  spec.views[1].name = "image 1";
  const Figure panel = draw_panel(spec);
  ASSERT_EQ(panel.sources.size(), 2U);
  ASSERT_EQ(panel.maps.size(), 2U);
  ASSERT_EQ(panel.colour_bars.size(), 2U);
  for (const std::size_t i : {0U, 1U}) {
    const Picture& picture = i == 0 ? wide : tall;
    EXPECT_EQ(panel.sources[i].width, picture.width);
    EXPECT_EQ(panel.sources[i].height, picture.height);
    EXPECT_EQ(panel.sources[i].x, panel.maps[i].x);
    EXPECT_GE(panel.maps[i].y, panel.sources[i].y + picture.height);
    EXPECT_GT(panel.colour_bars[i].x, panel.maps[i].x + picture.width);
    EXPECT_EQ(panel.canvas.pixel(panel.sources[i].x + 7, panel.sources[i].y + 9), picture.at(7, 9));
  }
  EXPECT_GT(panel.maps[1].x, panel.colour_bars[0].x + panel.colour_bars[0].width);
  // On its own scale the weak map reaches the last colour, and its hot cell is where it belongs: row 0, column 1.
  const auto hot_cell = [](const Figure& figure) {
    return figure.canvas.pixel(figure.maps[1].x + 110, figure.maps[1].y + 50);
  };
  EXPECT_EQ(hot_cell(panel), (*spec.colormap)(1.0F));

  spec.shared = ValueRange{0.0F, 4e-4F};
  const Figure shared = draw_panel(spec);
  EXPECT_EQ(shared.colour_bars.size(), 1U);
  EXPECT_GT(shared.colour_bars[0].x, shared.maps[1].x);
  EXPECT_LE(distance(hot_cell(shared), (*spec.colormap)(1e-5F / 4e-4F)), 1);

  spec.views[1].degenerate = "This one means nothing.";
  EXPECT_EQ(draw_heatmap(spec).colour_bars.size(), 1U);
  EXPECT_GE(dark_lines(draw_heatmap(spec).canvas, draw_heatmap(spec).maps[1], draw_heatmap(spec).maps[1].y + 100), 4);
}

oc_status status_of(const std::function<void()>& draw) {
  try {
    draw();
  } catch (const Error& error) {
    return error.status();
  }
  return OC_OK;
}

TEST(Figures, RefuseWhatCannotBeDrawn) {
  const Picture picture(60, 40);
  const auto status = [&picture](const std::function<void(FigureSpec&)>& spoil) {
    FigureSpec spec = spec_of(picture);
    spoil(spec);
    return status_of([&spec] { draw_panel(spec); });
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(status([](FigureSpec&) {}), OC_OK);
  EXPECT_EQ(status([](FigureSpec& s) { s.alpha = 1.5; }), OC_E_OPTION);
  EXPECT_EQ(status([](FigureSpec& s) { s.alpha = std::nan(""); }), OC_E_OPTION);
  EXPECT_EQ(status([](FigureSpec& s) { s.dpi = 0; }), OC_E_OPTION);
  EXPECT_EQ(status([](FigureSpec& s) { s.dpi = 1e300; }), OC_E_OPTION);
  EXPECT_EQ(status([](FigureSpec& s) { s.picture_inches = 200; }), OC_E_OPTION);  // 2 x 20000 do not fit a canvas
  EXPECT_EQ(status([](FigureSpec& s) { s.vmin = 1.0F; }), OC_E_OPTION);
  EXPECT_EQ(status([nan](FigureSpec& s) { s.vmax = nan; }), OC_E_OPTION);
  EXPECT_EQ(status([](FigureSpec& s) { s.views.clear(); }), OC_E_INTERNAL);
  EXPECT_EQ(status([](FigureSpec& s) { s.views[0].map = {}; }), OC_E_INTERNAL);
  EXPECT_EQ(status([](FigureSpec& s) { s.views[0].source.width = 61; }), OC_E_INTERNAL);

  const Picture wide(Raster::kMaxSide + 1, 1);
  EXPECT_EQ(status_of([&wide] { draw_overlay(FigureSpec{.views = {{.source = wide.view(), .map = kMap}}}); }),
            OC_E_SAMPLE);
  EXPECT_EQ(status_of([&wide] { draw_panel(FigureSpec{.views = {{.source = wide.view(), .map = kMap}}}); }),
            OC_E_SAMPLE);
}

}  // namespace
}  // namespace ocellus::drawing
