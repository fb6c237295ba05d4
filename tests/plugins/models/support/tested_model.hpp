// What the tests that every model passes alike know of the one they are compiled for.
#pragma once

#include <algorithm>
#include <filesystem>
#include <memory>
#include <ocellus/sdk/model.hpp>
#include <string>
#include <vector>

#include "tests/plugins/models/support/model_fixture.hpp"

namespace ocellus::test {

struct TestedModel {
  std::string family;  // folder of its cases, with "base", "bf16", "two_images" and "two_turns" among them
  int tower_blocks;    // of the image tower, that run for the features
  bool strips_space;   // from the first word of an answer
  // Stored names of a weight in the decoder's last layer, and of one behind the image tower.
  std::string decoder_weight, feature_weight;
  // Loads no weights.
  std::unique_ptr<Model> (*open)(const std::filesystem::path& folder, const OpenSettings& asked, const Host& host);
};

// Defined by each model's tests.
TestedModel tested_model();

// tests/data/FAMILY/CASE/model
inline std::filesystem::path model_folder_of(const std::string& fixture_case) {
  return std::filesystem::path(OCELLUS_TEST_DATA) / tested_model().family / fixture_case / "model";
}

// Names of the cases in tests/data/FOLDER that are made of the tested model's.
inline std::vector<std::string> cases_of_tested_model(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(OCELLUS_TEST_DATA) / folder)) {
    const std::string name = entry.path().filename().string();
    const std::filesystem::path model(ModelFixture(folder, name).info.at("model").get<std::string>());
    if (std::find(model.begin(), model.end(), tested_model().family) != model.end()) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

inline std::unique_ptr<Model> open_tested_model(const std::filesystem::path& folder, const OpenSettings& asked = {},
                                                const Host& host = Host()) {
  return tested_model().open(folder, asked, host);
}

}  // namespace ocellus::test
