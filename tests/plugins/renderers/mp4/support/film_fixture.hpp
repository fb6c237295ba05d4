// The plugin with a sample of flat pictures, driven through its table as the host does.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "plugins/renderers/common/pixel.hpp"
#include "tests/plugins/renderers/mp4/support/made_steps.hpp"
#include "tests/support/fake_host.hpp"

namespace ocellus::mp4 {

inline constexpr drawing::Rgb kSource{200, 30, 160};  // of the pictures

class FilmTest : public testing::Test {
 protected:
  void open(const std::string& options) {
    host_ = std::make_unique<test::FakeHost>("mp4", "mp4" + (options.empty() ? "" : ":" + options));
    host_->record = {{"id", "sample"}, {"model", "demo"}};
    add_picture(120, 80);
  }
  void add_picture(int width, int height) {
    test::FakePicture picture{width, height, {}};
    for (int i = 0; i < width * height; ++i) picture.rgb.insert(picture.rgb.end(), {kSource.r, kSource.g, kSource.b});
    host_->pictures.push_back(std::move(picture));
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
  // Opens the plugin, commits the steps and renders; it must succeed.
  void draw(const std::string& options, const test::MadeSteps& steps) {
    open(options);
    test::commit(*host_, steps);
    ASSERT_EQ(render(), OC_OK) << (host_->failures.empty() ? "" : host_->failures.back());
  }
  std::string bytes(const std::string& file) const { return test::read_file(host_->path_of(file)); }

  std::unique_ptr<test::FakeHost> host_;
};

}  // namespace ocellus::mp4
