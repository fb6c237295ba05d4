#include "plugins/models/common/config/activation.hpp"

#include <string>

namespace ocellus::models {

Activation read_activation(const JsonFields& fields, const char* key, const char* fallback) {
  const std::string name = fields.text(key, fallback);
  if (name == "gelu") return Activation::gelu;
  if (name == "quick_gelu") return Activation::quick_gelu;
  fields.refuse(key, "this plugin computes gelu and quick_gelu only here");
}

}  // namespace ocellus::models
