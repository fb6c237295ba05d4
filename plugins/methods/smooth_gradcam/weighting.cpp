#include "plugins/methods/smooth_gradcam/weighting.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <ocellus/sdk/error.hpp>
#include <string>

namespace ocellus::methods {
namespace {

double positive(double value) {
  return value > 0 ? value : 0.0;
}

// The sum of term(0) to term(n - 1), eight at a time: the order is fixed and leaves room for vector instructions.
template <class Term>
double sum_of(size_t n, Term term) {
  constexpr size_t lanes = 8;
  std::array<double, lanes> sums{};
  size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (size_t lane = 0; lane < lanes; ++lane) sums[lane] += term(i + lane);
  }
  for (; i < n; ++i) sums[0] += term(i);
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

// The sum over tokens of term(value), for each channel of [tokens, width].
template <class Term>
std::vector<double> over_tokens(std::span<const float> values, size_t width, Term term) {
  std::vector<double> sums(width, 0.0);
  for (size_t row = 0; row < values.size(); row += width) {
    for (size_t c = 0; c < width; ++c) sums[c] += term(static_cast<double>(values[row + c]));
  }
  return sums;
}

// sum_n alpha_nc ReLU(G_nc). With both sides divided by G^2, alpha is 1 / (2 + G sum_m A_mc), and only positive
// gradients count, so that ReLU on gradients would change nothing. A divisor of 0 makes an alpha of 0.
std::vector<double> plus_plus_weights(const TokenGradients& of) {
  const std::vector<double> sums = over_tokens(of.activation, of.width, [](double value) { return value; });
  std::vector<double> weights(of.width, 0.0);
  for (size_t row = 0; row < of.gradient.size(); row += of.width) {
    for (size_t c = 0; c < of.width; ++c) {
      const double gradient = positive(static_cast<double>(of.gradient[row + c]));
      const double divisor = 2.0 + gradient * sums[c];
      weights[c] += divisor != 0.0 ? gradient / divisor : 0.0;
    }
  }
  return weights;
}

std::vector<double> mean_gradients(const TokenGradients& of, bool grad_relu) {
  std::vector<double> means =
      over_tokens(of.gradient, of.width, [&](double gradient) { return grad_relu ? positive(gradient) : gradient; });
  for (double& mean : means) mean /= static_cast<double>(of.tokens());
  return means;
}

}  // namespace

Weighting weighting_of(std::string_view word) {
  if (word == "gradcam") return Weighting::gradcam;
  if (word == "hirescam") return Weighting::hirescam;
  if (word == "layercam") return Weighting::layercam;
  if (word == "gradcam++") return Weighting::gradcam_plus_plus;
  throw Error(OC_E_INTERNAL, "there is no weighting " + std::string(word));
}

ActivationMap activation_map(Weighting weighting, const TokenGradients& of, bool grad_relu) {
  ActivationMap map;
  map.values.reserve(of.tokens());
  std::vector<double> weights;  // of channels, where all tokens share them
  if (weighting == Weighting::gradcam) weights = mean_gradients(of, grad_relu);
  if (weighting == Weighting::gradcam_plus_plus) weights = plus_plus_weights(of);
  const bool relu = grad_relu || weighting == Weighting::layercam;
  for (size_t row = 0; row < of.activation.size(); row += of.width) {
    const float* const activation = &of.activation[row];
    const float* const gradient = &of.gradient[row];
    const auto product = [&](size_t c) {
      const auto slope = static_cast<double>(gradient[c]);
      return (relu ? positive(slope) : slope) * static_cast<double>(activation[c]);
    };
    const double sum =
        weights.empty() ? sum_of(of.width, product)
                        : sum_of(of.width, [&](size_t c) { return weights[c] * static_cast<double>(activation[c]); });
    map.values.push_back(positive(sum));
    if (weighting == Weighting::hirescam) {
      map.largest_terms = std::max(map.largest_terms, sum_of(of.width, [&](size_t c) { return std::abs(product(c)); }));
    }
  }
  return map;
}

}  // namespace ocellus::methods
