#include "plugins/models/common/weights/weight_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ocellus/sdk/error.hpp>
#include <utility>

namespace ocellus::models {

namespace {

std::string shown(const std::vector<int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

}  // namespace

void WeightTable::linear(const std::string& name, int64_t out, int64_t in, bool bias) {
  add(name + ".weight", {out, in});
  if (bias) add(name + ".bias", {out});
}

void WeightTable::layer_norm(const std::string& name, int64_t width) {
  add(name + ".weight", {width});
  add(name + ".bias", {width});
}

void WeightTable::gated_mlp(const std::string& name, int64_t width, int64_t inner, bool bias) {
  linear(name + ".gate_proj", inner, width, bias);
  linear(name + ".up_proj", inner, width, bias);
  linear(name + ".down_proj", width, inner, bias);
}

int64_t parameter_count(const std::vector<WeightSpec>& specs) {
  int64_t count = 0;
  for (const WeightSpec& spec : specs) {
    int64_t elements = 1;
    for (const int64_t side : spec.shape) elements *= side;
    count += elements;
  }
  return count;
}

WeightMap match_weights(std::span<const TensorView> tensors, const std::vector<WeightSpec>& specs,
                        const TableName& table_name, const std::filesystem::path& folder) {
  WeightMap stored;
  for (const TensorView& tensor : tensors) {
    std::string name = table_name(tensor.name);
    if (name.empty()) continue;
    const auto [place, is_new] = stored.emplace(std::move(name), tensor);
    if (!is_new) {
      throw Error(OC_E_MODEL, fmt::format("{} holds the weight '{}' twice, as '{}' and as '{}'", folder.string(),
                                          place->first, place->second.name, tensor.name));
    }
  }
  for (const WeightSpec& spec : specs) {
    const auto found = stored.find(spec.name);
    if (found == stored.end()) {
      throw Error(OC_E_MODEL, fmt::format("{} lacks the weight '{}' {} that config.json asks for", folder.string(),
                                          spec.name, shown(spec.shape)));
    }
    if (found->second.shape != spec.shape) {
      throw Error(OC_E_MODEL, fmt::format("{}: the weight '{}' is {}, but config.json asks for {}", folder.string(),
                                          found->second.name, shown(found->second.shape), shown(spec.shape)));
    }
  }
  if (stored.size() == specs.size()) return stored;
  for (const WeightSpec& spec : specs) stored.erase(spec.name);
  const TensorView& extra = stored.begin()->second;
  throw Error(OC_E_MODEL, fmt::format("{} holds the weight '{}' {}, which this model has no place for", folder.string(),
                                      extra.name, shown(extra.shape)));
}

}  // namespace ocellus::models
