// What a plan of gradients asks of the tower, by sizes alone. Free of libtorch.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>

#include "plugins/models/qavit/config.hpp"

namespace ocellus::qavit {

// Throws Error(OC_E_UNSUPPORTED) for what is not served: another target than the image features, noise, other probes.
void check_gradient_plan(const oc_gradient_plan& plan);

// Blocks that pictures pass, up to `end`, and that are gone back through, down to `begin`. `end` is not less than the
// number of blocks that the features come out of, and more where attention behind them is asked for.
struct GradientBlocks {
  int64_t begin, end;
};
GradientBlocks gradient_blocks(const oc_gradient_plan& plan, const Config& config);

}  // namespace ocellus::qavit
