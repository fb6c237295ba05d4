// Activations by the names that configuration files give them.
#pragma once

#include <initializer_list>

#include "plugins/models/common/config/json_fields.hpp"

namespace ocellus::models {

enum class Activation {
  gelu,        // by the error function
  quick_gelu,  // x * sigmoid(1.702 x)
  gelu_new,    // by tanh, of a polynomial of x
  relu
};

// Throws Error(OC_E_MODEL) for another than the `accepted`.
Activation read_activation(const JsonFields& fields, const char* key, const char* fallback,
                           std::initializer_list<Activation> accepted = {Activation::gelu, Activation::quick_gelu});

}  // namespace ocellus::models
