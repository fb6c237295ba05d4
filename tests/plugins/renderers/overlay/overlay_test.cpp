// Drives the built plugin through its table, as the host does, and reads the files it writes.
#include <cairo.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "plugins/renderers/common/colormap.hpp"
#include "plugins/renderers/common/map_sampler.hpp"
#include "plugins/renderers/common/pixel.hpp"
#include "plugins/renderers/common/text_block.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::overlay {
namespace {

using drawing::kWhite;
using drawing::PixelRect;
using drawing::Rgb;
using test::FakeHost;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Rgb kSource{200, 30, 160};  // in no colour map and no text

// A PNG file, decoded.
class Png {
 public:
  explicit Png(const std::filesystem::path& path) : surface_(cairo_image_surface_create_from_png(path.c_str())) {
    if (cairo_surface_status(surface_.get()) != CAIRO_STATUS_SUCCESS)
      throw std::runtime_error("no PNG: " + path.string());
  }
  int width() const { return cairo_image_surface_get_width(surface_.get()); }
  int height() const { return cairo_image_surface_get_height(surface_.get()); }
  Rgb at(int x, int y) const {
    const unsigned char* row =
        cairo_image_surface_get_data(surface_.get()) + cairo_image_surface_get_stride(surface_.get()) * y;
    const uint32_t pixel = reinterpret_cast<const uint32_t*>(row)[x];
    return {static_cast<uint8_t>(pixel >> 16), static_cast<uint8_t>(pixel >> 8), static_cast<uint8_t>(pixel)};
  }

  // Around all pixels of a colour inside `area`.
  PixelRect around(Rgb colour, const PixelRect& area) const {
    int x0 = width(), y0 = height(), x1 = 0, y1 = 0;
    for (int y = area.y; y < area.y + area.height; ++y) {
      for (int x = area.x; x < area.x + area.width; ++x) {
        if (at(x, y) != colour) continue;
        x0 = std::min(x0, x), y0 = std::min(y0, y), x1 = std::max(x1, x + 1), y1 = std::max(y1, y + 1);
      }
    }
    return {x0, y0, std::max(0, x1 - x0), std::max(0, y1 - y0)};
  }
  PixelRect whole() const { return {0, 0, width(), height()}; }

  // The rectangle that begins at (x, y) and ends where its first row and column turn white.
  PixelRect block(int x, int y) const {
    PixelRect rect{x, y, 0, 0};
    while (x + rect.width < width() && at(x + rect.width, y) != kWhite) ++rect.width;
    while (y + rect.height < height() && at(x, y + rect.height) != kWhite) ++rect.height;
    return rect;
  }

 private:
  struct Destroy {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  };
  std::unique_ptr<cairo_surface_t, Destroy> surface_;
};

void expect_rect(const PixelRect& found, const PixelRect& expected, int tolerance = 0) {
  EXPECT_NEAR(found.x, expected.x, tolerance);
  EXPECT_NEAR(found.y, expected.y, tolerance);
  EXPECT_NEAR(found.width, expected.width, tolerance);
  EXPECT_NEAR(found.height, expected.height, tolerance);
}

// Equal cells that fill `extent`.
std::vector<float> cells(int rows, int columns, const drawing::Extent& extent = {}) {
  std::vector<float> corners;
  const double width = (extent.x1 - extent.x0) / columns, height = (extent.y1 - extent.y0) / rows;
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      for (const double edge :
           {extent.x0 + c * width, extent.y0 + r * height, extent.x0 + (c + 1) * width, extent.y0 + (r + 1) * height}) {
        corners.push_back(static_cast<float>(edge));
      }
    }
  }
  return corners;
}

// The plugin with a sample of one flat picture.
class OverlayTest : public testing::Test {
 protected:
  FakeHost& open(const std::string& options, int width, int height) {
    host_ = std::make_unique<FakeHost>("overlay", "overlay" + (options.empty() ? "" : ":" + options));
    add_picture(width, height);
    host_->record = {{"id", "sample"}, {"question", "What is on the right?"}, {"answer", "A red square."}};
    return *host_;
  }
  void add_picture(int width, int height) {
    test::FakePicture picture{width, height, {}};
    for (int i = 0; i < width * height; ++i) picture.rgb.insert(picture.rgb.end(), {kSource.r, kSource.g, kSource.b});
    host_->pictures.push_back(std::move(picture));
  }

