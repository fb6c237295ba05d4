// Weights that know nothing, for tests of what explains a network (Adebayo et al., "Sanity checks for saliency maps",
// NeurIPS 2018).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "plugins/models/common/weights/tensor_view.hpp"

namespace ocellus::models {

// A tensor of the shape of `stored` in `type`: normal numbers with the mean and the standard deviation that the stored
// values have. Number i is a function of `seed` and i alone, on however many threads. Beside the result it holds a
// float32 copy or two of this one tensor while it works. What is not a floating-point tensor throws Error(OC_E_MODEL).
at::Tensor random_weight(const TensorView& stored, at::ScalarType type, uint64_t seed);

}  // namespace ocellus::models
