// Artifacts token-steps/1 as a method would make them, from words.
#pragma once

#include <cstdint>
#include <ocellus/sdk/run.hpp>
#include <string>
#include <vector>

namespace ocellus::test {

class FakeHost;

struct MadeSteps {
  std::vector<std::string> prompt{"Describe ", "it", "\n"};  // a token each
  std::vector<std::string> answer{"A", " red", " square"};   // a token each
  bool stops = true;                                         // a stop token follows
  std::vector<int64_t> layers{2};
  std::vector<std::pair<int, int>> images{{4, 6}};  // rows and columns of cells; their tokens stand before the prompt
  bool upstream = false;
  // The cell of every image that is hot in a step: (step + layer) modulo their number.
  static int hot_cell(size_t step, int64_t layer, int rows, int columns) {
    return static_cast<int>((step + static_cast<size_t>(layer)) % static_cast<size_t>(rows * columns));
  }
};

// Commits it to the host's sample.
void commit(const FakeHost& host, const MadeSteps& steps);

}  // namespace ocellus::test
