#include "plugins/models/common/decoder/computed_prefix.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

namespace ocellus::models {

namespace {

std::vector<int64_t> ids_of(const PreparedSample& prepared) {
  const std::vector<int64_t>& ids = prepared.prompt.ids;
  return {ids.begin(), ids.begin() + prepared.prompt.prefix};
}

// [axes, prefix]
std::vector<int64_t> positions_of(const PreparedSample& prepared) {
  const std::vector<int64_t>& all = prepared.positions.axes;
  std::vector<int64_t> positions;
  for (auto axis = all.begin(); axis != all.end(); axis += prepared.tokens())
    positions.insert(positions.end(), axis, axis + prepared.prompt.prefix);
  return positions;
}

}  // namespace

ComputedPrefix::ComputedPrefix(const PreparedSample& prepared, int64_t passed, KvCache computed, MassRecord recorded)
    : ids(ids_of(prepared)),
      positions(positions_of(prepared)),
      pixels(prepared.pixels().begin(), prepared.pixels().end()),
      layers(passed),
      cache(std::move(computed)),
      masses(std::move(recorded)) {}

bool ComputedPrefix::begins(const PreparedSample& prepared) const {
  const std::span<const float> own = prepared.pixels();
  return own.size() == pixels.size() && ids_of(prepared) == ids && positions_of(prepared) == positions &&
         std::memcmp(own.data(), pixels.data(), own.size_bytes()) == 0;
}

}  // namespace ocellus::models
