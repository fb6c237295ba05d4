#include "plugins/models/common/captures/mass_record.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace ocellus::models {

size_t MassRecord::Wish::bytes() const {
  return layers.size() * heads.size() * rows.size() * groups.size() * sizeof(float);
}

size_t MassRecord::bytes(const oc_merged_plan& plan, int64_t prefix) {
  size_t bytes = 0;
  for (const oc_merged_probe* wish : std::span(plan.probes, plan.n_probes)) {
    if (std::string_view(wish->kind) != OC_PROBE_MASS) continue;
    const int64_t* const end = std::lower_bound(wish->rows, wish->rows + wish->n_rows, prefix);
    bytes += wish->n_layers * wish->n_heads * static_cast<size_t>(end - wish->rows) * wish->n_groups * sizeof(float);
  }
  return bytes > most_bytes ? 0 : bytes;
}

MassRecord::MassRecord(std::vector<Wish> wishes) {
  size_t bytes = 0;
  for (const Wish& wish : wishes) bytes += wish.bytes();
  if (bytes > most_bytes) return;
  for (Wish& wish : wishes) entries_.push_back({std::move(wish), {}});
}

std::optional<size_t> MassRecord::find(const Wish& wish) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.wish == wish; });
  if (found == entries_.end()) return std::nullopt;
  return static_cast<size_t>(found - entries_.begin());
}

void MassRecord::keep(size_t wish, Mass mass) {
  entries_[wish].masses.push_back(std::move(mass));
}

}  // namespace ocellus::models
