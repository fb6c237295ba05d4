// The first part of a sample's prompt, up to the end of its last image, as the decoder left it. A sample that begins
// alike takes it over and has only the rest computed; every prompt is computed in these two parts, so that its numbers
// are the same.
#pragma once

#include <cstdint>
#include <vector>

#include "plugins/models/common/captures/mass_record.hpp"
#include "plugins/models/common/captures/prepared_sample.hpp"
#include "plugins/models/common/transformer/kv_cache.hpp"

namespace ocellus::models {

struct ComputedPrefix {
  ComputedPrefix(const PreparedSample& prepared, int64_t passed, KvCache computed, MassRecord recorded);

  bool begins(const PreparedSample& prepared) const;

  // What decides its numbers. Positions tell the pictures' sizes, too.
  std::vector<int64_t> ids, positions;
  std::vector<float> pixels;

  int64_t layers;  // that it has passed
  KvCache cache;
  MassRecord masses;
};

}  // namespace ocellus::models
