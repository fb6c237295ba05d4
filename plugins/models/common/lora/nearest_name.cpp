#include "plugins/models/common/lora/nearest_name.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace ocellus::models {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest_name(std::string_view name, const WeightMap& weights) {
  constexpr std::size_t longest = 300;  // of what a stranger's file may ask to be compared
  const std::string* nearest = nullptr;
  std::size_t least = 0;
  for (const auto& [known, tensor] : weights) {
    const std::size_t distance = edit_distance(name.substr(0, longest), known);
    if (nearest != nullptr && distance >= least) continue;
    nearest = &known;
    least = distance;
  }
  return nearest == nullptr ? std::string() : *nearest;
}

}  // namespace ocellus::models
