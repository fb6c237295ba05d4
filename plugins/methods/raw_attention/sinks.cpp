#include "plugins/methods/raw_attention/sinks.hpp"

#include <algorithm>
#include <cmath>

namespace ocellus::methods {

void SinkFinder::add(const Capture& capture) {
  Layer& layer = layers_[capture.layer()];
  for (size_t row = 0; row < capture.rows().size(); ++row) {
    const std::span<const float> state = capture.values().row(row);
    double squares = 0;
    for (const float value : state) squares += static_cast<double>(value) * static_cast<double>(value);
    const double limit = threshold_ * std::sqrt(squares / static_cast<double>(state.size()));
    const auto is_massive = [&](size_t dimension) { return std::abs(static_cast<double>(state[dimension])) >= limit; };
    const int64_t token = capture.rows()[row];
    if (token == 0) {
      for (size_t dimension = 0; dimension < state.size(); ++dimension) {
        if (limit > 0 && is_massive(dimension)) layer.dimensions.push_back(dimension);
      }
    } else if (std::any_of(layer.dimensions.begin(), layer.dimensions.end(), is_massive)) {
      layer.tokens.insert(token);
    }
  }
}

bool SinkFinder::is_sink(int64_t layer, int64_t token) const {
  return layers_.at(layer).tokens.contains(token);
}

size_t SinkFinder::dimensions(int64_t layer) const {
  return layers_.at(layer).dimensions.size();
}

}  // namespace ocellus::methods
