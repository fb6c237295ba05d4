// Stored weights as tensors of the run's type.
#pragma once

#include <ATen/core/Tensor.h>

#include "plugins/models/common/weights/tensor_view.hpp"

namespace ocellus::models {

// The stored tensor in `type`: over the mapped file itself where type and alignment allow it, else a copy. When the
// tensor over the file is gone, because a copy replaced it, its pages are given back. What is not a floating-point
// tensor throws Error(OC_E_MODEL).
at::Tensor weight_tensor(const TensorView& stored, at::ScalarType type);

}  // namespace ocellus::models
