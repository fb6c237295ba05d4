// What the overlay's tests draw: maps of one hot cell over a flat picture.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "plugins/renderers/common/colormap.hpp"
#include "plugins/renderers/common/map_sampler.hpp"
#include "plugins/renderers/common/pixel.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/png.hpp"
#include "tests/support/renderer_fixture.hpp"

namespace ocellus::overlay {

using drawing::kWhite;
using drawing::PixelRect;
using drawing::Rgb;
using test::cells;
using test::FakeHost;
using test::Png;

inline void expect_rect(const PixelRect& found, const PixelRect& expected, int tolerance = 0) {
  EXPECT_NEAR(found.x, expected.x, tolerance);
  EXPECT_NEAR(found.y, expected.y, tolerance);
  EXPECT_NEAR(found.width, expected.width, tolerance);
  EXPECT_NEAR(found.height, expected.height, tolerance);
}

class OverlayTest : public test::RendererFixture {
 protected:
  FakeHost& open(const std::string& options, int width, int height) {
    open_renderer("overlay", options, width, height);
    host_->record = {{"id", "sample"}, {"question", "What is on the right?"}, {"answer", "A red square."}};
    return *host_;
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
};

inline const drawing::Colormap& viridis = drawing::Colormap::by_name("viridis");

}  // namespace ocellus::overlay
