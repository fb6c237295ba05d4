// Finds visual attention sinks: image tokens that draw attention whatever is asked, because their hidden state has the
// massive activations of the first token (Kang et al., See What You Are Told: Visual Attention Sink in Large Multimodal
// Models, 2025, section 3; Sun et al., Massive Activations in Large Language Models, 2024).
//
//   phi(x)[d] = |x[d]| / RMS(x);  sink dimensions D = {d : phi(x of token 0)[d] >= threshold};
//   token j is a sink if max over d in D of phi(x_j)[d] >= threshold
#pragma once

#include <cstdint>
#include <map>
#include <ocellus/sdk/method.hpp>
#include <set>
#include <vector>

namespace ocellus::methods {

class SinkFinder {
 public:
  explicit SinkFinder(double threshold) : threshold_(threshold) {}

  // Hidden states [rows, width] of the input of a layer, token 0 before all others.
  void add(const Capture& capture);

  bool is_sink(int64_t layer, int64_t token) const;
  // How many dimensions token 0 showed; 0 = the model has no such sinks there.
  size_t dimensions(int64_t layer) const;

 private:
  struct Layer {
    std::vector<size_t> dimensions;
    std::set<int64_t> tokens;
  };
  double threshold_;
  std::map<int64_t, Layer> layers_;
};

}  // namespace ocellus::methods
