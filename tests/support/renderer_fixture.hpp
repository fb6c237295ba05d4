// Drives a built renderer through its table, as the host does, and reads the files it writes.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plugins/renderers/common/pixel.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/png.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::test {

class RendererFixture : public testing::Test {
 protected:
  static constexpr drawing::Rgb kSource{200, 30, 160};  // in no colour map and no text

  // The plugin that is called as its library, with a sample of one picture in kSource.
  FakeHost& open_renderer(const std::string& name, const std::string& options, int width, int height) {
    host_ = std::make_unique<FakeHost>(name, name + (options.empty() ? "" : ":" + options));
    add_picture(width, height);
    return *host_;
  }
  void add_picture(int width, int height) {
    FakePicture picture{width, height, {}};
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
  Png png(const std::string& file) const { return Png(host_->path_of(file)); }
  std::string bytes(const std::string& file) const { return read_file(host_->path_of(file)); }

  std::unique_ptr<FakeHost> host_;
};

}  // namespace ocellus::test
