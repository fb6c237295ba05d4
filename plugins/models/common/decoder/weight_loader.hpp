// Takes layers out of the matched weights.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "plugins/models/common/transformer/clip_layers.hpp"
#include "plugins/models/common/transformer/layers.hpp"
#include "plugins/models/common/transformer/weight_tensor.hpp"
#include "plugins/models/common/weights/weight_table.hpp"

namespace ocellus::models {

class WeightLoader {
 public:
  // `stored`, from match_weights, is borrowed.
  // Gives tensors of the type and on the device of `options`.
  WeightLoader(const WeightMap& stored, const at::TensorOptions& options) : stored_(stored), options_(options) {}

  at::Device device() const { return options_.device(); }
  at::ScalarType type() const { return options_.dtype().toScalarType(); }
  // The same weights in another type.
  WeightLoader in(at::ScalarType type) const { return {stored_, options_.dtype(type)}; }
  at::Tensor tensor(const std::string& name) const {
    return weight_tensor(stored_.at(name), type()).to(options_.device());
  }
  // With its bias if there is one in the table.
  Linear linear(const std::string& name) const {
    const std::string bias = name + ".bias";
    return {tensor(name + ".weight"), stored_.contains(bias) ? tensor(bias) : at::Tensor()};
  }
  LayerNorm layer_norm(const std::string& name, double eps) const {
    return {tensor(name + ".weight"), tensor(name + ".bias"), eps};
  }
  RmsNorm norm(const std::string& name, double eps) const { return {tensor(name + ".weight"), eps}; }
  GatedMlp mlp(const std::string& name) const {
    return {linear(name + ".gate_proj"), linear(name + ".up_proj"), linear(name + ".down_proj")};
  }
  TwoLayerMlp two_layer_mlp(const std::string& name, Activation activation) const {
    return {linear(name + ".fc1"), linear(name + ".fc2"), activation};
  }

 private:
  const WeightMap& stored_;
  at::TensorOptions options_;
};

}  // namespace ocellus::models
