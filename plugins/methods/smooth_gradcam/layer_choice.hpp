// Which layers a map is made of, and where in the residual stream that is.
#pragma once

#include <cstdint>
#include <ocellus/sdk/options.hpp>
#include <string>
#include <vector>

#include "plugins/methods/smooth_gradcam/weighting.hpp"

namespace ocellus::methods {

enum class Site { output, input };  // of a layer

// Its number among those of OC_PROBE_GRADIENT.
inline int64_t site_of(int64_t layer, Site site) {
  return site == Site::output ? layer + 1 : layer;
}

// Up to six layers from the first on, a fifth of all apart, and the last: the published tool's choice.
std::vector<int64_t> spread_layers(int64_t n_layers);

// Why a map there would say nothing about the picture, whatever the model's weights; "" = it may say something. Behind
// the last layer tokens no longer read each other. In front of it all that is read of an image token went through the
// norm, which its length does not change, and hirescam's sum is the derivative by that length (Euler's theorem).
std::string why_empty(int64_t site, int64_t n_layers, Weighting weighting);

struct LayerChoice {
  std::vector<int64_t> layers;    // in the order written
  std::vector<int64_t> left_out;  // that words meant (`all`) and that have no meaning here; sorted
};
LayerChoice choose_layers(const IndexSetOption& option, int64_t n_layers, Site site, Weighting weighting);

}  // namespace ocellus::methods
