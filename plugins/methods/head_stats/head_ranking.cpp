#include "plugins/methods/head_stats/head_ranking.hpp"

#include <algorithm>
#include <numeric>

namespace ocellus::methods {
namespace {

Ranked measured(const HeadRecords& records, const Group& group, double low) {
  const size_t n_quantities = records.quantities.size();
  Ranked of{group.layer, group.head, std::vector<double>(n_quantities), std::vector<int64_t>(n_quantities), ""};
  const std::vector<size_t> cells = cells_of(records, group);
  const size_t n_samples = records.samples.size();
  bool low_everywhere = true, extreme = true;
  for (size_t quantity = 0; quantity < n_quantities; ++quantity) {
    const bool is_total = records.quantities[quantity] == "total";  // of the others: no flow of its own
    double sum = 0;
    for (size_t sample = 0; sample < n_samples; ++sample) {
      for (const size_t cell : cells) {
        const double value = static_cast<double>(records.values[quantity][sample * records.n_cells() + cell]);
        sum += value;
        extreme = extreme && (is_total || value <= low || value >= 1 - low);
      }
    }
    of.mean[quantity] = sum / static_cast<double>(n_samples * cells.size());
    low_everywhere = low_everywhere && (is_total || of.mean[quantity] <= low);
  }
  if (low_everywhere) of.flags = n_quantities > 1 ? "both_low" : "low";
  if (extreme) of.flags += of.flags.empty() ? "extreme" : "+extreme";
  return of;
}

std::vector<Ranked> ranked(std::vector<Ranked> all) {
  std::vector<size_t> order(all.size());
  for (size_t quantity = all.front().mean.size(); quantity-- > 0;) {  // the first last: its order stays
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return all[a].mean[quantity] > all[b].mean[quantity]; });
    for (size_t place = 0; place < order.size(); ++place)
      all[order[place]].rank[quantity] = static_cast<int64_t>(place) + 1;
  }
  std::vector<Ranked> sorted;
  for (const size_t place : order) sorted.push_back(all[place]);
  return sorted;
}

}  // namespace

std::vector<Ranked> rank_heads(const HeadRecords& records, double low) {
  std::vector<Ranked> all;
  for (int64_t layer = 0; layer < static_cast<int64_t>(records.layers.size()); ++layer) {
    for (int64_t head = 0; head < static_cast<int64_t>(records.heads.size()); ++head)
      all.push_back(measured(records, {"", layer, head}, low));
  }
  return ranked(std::move(all));
}

std::vector<Ranked> rank_layers(const HeadRecords& records, double low) {
  std::vector<Ranked> all;
  for (int64_t layer = 0; layer < static_cast<int64_t>(records.layers.size()); ++layer)
    all.push_back(measured(records, {"", layer, -1}, low));
  return ranked(std::move(all));
}

}  // namespace ocellus::methods
