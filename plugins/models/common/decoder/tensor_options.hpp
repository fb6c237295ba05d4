// Type and device as libtorch has them.
#pragma once

#include <c10/core/TensorOptions.h>

#include "plugins/models/common/decoder/compute.hpp"

namespace ocellus::models {

// For weights and computation.
at::TensorOptions tensor_options(ComputeType type, Device device);

}  // namespace ocellus::models