  // A map of one hot cell.
  static std::vector<float> spot(int rows, int columns, int row, int column) {
    std::vector<float> values(static_cast<size_t>(rows * columns), 0.0F);
    values[static_cast<size_t>(row * columns + column)] = 0.25F;
    return values;
  }
  ArtifactWriter map(std::vector<float> values, int rows, int columns, int image = 0) const {
    ArtifactWriter artifact = host_->artifact("heatmap/1", image);
    artifact.tensor("values", std::move(values), {rows, columns})
        .tensor("cells", cells(rows, columns), {rows, columns, 4});
    return artifact;
  }

  oc_status render() const {
    const auto& table = host_->table<oc_renderer_1>();
    void* self = nullptr;
    oc_status status = table.create(host_->host(), host_->options(), &self);
    if (status != OC_OK) return status;
    const std::vector<const oc_artifact*> artifacts = host_->artifacts();
    status = table.render(self, host_->run(), artifacts.data(), artifacts.size());
    table.destroy(self);
    return status;
  }
  Png png(const std::string& file) const { return Png(host_->path_of(file)); }
  std::string bytes(const std::string& file) const { return test::read_file(host_->path_of(file)); }

  std::unique_ptr<FakeHost> host_;
};

const drawing::Colormap& viridis = drawing::Colormap::by_name("viridis");

TEST_F(OverlayTest, PutsTheHotCellInItsPlaceOfTheSource) {
  for (const auto& [width, height, rows, columns, row, column] :
       {std::array{270, 180, 6, 9, 1, 7}, {180, 270, 9, 6, 7, 1}}) {
    open("style=overlay,colormap=viridis,interpolation=cells,alpha=1", width, height);
    map(spot(rows, columns, row, column), rows, columns).commit();
    ASSERT_EQ(render(), OC_OK);
    ASSERT_THAT(host_->files, ElementsAre("raw-attention.png"));
    const Png picture = png("raw-attention.png");
    expect_rect(picture.whole(), {0, 0, width, height});
    expect_rect(picture.around(viridis(1.0F), picture.whole()), {column * 30, row * 30, 30, 30});
    EXPECT_EQ(picture.at(1, 1), viridis(0.0F));
  }
}

TEST_F(OverlayTest, MixesMapAndSourceByAlpha) {
  open("style=overlay,colormap=viridis,interpolation=cells,alpha=0.25", 90, 60);
  map(spot(2, 3, 0, 2), 2, 3).commit();
  ASSERT_EQ(render(), OC_OK);
  const Rgb hot = viridis(1.0F), mixed = png("raw-attention.png").at(75, 15);
  EXPECT_NEAR(mixed.r, 0.25 * hot.r + 0.75 * kSource.r, 1);
  EXPECT_NEAR(mixed.g, 0.25 * hot.g + 0.75 * kSource.g, 1);
  EXPECT_NEAR(mixed.b, 0.25 * hot.b + 0.75 * kSource.b, 1);
}

TEST_F(OverlayTest, PlacesACroppedMapWhereItsCellsLie) {
  open("style=overlay,colormap=viridis,alpha=1,interpolation=cells", 200, 100);
  host_->artifact("heatmap/1", 0)
      .tensor("values", spot(4, 4, 3, 0), {4, 4})
      .tensor("cells", cells(4, 4, {0.25, 0.0, 0.75, 1.0}), {4, 4, 4})
      .commit();
  ASSERT_EQ(render(), OC_OK);
  const Png picture = png("raw-attention.png");
  expect_rect(picture.around(viridis(1.0F), picture.whole()), {50, 75, 25, 25});
}

