// How gradients weight activations in a class activation map over the tokens n and channels c of one image, with
// A the residual stream and G the gradient of the target with respect to it:
//
//   gradcam    ReLU(sum_c a_c A_nc), a_c = mean_n G_nc          Selvaraju et al., Grad-CAM, 2017
//   hirescam   ReLU(sum_c G_nc A_nc)                            Draelos and Carin, Use HiResCAM, 2020
//   layercam   ReLU(sum_c ReLU(G_nc) A_nc)                      Jiang et al., LayerCAM, 2021
//   gradcam++  ReLU(sum_c w_c A_nc), w_c = sum_n alpha_nc ReLU(G_nc),
//              alpha_nc = G_nc^2 / (2 G_nc^2 + G_nc^3 sum_m A_mc)
//                                      Chattopadhyay et al., Grad-CAM++, 2018, eq. 19, for the score exp(target)
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace ocellus::methods {

enum class Weighting { gradcam, hirescam, layercam, gradcam_plus_plus };

// "gradcam", "hirescam", "layercam", "gradcam++". Throws Error(OC_E_INTERNAL) for another word.
Weighting weighting_of(std::string_view word);

// All tokens of one image; [tokens, width] each, in C order.
struct TokenGradients {
  std::span<const float> activation, gradient;
  size_t width = 0;

  size_t tokens() const { return width == 0 ? 0 : activation.size() / width; }
};

struct ActivationMap {
  std::vector<double> values;  // [tokens], none below 0
  double largest_terms = 0;    // hirescam: max_n sum_c |G_nc A_nc|, which tells how much of the sum has cancelled
};

// In float64. `grad_relu` sets negative gradients to 0 before anything else.
ActivationMap activation_map(Weighting weighting, const TokenGradients& of, bool grad_relu);

}  // namespace ocellus::methods
