#include "plugins/renderers/mp4/stored_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

namespace ocellus::mp4 {
namespace {

[[noreturn]] void refuse(const ArtifactView& artifact, std::string_view reason) {
  throw Error(OC_E_INTERNAL,
              fmt::format("the {} of {} cannot be drawn: {}", artifact.type(), artifact.label(), reason));
}

template <class T>
TensorView<T> tensor(const ArtifactView& artifact, const std::string& key, const std::vector<int64_t>& shape) {
  if (!artifact.has(key.c_str())) refuse(artifact, fmt::format("its array `{}` is missing", key));
  TensorView<T> view = artifact.tensor<T>(key.c_str());
  bool fits = view.shape().size() == shape.size();
  for (size_t axis = 0; fits && axis < shape.size(); ++axis)
    fits = shape[axis] < 0 || view.shape()[axis] == shape[axis];
  if (!fits) refuse(artifact, fmt::format("its array `{}` has another shape than the others let expect", key));
  return view;
}

size_t whole_number(const ArtifactView& artifact, const char* key) {
  const double value = artifact.number(key);
  if (!(value >= 0 && value <= 1e9) || value != std::floor(value)) {
    refuse(artifact, fmt::format("its number `{}` is none", key));
  }
  return static_cast<size_t>(value);
}

ImageSteps image_of(const ArtifactView& artifact, size_t image, int64_t n_layers, int64_t n_steps) {
  const std::string key = fmt::format("image{}", image);
  const TensorView<float> values = tensor<float>(artifact, key, {n_layers, n_steps, -1, -1});
  const int64_t rows = values.shape()[2], columns = values.shape()[3];
  constexpr int64_t kMost = std::numeric_limits<int16_t>::max();
  if (rows < 1 || columns < 1 || rows > kMost || columns > kMost) {
    refuse(artifact, fmt::format("image {} has {} x {} cells", image, rows, columns));
  }
  const TensorView<float> cells = tensor<float>(artifact, key + ".cells", {rows, columns, 4});
  return {static_cast<int32_t>(image), static_cast<int>(rows), static_cast<int>(columns),
          drawing::bounds_of(cells.flat()), values.flat()};
}

}  // namespace

StoredSteps::StoredSteps(const ArtifactView& artifact) : text_(artifact.text("text")) {
  const TensorView<int64_t> group = tensor<int64_t>(artifact, "group", {-1});
  const int64_t n_tokens = group.shape()[0];
  const TensorView<int64_t> offsets = tensor<int64_t>(artifact, "offsets", {n_tokens, 2});
  const TensorView<int64_t> image = tensor<int64_t>(artifact, "image", {n_tokens});
  for (int64_t token = 0; token < n_tokens; ++token) {
    const auto at = static_cast<size_t>(token);
    const int64_t begin = offsets(at, 0), end = offsets(at, 1);
    const auto n_units = static_cast<int64_t>(units_.size());
    if (group(at) != n_units && group(at) != n_units - 1) refuse(artifact, "its array `group` leaves numbers out");
    if (begin < 0 || end < begin || end > static_cast<int64_t>(text_.size())) {
      refuse(artifact, fmt::format("token {} lies outside its text", token));
    }
    if (group(at) == n_units) units_.push_back({static_cast<size_t>(begin), static_cast<size_t>(end), image(at)});
    group_.push_back(group(at));
  }
  const size_t prompt_tokens = whole_number(artifact, "prompt_tokens");
  first_of_answer_ = prompt_tokens < group_.size() ? static_cast<size_t>(group_[prompt_tokens]) : units_.size();

  const TensorView<int64_t> layers = tensor<int64_t>(artifact, "layers", {-1});
  layers_.assign(layers.flat().begin(), layers.flat().end());
  const TensorView<int64_t> tokens = tensor<int64_t>(artifact, "tokens", {-1});
  const int64_t n_layers = layers.shape()[0], n_steps = tokens.shape()[0];
  n_stored_ = static_cast<size_t>(n_steps);
  weights_ = tensor<float>(artifact, "weights", {n_layers, n_steps, n_tokens}).flat();
  const TensorView<int64_t> is_stop = tensor<int64_t>(artifact, "is_stop", {n_steps});
  const bool has_probabilities = artifact.has("log_probability");
  for (size_t step = 0; step < n_stored_ && is_stop(step) == 0; ++step) {
    if (tokens(step) < 0 || tokens(step) >= n_tokens) refuse(artifact, fmt::format("step {} shows no token", step));
    Step& made = steps_.emplace_back();
    made.unit = static_cast<size_t>(group_[static_cast<size_t>(tokens(step))]);
    if (has_probabilities) made.log_probability = tensor<float>(artifact, "log_probability", {n_steps})(step);
  }
  is_upstream_ = artifact.text("alignment") == "upstream";

  const size_t n_images = whole_number(artifact, "images");
  for (size_t k = 0; k < n_images; ++k) images_.push_back(image_of(artifact, k, n_layers, n_steps));
}

std::vector<float> StoredSteps::unit_weights(size_t layer, size_t step) const {
  const std::span<const float> row = weights_.subspan((layer * n_stored_ + step) * group_.size(), group_.size());
  std::vector<float> sums(units_.size(), 0.0F);
  for (size_t token = 0; token < row.size(); ++token) sums[static_cast<size_t>(group_[token])] += row[token];
  return sums;
}

std::span<const float> StoredSteps::cell_weights(size_t layer, size_t step, size_t image) const {
  const ImageSteps& of = images_[image];
  const size_t n_cells = static_cast<size_t>(of.rows) * static_cast<size_t>(of.columns);
  return of.values.subspan((layer * n_stored_ + step) * n_cells, n_cells);
}

}  // namespace ocellus::mp4
