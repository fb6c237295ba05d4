// The cases of tests/data/qwen2_5_vl, and models opened from their folders.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "plugins/models/qwen2_5_vl/model.hpp"
#include "tests/plugins/models/support/model_fixture.hpp"

namespace ocellus::test {

inline std::filesystem::path fixture_root() {
  return std::filesystem::path(OCELLUS_TEST_DATA) / "qwen2_5_vl";
}

struct FixtureCase : ModelFixture {
  explicit FixtureCase(const std::string& name) : ModelFixture("qwen2_5_vl", name) {}
};

// Loads no weights. A model needs a host only to warn.
inline std::unique_ptr<qwen2_5_vl::Qwen2_5VL> open_model(const std::filesystem::path& folder,
                                                         const OpenSettings& asked = {}, const Host& host = Host()) {
  const std::string path = folder.string();
  const oc_model_settings settings = model_settings(path, asked);
  return std::make_unique<qwen2_5_vl::Qwen2_5VL>(host, settings, asked.force_template);
}

}  // namespace ocellus::test