TEST_F(OverlayTest, PanelShowsSourceAndMapInOneSize) {
  for (const auto& [width, height, rows, columns, row, column] :
       {std::array{300, 200, 4, 6, 0, 5}, {200, 300, 6, 4, 5, 0}}) {
    open("dpi=100,size=3,colormap=viridis,interpolation=cells,alpha=1", width, height);
    map(spot(rows, columns, row, column), rows, columns).commit();
    ASSERT_EQ(render(), OC_OK);
    const Png picture = png("raw-attention.png");
    const PixelRect source = picture.around(kSource, picture.whole());
    EXPECT_EQ(source.width, width);
    EXPECT_EQ(source.height, height);
    int x = source.x + source.width;
    while (x < picture.width() - 1 && picture.at(x, source.y) == kWhite) ++x;
    const PixelRect heat = picture.block(x, source.y);
    expect_rect(heat, {x, source.y, width, height});
    expect_rect(picture.around(viridis(1.0F), heat), {x + column * 50, source.y + row * 50, 50, 50});
    // The key: right of the map, from the last colour at the top to the first at the bottom.
    const PixelRect right{x + width, 0, picture.width() - x - width, picture.height()};
    EXPECT_LT(picture.around(viridis(1.0F), right).y, picture.around(viridis(0.0F), right).y - height / 2);
  }
}

TEST_F(OverlayTest, HeatmapShowsTheMapAlone) {
  open("style=heatmap,dpi=100,size=3,colormap=viridis,interpolation=cells", 300, 200);
  map(spot(4, 6, 2, 1), 4, 6).commit();
  ASSERT_EQ(render(), OC_OK);
  const Png picture = png("raw-attention.png");
  EXPECT_EQ(picture.around(kSource, picture.whole()).width, 0);
  const PixelRect cold = picture.around(viridis(0.0F), picture.whole());
  const PixelRect heat = picture.block(cold.x, cold.y);
  EXPECT_EQ(heat.width, 300);
  EXPECT_EQ(heat.height, 200);
  expect_rect(picture.around(viridis(1.0F), heat), {heat.x + 50, heat.y + 100, 50, 50});
}

TEST_F(OverlayTest, SeveralStylesGiveSeveralFiles) {
  open("style=overlay+panel+heatmap+panel,dpi=50", 90, 60);
  map(spot(2, 3, 0, 2), 2, 3).commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_THAT(host_->files,
              ElementsAre("raw-attention.overlay.png", "raw-attention.panel.png", "raw-attention.heatmap.png"));
  EXPECT_EQ(png("raw-attention.overlay.png").width(), 90);
}

TEST_F(OverlayTest, AStackGivesAFileALayerEachInItsOwnRange) {
  open("style=overlay,colormap=viridis,interpolation=cells,alpha=1", 80, 40);
  std::vector<float> values = spot(1, 2, 0, 0);
  values.insert(values.end(), {0.0F, 0.001F});
  host_->artifact("heatmap-stack/1", 0)
      .tensor("values", values, {2, 1, 2})
      .tensor("index", std::vector<int64_t>{11, 3}, {2})
      .tensor("cells", cells(1, 2), {1, 2, 4})
      .text("axis", "layer")
      .commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_THAT(host_->files, ElementsAre("raw-attention.layer11.png", "raw-attention.layer3.png"));
  EXPECT_EQ(png("raw-attention.layer11.png").at(10, 10), viridis(1.0F));
  EXPECT_EQ(png("raw-attention.layer3.png").at(10, 10), viridis(0.0F));
  EXPECT_EQ(png("raw-attention.layer3.png").at(70, 10), viridis(1.0F));
}

TEST_F(OverlayTest, AStackOverSomethingElseNamesIt) {
  open("style=overlay+heatmap,dpi=50", 80, 40);
  host_->artifact("heatmap-stack/1", 0)
      .tensor("values", spot(2, 1, 0, 0), {2, 1, 1})
      .tensor("index", std::vector<int64_t>{0, 1}, {2})
      .tensor("cells", cells(1, 1), {1, 1, 4})
      .text("axis", "token")
      .commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_THAT(host_->files, ElementsAre("raw-attention.token0.overlay.png", "raw-attention.token0.heatmap.png",
                                        "raw-attention.token1.overlay.png", "raw-attention.token1.heatmap.png"));
}

