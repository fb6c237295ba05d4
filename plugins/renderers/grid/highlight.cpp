#include "plugins/renderers/grid/highlight.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace ocellus::grid {
namespace {

std::optional<int64_t> number_in(const std::string& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// Where the map stands along what `number` counts.
std::optional<int64_t> place_of(By by, const MapFacts& map) {
  return by == By::head ? std::optional(map.number) : map.layer;
}

// How many there are of them; more than are shown, where that is recorded.
int64_t count_of(By by, const MapFacts& map, const std::vector<MapFacts>& all) {
  if (by != By::head && map.n_layers > 0) return map.n_layers;
  int64_t last = -1;
  for (const MapFacts& of : all) last = std::max(last, place_of(by, of).value_or(-1));
  return last + 1;
}

}  // namespace

bool is_highlighted(const std::string& wanted, By by, const MapFacts& map, const std::vector<MapFacts>& all) {
  if (wanted.empty()) return false;
  const std::optional<int64_t> number = wanted == "last" ? -1 : number_in(wanted);
  if (!number) return wanted == map.label || wanted == map.weights || wanted == map.model || wanted == map.picture_name;
  const std::optional<int64_t> place = place_of(by, map);
  return place && *place == (*number < 0 ? *number + count_of(by, map, all) : *number);
}

}  // namespace ocellus::grid
