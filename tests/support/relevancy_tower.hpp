// The cases of tests/data/relevancy_tower as folders that can be asked their question.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/npz.hpp"
#include "tests/support/qavit_folder.hpp"

namespace ocellus::test {

struct RelevancyTower {
  nlohmann::json info;  // case.json
  std::map<std::string, NpyArray> expected;

  // Makes the case's model in the new folder `to`.
  RelevancyTower(const std::filesystem::path& data, const std::string& name, const std::filesystem::path& to)
      : info(nlohmann::json::parse(std::ifstream(data / "relevancy_tower" / name / "case.json"))),
        expected(read_npz(data / "relevancy_tower" / name / "expected.npz")) {
    make_qavit_folder(data / "qavit", info["tower"], to);
    set_vit_layer(to, info["vit_layer"]);
  }
  static void set_vit_layer(const std::filesystem::path& folder, int64_t layer) {
    nlohmann::json config = nlohmann::json::parse(std::ifstream(folder / "config.json"));
    config["vit_layer"] = layer;
    std::ofstream(folder / "config.json") << config.dump();
  }

  std::string question() const { return info["question"]; }
  int64_t images() const { return static_cast<int64_t>(info["images"].size()); }
  int64_t layers() const { return expected.at("layers").shape[0]; }
  int64_t tokens() const { return expected.at("relevance").shape[0]; }
  int64_t question_tokens() const { return static_cast<int64_t>(info["ids"].size()); }
  int64_t of_image() const { return (tokens() - question_tokens()) / images(); }  // tokens

  // What `name` [..., T] has at the patches of one image, in its row `at`.
  std::vector<float> patches(const std::string& name, int64_t image, int64_t at = 0) const {
    const auto values = expected.at(name).as<float>();
    const auto first = values.begin() + at * tokens() + image * of_image() + 1;
    return {first, first + of_image() - 1};
  }
  double largest(const std::string& quantity) const { return info["float32_noise"][quantity]["max_abs_value"]; }
};

inline const std::vector<std::string> relevancy_towers{"all", "early", "late", "late2", "sparse"};

}  // namespace ocellus::test