TEST_F(OverlayTest, EveryImageGetsItsOwnMap) {
  open("style=overlay,alpha=1", 90, 60);
  add_picture(40, 80);
  map(spot(2, 3, 0, 2), 2, 3, 0).commit();
  map(spot(4, 2, 0, 1), 4, 2, 1).commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_THAT(host_->files, ElementsAre("raw-attention.png", "raw-attention.image1.png"));
  expect_rect(png("raw-attention.image1.png").whole(), {0, 0, 40, 80});
}

TEST_F(OverlayTest, ADegenerateMapIsHatchedWithItsSentence) {
  for (const char* style : {"panel", "overlay", "heatmap"}) {
    open(std::string("dpi=100,size=3,colormap=viridis,style=") + style, 300, 200);
    map(std::vector<float>(6, 0.0F), 2, 3)
        .text("degenerate", "The gradient at the last layer's output is exactly zero.")
        .commit();
    ASSERT_EQ(render(), OC_OK);
    const Png picture = png("raw-attention.png");
    int sentence = 0, lines = 0, coloured = 0;
    for (int y = 0; y < picture.height(); ++y) {
      for (int x = 0; x < picture.width(); ++x) {
        const Rgb c = picture.at(x, y);
        sentence += c.r > c.g + 80 && c.r > c.b + 80 ? 1 : 0;
        lines += c == Rgb{85, 85, 85} ? 1 : 0;
        coloured += c == viridis(0.0F) ? 1 : 0;
      }
    }
    EXPECT_GT(sentence, 50) << style;
    EXPECT_GT(lines, 200) << style;
    EXPECT_EQ(coloured, 0) << style;
  }
}

TEST_F(OverlayTest, GivenRangeSetsTheColours) {
  open("style=overlay,colormap=viridis,alpha=1,vmin=0,vmax=0.5", 80, 40);
  map(spot(1, 2, 0, 1), 1, 2).commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_EQ(png("raw-attention.png").at(79, 20), viridis(0.5F));
}

TEST_F(OverlayTest, ABoundThatIsNoNumberIsRefused) {
  for (const char* text : {"vmin=low", "vmax=0.5x", "vmax=nan", "vmin=1e99"}) {
    open(text, 80, 40);
    map(spot(1, 2, 0, 1), 1, 2).commit();
    EXPECT_EQ(render(), OC_E_OPTION) << text;
    EXPECT_THAT(host_->failures, ElementsAre(HasSubstr(std::string(text) + " is not a number")));
    EXPECT_THAT(host_->files, IsEmpty());
  }
}

TEST_F(OverlayTest, MarksBoxesAndTheHottestCellOnlyOnRequest) {
  const Rgb box_colour{0, 230, 255};
  const auto draw = [&](const std::string& more) {
    open("style=overlay,colormap=viridis,interpolation=cells,alpha=1" + more, 600, 600);
    host_->boxes = {{"square", 0, 0, 400, 100, 500, 300}, {"elsewhere", 1, 0, 0, 0, 50, 50}};
    map(spot(3, 3, 1, 0), 3, 3).commit();
    EXPECT_EQ(render(), OC_OK);
    return png("raw-attention.png");
  };
  const Png plain = draw("");
  EXPECT_EQ(plain.around(box_colour, plain.whole()).width, 0);
  EXPECT_EQ(plain.around(kWhite, plain.whole()).width, 0);
  const Png boxes = draw(",boxes=on");
  expect_rect(boxes.around(box_colour, boxes.whole()), {400, 100, 100, 200}, 4);
  const Png hottest = draw(",top=1");
  expect_rect(hottest.around(kWhite, hottest.whole()), {0, 200, 200, 200}, 4);
}

