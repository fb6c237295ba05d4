// Runs about the cases of tests/data/FOLDER whose gradients transformers and autograd have taken.
#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/cli/one_sample.hpp"

namespace ocellus::test {

struct GradientReference {
  nlohmann::json about;
  std::map<std::string, NpyArray> expected;
  std::filesystem::path folder;

  size_t images() const { return about["images"].size(); }
};

inline GradientReference read_reference(const std::filesystem::path& folder) {
  return {read_json(folder / "case.json"), read_npz(folder / "expected.npz"), folder};
}

class GradientProgram : public OneSample {
 protected:
  // The request that the case is about.
  Words request_of(const GradientReference& of, const std::string& out) const {
    write_file(scratch / "messages.json", of.about["messages"].dump());
    const std::filesystem::path first = of.folder / of.about["images"][0].get<std::string>();
    const Words words = run_words(out, (of.folder / of.about["model"].get<std::string>()).lexically_normal()) +
                        Words{"--messages", "messages.json", "--image-dir", first.parent_path().string()};
    if (of.about.contains("given_answer"))
      return words + Words{"--answer", of.about["given_answer"].get<std::string>()};
    return words + Words{"--max-new-tokens", std::to_string(of.about["max_new_tokens"].get<int>())};
  }
  static std::string file_of(const GradientReference& of, const std::string& stem, size_t image) {
    std::string file = stem;
    if (of.images() > 1) file.append(".image").append(std::to_string(image));
    return file.append(".npz");
  }
  // The largest difference between slice `at` of a stack and the values expected.
  static double difference(const NpyArray& stack, size_t at, const std::vector<float>& expected) {
    const auto values = stack.as<float>().subspan(at * expected.size(), expected.size());
    double largest = 0;
    for (size_t i = 0; i < expected.size(); ++i)
      largest = std::max(largest, std::abs(static_cast<double>(values[i]) - static_cast<double>(expected[i])));
    return largest;
  }
};

}  // namespace ocellus::test
