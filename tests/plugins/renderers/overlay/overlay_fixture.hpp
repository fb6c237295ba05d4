// Drives the built plugin through its table, as the host does, and reads the files it writes.
#pragma once

#include <cairo.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "plugins/renderers/common/colormap.hpp"
#include "plugins/renderers/common/map_sampler.hpp"
#include "plugins/renderers/common/pixel.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::overlay {

using drawing::kWhite;
using drawing::PixelRect;
using drawing::Rgb;
using test::FakeHost;

inline constexpr Rgb kSource{200, 30, 160};  // in no colour map and no text

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

inline void expect_rect(const PixelRect& found, const PixelRect& expected, int tolerance = 0) {
  EXPECT_NEAR(found.x, expected.x, tolerance);
  EXPECT_NEAR(found.y, expected.y, tolerance);
  EXPECT_NEAR(found.width, expected.width, tolerance);
  EXPECT_NEAR(found.height, expected.height, tolerance);
}

// Equal cells that fill `extent`.
inline std::vector<float> cells(int rows, int columns, const drawing::Extent& extent = {}) {
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

inline const drawing::Colormap& viridis = drawing::Colormap::by_name("viridis");

}  // namespace ocellus::overlay