TEST_F(OverlayTest, BoxesTheHottestCellsWithTheirRanks) {
  // Cells of 100 pixels, far from each other; the two equal ones in the order of rows.
  std::vector<float> values(36, 0.0F);
  values[1 * 6 + 4] = 0.2F, values[4 * 6 + 1] = 0.2F, values[4 * 6 + 4] = 0.7F, values[1 * 6 + 1] = 0.1F;
  const auto draw = [&](int top) {
    open("style=overlay,colormap=viridis,interpolation=cells,alpha=1,top=" + std::to_string(top), 600, 600);
    map(values, 6, 6).commit();
    EXPECT_EQ(render(), OC_OK);
    return png("raw-attention.png");
  };
  const std::array<PixelRect, 4> cells{
      {{400, 400, 100, 100}, {400, 100, 100, 100}, {100, 400, 100, 100}, {100, 100, 100, 100}}};
  for (int top = 0; top <= 4; ++top) {
    const Png picture = draw(top);
    for (int k = 0; k < 4; ++k) {
      const PixelRect framed = picture.around(kWhite, cells[static_cast<size_t>(k)]);
      EXPECT_EQ(framed.width > 95, k < top) << "cell " << k << " of " << top;
    }
  }
  // More than there are: every cell has its frame.
  const Png all = draw(100);
  for (int at = 100; at < 600; at += 100) {
    EXPECT_EQ(all.around(kWhite, {at - 1, 0, 2, 600}).height, 600) << at;
    EXPECT_EQ(all.around(kWhite, {0, at - 1, 600, 2}).width, 600) << at;
  }
}

TEST_F(OverlayTest, TagsStandOnTheMapAndNotOnEachOther) {
  open("style=overlay,colormap=viridis,interpolation=cells,alpha=1,top=9", 600, 600);
  std::vector<float> values(144, 0.0F);
  for (int k = 0; k < 9; ++k) values[static_cast<size_t>((k / 3) * 12 + k % 3)] = 1.0F + static_cast<float>(k);
  map(values, 12, 12).commit();
  ASSERT_EQ(render(), OC_OK);
  // White letters' grounds: each tag is a white block with a black frame inside its own cell of 50 pixels.
  const Png picture = png("raw-attention.png");
  for (int k = 0; k < 9; ++k) {
    const PixelRect cell{k % 3 * 50, k / 3 * 50, 50, 50};
    int white = 0;
    for (int y = cell.y + 4; y < cell.y + 46; ++y) {
      for (int x = cell.x + 4; x < cell.x + 46; ++x) white += picture.at(x, y) == kWhite ? 1 : 0;
    }
    EXPECT_GT(white, 60) << k;
  }
  EXPECT_EQ(picture.around(kWhite, {160, 160, 400, 400}).width, 0);
}

TEST_F(OverlayTest, ContoursAreDrawnAtTheLevelsAskedFor) {
  const auto coloured = [&](const std::string& more) {
    open("style=contour,colormap=viridis,dpi=100,size=3,title=off" + more, 300, 200);
    map({0.0F, 1.0F, 2.0F, 0.0F, 1.0F, 2.0F}, 2, 3).commit();
    EXPECT_EQ(render(), OC_OK) << (host_->failures.empty() ? "" : host_->failures.front());
    const Png picture = png("raw-attention.png");
    const PixelRect source = picture.around(kSource, picture.whole());
    EXPECT_EQ(source.width, 300);
    std::vector<int> lines;  // columns where the source is covered, counted from its left
    for (int x = 0; x < 300; ++x) {
      const bool covered = picture.at(source.x + x, source.y + 100) != kSource;
      if (covered && (lines.empty() || lines.back() < x - 8)) lines.push_back(x);
    }
    return lines;
  };
  EXPECT_EQ(coloured("").size(), 5U);
  EXPECT_EQ(coloured(",levels=2").size(), 2U);
  EXPECT_THAT(coloured(",levels-at=1"), ElementsAre(testing::AllOf(testing::Ge(146), testing::Le(150))));
  EXPECT_EQ(coloured(",levels-at=5e-1+1.5").size(), 2U);
}

TEST_F(OverlayTest, LevelsThatAreNoNumbersAreRefused) {
  for (const char* text : {"levels-at=low", "levels-at=1+", "levels-at=+1", "levels-at=1++2", "levels-at=nan"}) {
    open(std::string("style=contour,") + text, 80, 40);
    EXPECT_EQ(render(), OC_E_OPTION) << text;
    EXPECT_THAT(host_->failures, ElementsAre(HasSubstr(std::string(text) + " is not a list of numbers")));
  }
}

