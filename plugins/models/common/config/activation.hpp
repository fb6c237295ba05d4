// Activations by the names that configuration files give them.
#pragma once

#include "plugins/models/common/config/json_fields.hpp"

namespace ocellus::models {

enum class Activation {
  gelu,       // by the error function
  quick_gelu  // x * sigmoid(1.702 x)
};

// Throws Error(OC_E_MODEL) for another.
Activation read_activation(const JsonFields& fields, const char* key, const char* fallback);

}  // namespace ocellus::models
