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

// Loads no weights. A model needs a host only to warn.
inline std::unique_ptr<llava::Llava> open_model(const std::filesystem::path& folder, const OpenSettings& asked = {},
                                                const Host& host = Host()) {
  const std::string path = folder.string();
  const oc_model_settings settings = model_settings(path, asked);
  return std::make_unique<llava::Llava>(host, settings, llava::FormOptions{asked.force_template});
}

}  // namespace ocellus::test