TEST_F(OverlayTest, ARowShowsAllImagesInOneFigure) {
  open("images=row,style=heatmap+panel,dpi=100,size=2,colormap=viridis,interpolation=cells", 200, 100);
  add_picture(100, 200);
  add_picture(200, 200);
  host_->label = "a";
  map(spot(2, 4, 0, 3), 2, 4, 0).commit();
  map(spot(4, 2, 3, 0), 4, 2, 1).commit();
  map(spot(4, 4, 1, 1), 4, 4, 2).commit();
  host_->label = "b";
  map(spot(4, 4, 1, 1), 4, 4, 2).commit();
  ASSERT_EQ(render(), OC_OK) << host_->failures.front();
  EXPECT_THAT(host_->files, ElementsAre("a.heatmap.png", "a.panel.png", "b.image2.heatmap.png", "b.image2.panel.png"));
  // The hot cells of 50 pixels, from the left: right end of the first, lower left of the second, middle of the third.
  const Png picture = png("a.heatmap.png");
  std::vector<PixelRect> hot;
  for (int x = 0; x < picture.width(); ++x) {
    for (int y = 0; y < picture.height(); ++y) {
      const bool seen = std::any_of(hot.begin(), hot.end(), [&](const PixelRect& r) {
        return x >= r.x && x < r.x + r.width && y >= r.y && y < r.y + r.height;
      });
      if (seen || picture.at(x, y) != viridis(1.0F) || x + 49 >= picture.width()) continue;
      if (picture.at(x + 49, y + 49) == viridis(1.0F)) hot.push_back({x, y, 50, 50});
    }
  }
  ASSERT_EQ(hot.size(), 3U);
  const PixelRect first{hot[0].x - 150, hot[0].y, 200, 100};
  EXPECT_EQ(picture.at(first.x, first.y + 99), viridis(0.0F));
  EXPECT_EQ(picture.at(first.x - 1, first.y + 99), kWhite);
  EXPECT_EQ(picture.at(hot[1].x + 99, hot[1].y), viridis(0.0F));
  EXPECT_EQ(picture.at(hot[1].x - 1, hot[1].y), kWhite);
  EXPECT_EQ(picture.at(hot[2].x - 50, hot[2].y - 50), viridis(0.0F));
}

TEST_F(OverlayTest, RowsKeepArtifactsOfOtherNamesApart) {
  open("images=row,style=heatmap,dpi=50", 80, 40);
  add_picture(80, 40);
  for (const char* name : {"", "relative"}) {
    for (const int image : {0, 1}) {
      host_->artifact("heatmap/1", image, name)
          .tensor("values", spot(1, 2, 0, 1), {1, 2})
          .tensor("cells", cells(1, 2), {1, 2, 4})
          .commit();
    }
  }
  ASSERT_EQ(render(), OC_OK);
  EXPECT_THAT(host_->files, ElementsAre("raw-attention.png", "raw-attention.relative.png"));
  EXPECT_EQ(png("raw-attention.png").width(), png("raw-attention.relative.png").width());
}

TEST_F(OverlayTest, RowsOfBareOverlaysAreRefused) {
  open("images=row,style=panel+overlay", 80, 40);
  EXPECT_EQ(render(), OC_E_OPTION);
  EXPECT_THAT(host_->failures, ElementsAre(HasSubstr("images=row")));
}

TEST_F(OverlayTest, ASharedScaleSpansAllMapsOfTheMethod) {
  open("style=overlay,alpha=1,colormap=viridis,interpolation=cells,scale=shared", 80, 40);
  add_picture(80, 40);
  map({0.0F, 1.0F}, 1, 2, 0).commit();
  map({0.0F, 0.5F}, 1, 2, 1).commit();
  host_->label = "other";
  map({0.0F, 0.001F}, 1, 2, 0).commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_EQ(png("raw-attention.png").at(79, 20), viridis(1.0F));
  EXPECT_EQ(png("raw-attention.image1.png").at(79, 20), viridis(0.5F));
  EXPECT_EQ(png("other.png").at(79, 20), viridis(1.0F));
}

