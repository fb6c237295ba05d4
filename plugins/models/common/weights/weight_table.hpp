// The weights that a configuration asks for, matched against what a folder holds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/common/weights/checkpoint.hpp"

namespace ocellus::models {

struct WeightSpec {
  std::string name;
  std::vector<int64_t> shape;
};

// Names and shapes, one layer after another.
class WeightTable {
 public:
  void add(std::string name, std::vector<int64_t> shape) { specs_.push_back({std::move(name), std::move(shape)}); }
  // <name>.weight [out, in] and, with `bias`, <name>.bias [out].
  void linear(const std::string& name, int64_t out, int64_t in, bool bias);
  void layer_norm(const std::string& name, int64_t width);
  // gate_proj, up_proj and down_proj below `name`.
  void gated_mlp(const std::string& name, int64_t width, int64_t inner, bool bias);

  const std::vector<WeightSpec>& specs() const { return specs_; }

 private:
  std::vector<WeightSpec> specs_;
};

// Elements of all weights together.
int64_t parameter_count(const std::vector<WeightSpec>& specs);

using WeightMap = std::map<std::string, TensorView, std::less<>>;

// The name that the table uses for a stored tensor; empty for one that is passed over.
using TableName = std::function<std::string(std::string_view stored)>;

// The stored tensors by table name. Every weight of the table is there once, with its shape, and nothing else is, save
// what `table_name` passes over. Throws Error(OC_E_MODEL) naming the weight that is missing, unexpected, doubled or of
// another shape; `folder` is where the tensors came from.
WeightMap match_weights(std::span<const TensorView> tensors, const std::vector<WeightSpec>& specs,
                        const TableName& table_name, const std::filesystem::path& folder);

}  // namespace ocellus::models
