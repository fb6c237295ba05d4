// The type that a checkpoint's weights are stored in.
#pragma once

#include "plugins/models/common/config/json_fields.hpp"

namespace ocellus::models {

enum class StoredType { float32, bfloat16, float16 };

// `dtype` of config.json, or `torch_dtype` as it was called; float32 if it has neither. Throws Error(OC_E_MODEL) for
// another type.
StoredType read_stored_type(const JsonFields& config);

}  // namespace ocellus::models
