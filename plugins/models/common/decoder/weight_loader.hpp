// Takes layers out of the matched weights.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <utility>

#include "plugins/models/common/decoder/randomisation.hpp"
#include "plugins/models/common/transformer/clip_layers.hpp"
#include "plugins/models/common/transformer/layers.hpp"
#include "plugins/models/common/transformer/random_weight.hpp"
#include "plugins/models/common/transformer/weight_tensor.hpp"
#include "plugins/models/common/weights/weight_table.hpp"

namespace ocellus::models {

class WeightLoader {
 public:
  // `stored`, from match_weights, is borrowed.
  // Gives tensors of the type and on the device of `options`, random ones where `randomised` says so.
  WeightLoader(const WeightMap& stored, const at::TensorOptions& options, Randomisation randomised = {})
      : stored_(stored), options_(options), randomised_(std::move(randomised)) {}

  at::Device device() const { return options_.device(); }
  at::ScalarType type() const { return options_.dtype().toScalarType(); }
  // The same weights in another type.
  WeightLoader in(at::ScalarType type) const { return {stored_, options_.dtype(type), randomised_}; }
  at::Tensor tensor(const std::string& name) const {
    const TensorView& stored = stored_.at(name);
    const std::optional<uint64_t> seed = randomised_.seed_of(name);
    return (seed ? random_weight(stored, type(), *seed) : weight_tensor(stored, type())).to(options_.device());
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
  Randomisation randomised_;
};

}  // namespace ocellus::models