TEST_F(OverlayTest, OneMapOfAStackMayBeDegenerate) {
  open("style=overlay,alpha=1,colormap=viridis,interpolation=cells,scale=shared,top=1", 400, 200);
  std::vector<float> values{0.0F, 1.0F, 0.0F, 1000.0F};
  host_->artifact("heatmap-stack/1", 0)
      .tensor("values", values, {2, 1, 2})
      .tensor("index", std::vector<int64_t>{4, 11}, {2})
      .tensor("cells", cells(1, 2), {1, 2, 4})
      .text("axis", "layer")
      .text("degenerate.11", "The gradient at the last layer's output is exactly zero.")
      .commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_EQ(png("raw-attention.layer4.png").at(390, 195), viridis(1.0F));
  const Png hatched = png("raw-attention.layer11.png");
  EXPECT_EQ(hatched.around(viridis(1.0F), hatched.whole()).width, 0);
  int sentence = 0;
  for (int y = 150; y < 200; ++y) {
    for (int x = 0; x < 400; ++x) sentence += hatched.at(x, y).r > hatched.at(x, y).g + 80 ? 1 : 0;
  }
  EXPECT_GT(sentence, 50);
}

TEST_F(OverlayTest, WritesEveryFormatAskedFor) {
  const auto draw = [&] {
    open("style=panel+contour,format=png+jpg+pdf+svg,top=2,boxes=on", 300, 200);
    host_->boxes = {{"square", 0, 0, 100, 20, 160, 60}};
    map(spot(4, 6, 2, 1), 4, 6).commit();
    EXPECT_EQ(render(), OC_OK);
    std::vector<std::string> contents;
    for (const std::string& file : host_->files) contents.push_back(bytes(file));
    return contents;
  };
  const std::vector<std::string> first = draw();
  EXPECT_THAT(host_->files,
              ElementsAre("raw-attention.panel.png", "raw-attention.panel.jpg", "raw-attention.panel.pdf",
                          "raw-attention.panel.svg", "raw-attention.contour.png", "raw-attention.contour.jpg",
                          "raw-attention.contour.pdf", "raw-attention.contour.svg"));
  for (const size_t at : {0U, 4U}) {
    EXPECT_EQ(first[at].substr(1, 3), "PNG");
    EXPECT_EQ(first[at + 1].substr(6, 4), "JFIF");
    EXPECT_EQ(first[at + 2].substr(0, 5), "%PDF-");
    EXPECT_THAT(first[at + 3], HasSubstr("<svg "));
  }
  EXPECT_TRUE(first == draw());
}

TEST_F(OverlayTest, VectorFormatsKeepMarksAsVectors) {
  const auto strokes = [&](const std::string& more) {
    open("style=contour,format=svg" + more, 300, 200);
    map(spot(4, 6, 2, 1), 4, 6).commit();
    EXPECT_EQ(render(), OC_OK);
    const std::string svg = bytes("raw-attention.svg");
    size_t n = 0;
    for (size_t at = svg.find("stroke:rgb("); at != std::string::npos; at = svg.find("stroke:rgb(", at + 1)) ++n;
    return n;
  };
  EXPECT_EQ(strokes(",levels=3"), 6U);             // a rim and a line each
  EXPECT_EQ(strokes(",levels=3,top=2"), 6U + 6U);  // two frames and the one of the legend, a rim and a line each
}

TEST_F(OverlayTest, WritesWithTheFontAskedFor) {
  const auto draw = [&](const std::string& options) {
    open("style=panel,dpi=50" + options, 80, 40);
    map(spot(1, 2, 0, 1), 1, 2).commit();
    EXPECT_EQ(render(), OC_OK);
    return bytes("raw-attention.png");
  };
  EXPECT_TRUE(draw(",font=DejaVu Sans") == draw(""));
  EXPECT_FALSE(draw(",font=DejaVu Sans Mono") == draw(""));
  open("font=No Such Font", 80, 40);
  EXPECT_EQ(render(), OC_E_OPTION);
  EXPECT_THAT(host_->failures, ElementsAre(HasSubstr("'No Such Font'")));
}

TEST_F(OverlayTest, TitleCanBeLeftOut) {
  const auto height = [&](const char* title) {
    open(std::string("dpi=50,title=") + title, 80, 40);
    map(spot(1, 2, 0, 1), 1, 2).commit();
    EXPECT_EQ(render(), OC_OK);
    return png("raw-attention.png").height();
  };
  EXPECT_GT(height("on"), height("off") + 10);
}

