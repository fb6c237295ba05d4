// What `ocellus sanity` is asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ocellus::sanity {

// The label of the checks' results, beside those of methods.
constexpr const char* stage_label = "sanity";

// What is altered.
enum class Check { weights, question, image };
const char* name_of(Check check);

constexpr size_t default_stages = 4;
constexpr double default_threshold = 0.9;

struct Settings {
  std::vector<Check> checks{Check::weights, Check::question, Check::image};
  size_t stages = default_stages;        // of weights
  double threshold = default_threshold;  // a mean correlation above it is that of a map that does not react
};

// "weights,image": each once, in the order of the enumeration. Throws Error(OC_E_OPTION).
std::vector<Check> parse_checks(const std::string& text);
std::string text_of(const std::vector<Check>& checks);

// One run of all samples with something altered.
struct Stage {
  Check check = Check::image;
  int64_t layers = 0;  // of weights: how many, from the last

  bool operator==(const Stage&) const = default;
};

// What the run of a stage is called: "weights-2", "question".
std::string folder_of(const Stage& stage);

// Of weights: `stages` equal steps to all of `layers`, each at least one more layer.
std::vector<Stage> weight_stages(size_t stages, int64_t layers);

}  // namespace ocellus::sanity
