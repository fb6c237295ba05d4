// The size at which Qwen2-VL and its successors look at a picture.
#pragma once

#include <cstdint>

#include "plugins/models/common/image/size.hpp"

namespace ocellus::models {

// Areas in pixels, at least 1 each.
struct PixelLimits {
  std::int64_t min_pixels = 56 * 56;
  std::int64_t max_pixels = 28 * 28 * 1280;

  bool operator==(const PixelLimits&) const = default;
};

// The size nearest to `picture` in shape whose sides are multiples of `factor` (> 0) and whose area is within the
// limits where that is possible: each side is rounded half to even, then both are scaled down or up if the area asks
// for it. As smart_resize of transformers, which also accepts sides below `factor`. Throws Error(OC_E_SAMPLE) if a side
// is not positive, if one is more than 200 times the other, or if the result does not fit in int.
Size smart_resize(Size picture, int factor, PixelLimits limits);

}  // namespace ocellus::models
