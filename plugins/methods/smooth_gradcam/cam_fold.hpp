// Folds captures of gradients into maps as they come, so that memory grows with layers and cells and not with draws.
#pragma once

#include <cstdint>
#include <map>
#include <ocellus/sdk/method.hpp>
#include <tuple>
#include <vector>

#include "plugins/methods/smooth_gradcam/draw_mean.hpp"
#include "plugins/methods/smooth_gradcam/weighting.hpp"

namespace ocellus::methods {

// The tokens of one image, in the decoder.
struct ImageTokens {
  std::vector<int64_t> tokens;  // sorted
  std::vector<int64_t> cells;   // of each: its place on the grid, row-major; -1 = it lies nowhere in the picture
  size_t n_cells = 0;
};

// One entry for each grid of `run`, in that order.
std::vector<ImageTokens> image_tokens(const Run& run);

struct CamSettings {
  struct Wanted {
    Weighting weighting;
    std::vector<int64_t> sites;  // places in the residual stream, numbered as OC_PROBE_GRADIENT does
  };
  std::vector<Wanted> wanted;
  bool grad_relu = false;
  double threshold = 0;
  bool mean_over_sites = false;  // each draw's maps are averaged over the sites before draws are
  size_t draws = 1;
};

// What the draws of one map gave at one site.
struct SiteFacts {
  std::vector<float> maxima;  // [draws] of the maps before they are divided by it; 0 = no positive value
  bool has_gradient = false;  // some gradient is not 0
  double cancelled = 0;  // hirescam: the largest share of the sum of absolute terms that was left of any draw's sum
};

class CamFold {
 public:
  static constexpr int64_t all_sites = -1;

  CamFold() = default;
  CamFold(CamSettings settings, std::vector<ImageTokens> images);

  // Bytes held at one time where pieces come whole, for a residual stream of `width`.
  uint64_t bytes(size_t width) const;

  // A piece [2, rows, width] of one site and draw. Rows may come in several pieces, draws in any order; the same draw
  // order gives the same bits.
  void add(int64_t site, size_t draw, const Capture& capture);

  // `site` is all_sites with mean_over_sites. Throw Error(OC_E_INTERNAL) unless all draws have come.
  const DrawMean& map(size_t wanted, int64_t site, size_t image) const;
  const SiteFacts& facts(size_t wanted, int64_t site, size_t image) const;

 private:
  using Key = std::tuple<size_t, int64_t, size_t>;  // wanted, site, image
  struct Rows {                                     // of one image that came in several pieces
    std::vector<float> activation, gradient;
    std::vector<size_t> places;  // of the rows among the image's tokens
  };
  struct Partial {
    std::vector<double> sum;
    size_t sites = 0;
  };
  void add_rows(int64_t site, size_t draw, size_t image, const TokenGradients& rows, std::span<const size_t> places);
  void fold(int64_t site, size_t draw, size_t image, const TokenGradients& rows, std::span<const size_t> places);

  CamSettings settings_;
  std::vector<ImageTokens> images_;
  std::map<int64_t, std::pair<size_t, size_t>> place_of_token_;  // image, place among its tokens
  std::map<Key, DrawMean> maps_;
  std::map<Key, SiteFacts> facts_;
  std::map<std::tuple<int64_t, size_t, size_t>, Rows> waiting_;    // site, draw, image
  std::map<std::tuple<size_t, size_t, size_t>, Partial> partial_;  // wanted, draw, image; of mean_over_sites
};

}  // namespace ocellus::methods
