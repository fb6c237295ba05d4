#include "host/options/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace ocellus::options {
namespace {

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t substitute = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substitute});
    }
  }
  return row.back();
}

}  // namespace

std::vector<std::string> nearest(std::string_view written, const std::vector<std::string>& names) {
  std::vector<std::pair<size_t, std::string>> ranked;
  for (const std::string& name : names) {
    const size_t distance = edit_distance(written, name);
    const size_t allowed = std::max<size_t>(2, std::max(written.size(), name.size()) / 3);
    if (distance <= allowed) ranked.emplace_back(distance, name);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> result;
  for (size_t i = 0; i < std::min<size_t>(3, ranked.size()); ++i) result.push_back(ranked[i].second);
  return result;
}

std::string did_you_mean(std::string_view written, const std::vector<std::string>& names) {
  const std::vector<std::string> near = nearest(written, names);
  if (!near.empty()) return fmt::format("; did you mean {}?", fmt::join(near, " or "));
  if (names.empty()) return "; there are none";
  constexpr size_t listed = 20;
  const size_t n = std::min(names.size(), listed);
  const std::string rest = n < names.size() ? fmt::format(" and {} more", names.size() - n) : "";
  return fmt::format("; there are {}{}", fmt::join(names.begin(), names.begin() + static_cast<ptrdiff_t>(n), ", "),
                     rest);
}

}  // namespace ocellus::options
