// Drives the built plugin through its table, as the host does, and reads the files it writes.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "plugins/renderers/common/colormap.hpp"
#include "plugins/renderers/common/map_sampler.hpp"
#include "plugins/renderers/common/pixel.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/png.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::overlay {

using drawing::kWhite;
using drawing::PixelRect;
using drawing::Rgb;
using test::cells;
using test::FakeHost;
using test::Png;

inline constexpr Rgb kSource{200, 30, 160};  // in no colour map and no text

inline void expect_rect(const PixelRect& found, const PixelRect& expected, int tolerance = 0) {
  EXPECT_NEAR(found.x, expected.x, tolerance);
  EXPECT_NEAR(found.y, expected.y, tolerance);
  EXPECT_NEAR(found.width, expected.width, tolerance);
  EXPECT_NEAR(found.height, expected.height, tolerance);
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
