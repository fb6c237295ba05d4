// The cases of tests/data/llava, and models opened from their folders.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "plugins/models/llava/model.hpp"
#include "tests/plugins/models/support/model_fixture.hpp"

namespace ocellus::test {

inline std::filesystem::path fixture_root() {
  return std::filesystem::path(OCELLUS_TEST_DATA) / "llava";
}

struct FixtureCase : ModelFixture {
  explicit FixtureCase(const std::string& name) : ModelFixture("llava", name) {}
};

struct OpenSettings {
  std::string dtype = "float32", device = "cpu";
  int64_t min_pixels = 0, max_pixels = 0;
  bool force_template = false;
};

// Loads no weights. A model needs a host only to warn.
inline std::unique_ptr<llava::Llava> open_model(const std::filesystem::path& folder, const OpenSettings& asked = {},
                                                const Host& host = Host()) {
  oc_model_settings settings{};
  settings.struct_size = sizeof settings;
  settings.threads = 1;
  const std::string path = folder.string();
  settings.folder = path.c_str();
  settings.device = asked.device.c_str();
  settings.dtype = asked.dtype.c_str();
  settings.min_pixels = asked.min_pixels;
  settings.max_pixels = asked.max_pixels;
  return std::make_unique<llava::Llava>(host, settings, llava::FormOptions{asked.force_template});
}

}  // namespace ocellus::test