TEST_F(OverlayTest, WritesTitlesOfManyScripts) {
  const std::string question = "图中右边是什么？ 右側は何ですか 무엇입니까", answer = "مربع أحمر. красный";
  if (drawing::TextBlock(question + answer, {}, -1, 100).unknown_glyphs() > 0)
    GTEST_SKIP() << "no fonts for these scripts";
  open("dpi=50", 80, 40);
  host_->record["question"] = question;
  host_->record["answer"] = answer;
  map(spot(1, 2, 0, 1), 1, 2).commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_THAT(host_->warnings, IsEmpty());
}

TEST_F(OverlayTest, SaysWhichFontsAreMissing) {
  open("style=panel+heatmap,dpi=50", 80, 40);
  host_->record["answer"] = "\U000F5A51\U000F5A52";
  map(spot(1, 2, 0, 1), 1, 2).commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_THAT(host_->warnings, ElementsAre(testing::AllOf(HasSubstr("2 letters"), HasSubstr("fonts-noto-cjk"))));
}

TEST_F(OverlayTest, SaysOnceInARunWhichFontsAreMissing) {
  open("dpi=50", 80, 40);
  host_->record["answer"] = "\U000F5A51";
  map(spot(1, 2, 0, 1), 1, 2).commit();
  const auto& table = host_->table<oc_renderer_1>();
  void* self = nullptr;
  ASSERT_EQ(table.create(host_->host(), host_->options(), &self), OC_OK);
  const std::vector<const oc_artifact*> artifacts = host_->artifacts();
  for (int sample = 0; sample < 3; ++sample) {
    EXPECT_EQ(table.render(self, host_->run(), artifacts.data(), artifacts.size()), OC_OK);
  }
  table.destroy(self);
  EXPECT_THAT(host_->warnings, testing::SizeIs(1));
}

TEST_F(OverlayTest, DrawsTheSameBytesTwice) {
  const auto draw = [&] {
    open("style=panel+overlay+heatmap,boxes=on,top=1", 300, 200);
    host_->boxes = {{"square", 0, 0, 100, 20, 160, 60}};
    map(spot(4, 6, 2, 1), 4, 6).number("mass.image0", 0.42).commit();
    EXPECT_EQ(render(), OC_OK);
    return bytes("raw-attention.panel.png") + bytes("raw-attention.overlay.png") + bytes("raw-attention.heatmap.png");
  };
  const std::string first = draw();
  EXPECT_GT(first.size(), 3000U);
  EXPECT_TRUE(first == draw());
}

TEST_F(OverlayTest, RefusesMapsWithoutAPlace) {
  open("", 80, 40);
  host_->artifact("heatmap/1", 0).tensor("values", spot(1, 2, 0, 1), {1, 2}).commit();
  EXPECT_EQ(render(), OC_E_INTERNAL);
  EXPECT_THAT(host_->failures, ElementsAre(HasSubstr("`cells`")));

  open("", 80, 40);
  map(spot(1, 2, 0, 1), 1, 2, -1).commit();
  EXPECT_EQ(render(), OC_E_INTERNAL);
  EXPECT_THAT(host_->failures, ElementsAre(HasSubstr("no picture")));

  open("", 80, 40);
  host_->artifact("heatmap/1", 0)
      .tensor("values", spot(1, 2, 0, 1), {1, 2})
      .tensor("cells", cells(2, 1), {2, 1, 4})
      .commit();
  EXPECT_EQ(render(), OC_E_INTERNAL);
}

TEST(OverlayLibrary, ExportsItsEntryAlone) {
  const std::string command = "nm -D --defined-only '" OCELLUS_BUILD_DIR "/lib/ocellus/plugins/overlay.so'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  ASSERT_NE(pipe, nullptr);
  std::vector<std::string> symbols;
  for (std::array<char, 512> line{}; std::fgets(line.data(), line.size(), pipe.get()) != nullptr;) {
    const std::string text = line.data();
    symbols.push_back(text.substr(text.rfind(' ') + 1));
  }
  EXPECT_THAT(symbols, ElementsAre(std::string(OC_PACKAGE_ENTRY) + "\n"));
}

}  // namespace
}  // namespace ocellus::overlay
