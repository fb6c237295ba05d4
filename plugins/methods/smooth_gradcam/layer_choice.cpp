#include "plugins/methods/smooth_gradcam/layer_choice.hpp"

#include <algorithm>

namespace ocellus::methods {

std::vector<int64_t> spread_layers(int64_t n_layers) {
  const int64_t step = std::max<int64_t>(1, n_layers / 5), n = std::min<int64_t>(6, n_layers / step);
  std::vector<int64_t> layers;
  for (int64_t i = 0; i < n; ++i) layers.push_back(i * step);
  if (layers.back() != n_layers - 1) layers.push_back(n_layers - 1);
  return layers;
}

std::string why_empty(int64_t site, int64_t n_layers, Weighting weighting) {
  if (site == n_layers)
    return "the gradient at image tokens is exactly 0 behind the last layer, where tokens no longer read each other";
  if (site == n_layers - 1 && weighting == Weighting::hirescam) {
    return "gradient times activation cancels in front of the last layer, where the norm takes away a token's length: "
           "what is left is rounding";
  }
  return "";
}

LayerChoice choose_layers(const IndexSetOption& option, int64_t n_layers, Site site, Weighting weighting) {
  std::vector<int64_t> possible, empty;
  for (int64_t layer = 0; layer < n_layers; ++layer) {
    (why_empty(site_of(layer, site), n_layers, weighting).empty() ? possible : empty).push_back(layer);
  }
  if (option.value() == "auto") {
    LayerChoice choice;
    for (const int64_t layer : spread_layers(n_layers)) {
      const bool is_possible = std::binary_search(possible.begin(), possible.end(), layer);
      (is_possible ? choice.layers : choice.left_out).push_back(layer);
    }
    if (choice.layers.empty()) std::swap(choice.layers, choice.left_out);
    return choice;
  }
  const std::vector<int64_t> meant = option.resolve("layer", n_layers);
  const auto is_empty = [&](int64_t layer) { return std::binary_search(empty.begin(), empty.end(), layer); };
  if (std::none_of(meant.begin(), meant.end(), is_empty)) return {meant, {}};
  try {
    const IndexSetOption::Possible chosen = option.resolve_among("layer", n_layers, possible, "has an empty map");
    return {chosen.indices, chosen.left_out};
  } catch (const Error& error) {
    if (error.status() != OC_E_UNSUPPORTED) throw;
    return {meant, {}};  // a number names it, or words mean nothing else: it is shown, and said to be empty
  }
}

}  // namespace ocellus::methods
