// Runs about one sample, whose folder no test has to name.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/cli/program.hpp"

namespace ocellus::test {

class OneSample : public Program {
 protected:
  std::filesystem::path only_sample(const std::string& out) const {
    return std::filesystem::directory_iterator(scratch / out / "samples")->path();
  }
  nlohmann::json record(const std::string& out) const { return read_json(only_sample(out) / "sample.json"); }
  // What the record says of an artifact.
  nlohmann::json artifact(const std::string& out, const std::string& file) const {
    const nlohmann::json all = record(out);
    for (const nlohmann::json& entry : all["artifacts"]) {
      if (entry["file"] == file) return entry;
    }
    throw std::runtime_error("no artifact " + file);
  }
  // Of a map.
  std::vector<float> map_values(const std::string& out, const std::string& file) const {
    const NpyArray array = read_npz(only_sample(out) / file).at("values");
    const auto all = array.as<float>();
    return {all.begin(), all.end()};
  }
};

}  // namespace ocellus::test
