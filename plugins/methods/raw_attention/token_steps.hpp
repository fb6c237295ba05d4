// token-steps/1: for each token of the answer the row that produced it, or the one that read it (docs/output.md).
#pragma once

#include <cstdint>
#include <map>
#include <ocellus/sdk/method.hpp>
#include <string>
#include <utility>
#include <vector>

#include "plugins/methods/raw_attention/row_means.hpp"

namespace ocellus::methods {

// Which token stands beside a row.
enum class Alignment {
  produced,  // the one that the row chose: row t - 1 for token t
  upstream,  // the one that the row read, as the tool shows it that this mode replaces: row t, and none for the last
             // token
};

class TokenSteps {
 public:
  TokenSteps(std::vector<int64_t> layers, Alignment alignment) : layers_(std::move(layers)), alignment_(alignment) {}

  // Bytes held at one time for `steps` steps behind `prompt` tokens: rows, and weights twice while they are handed
  // over.
  static uint64_t bytes(size_t layers, int64_t prompt, int64_t steps);

  // Rows with all keys; reduced over heads, and cut behind themselves, at once.
  void add(const Capture& capture, HeadReduction heads);

  // Of the finished sample. `texts` are added.
  void emit(const Run& run, const std::vector<std::pair<const char*, std::string>>& texts) const;

 private:
  std::vector<int64_t> layers_;
  Alignment alignment_;
  std::map<std::pair<int64_t, int64_t>, std::vector<float>> rows_;  // by layer and row; row r has r + 1 values
};

}  // namespace ocellus::methods
