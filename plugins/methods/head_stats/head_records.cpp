#include "plugins/methods/head_stats/head_records.hpp"

#include <algorithm>

namespace ocellus::methods {

std::vector<std::string> HeadRecords::distinct_categories() const {
  std::vector<std::string> distinct;
  for (const std::string& category : categories) {
    if (std::find(distinct.begin(), distinct.end(), category) == distinct.end()) distinct.push_back(category);
  }
  return distinct;
}

std::vector<Group> groups_of(const HeadRecords& records) {
  const auto n_layers = static_cast<int64_t>(records.layers.size()),
             n_heads = static_cast<int64_t>(records.heads.size());
  std::vector<Group> groups{{}};
  for (int64_t layer = 0; layer < n_layers; ++layer) groups.push_back({"", layer, -1});
  for (int64_t layer = 0; layer < n_layers; ++layer) {
    for (int64_t head = 0; head < n_heads; ++head) groups.push_back({"", layer, head});
  }
  const std::vector<std::string> categories = records.distinct_categories();
  for (const std::string& category : categories) groups.push_back({category, -1, -1});
  for (const std::string& category : categories) {
    for (int64_t layer = 0; layer < n_layers; ++layer) groups.push_back({category, layer, -1});
  }
  return groups;
}

std::vector<size_t> samples_of(const HeadRecords& records, const std::string& category) {
  std::vector<size_t> samples;
  for (size_t sample = 0; sample < records.categories.size(); ++sample) {
    if (category.empty() || records.categories[sample] == category) samples.push_back(sample);
  }
  return samples;
}

std::vector<size_t> cells_of(const HeadRecords& records, const Group& group) {
  const size_t n_heads = records.heads.size();
  std::vector<size_t> cells;
  for (size_t cell = 0; cell < records.n_cells(); ++cell) {
    const auto layer = static_cast<int64_t>(cell / n_heads), head = static_cast<int64_t>(cell % n_heads);
    if ((group.layer < 0 || group.layer == layer) && (group.head < 0 || group.head == head)) cells.push_back(cell);
  }
  return cells;
}

}  // namespace ocellus::methods
