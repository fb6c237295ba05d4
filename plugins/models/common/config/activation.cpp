#include "plugins/models/common/config/activation.hpp"

#include <fmt/format.h>

#include <string>

namespace ocellus::models {

namespace {

const char* name_of(Activation activation) {
  switch (activation) {
    case Activation::gelu:
      return "gelu";
    case Activation::quick_gelu:
      return "quick_gelu";
    case Activation::gelu_new:
      return "gelu_new";
    case Activation::relu:
      break;
  }
  return "relu";
}

}  // namespace

Activation read_activation(const JsonFields& fields, const char* key, const char* fallback,
                           std::initializer_list<Activation> accepted) {
  const std::string name = fields.text(key, fallback);
  std::string names;
  for (const Activation& activation : accepted) {
    if (name == name_of(activation)) return activation;
    const bool is_first = &activation == accepted.begin(), is_last = &activation + 1 == accepted.end();
    names += fmt::format("{}{}", is_first ? "" : is_last ? " and " : ", ", name_of(activation));
  }
  fields.refuse(key, fmt::format("this plugin computes {} only here", names));
}

}  // namespace ocellus::models
