// Gradients that a model takes, as a host would ask for them. Those that every model takes in the same way are tested
// in gradients_test.cpp, which a model's tests compile beside their own.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>
#include <map>
#include <ocellus/sdk/model.hpp>
#include <utility>
#include <vector>

namespace ocellus::test {

// What came back for one layer of one draw.
struct KeptGradient {
  std::vector<float> activation, gradient;  // [rows, width]
};

// Attention of one row and its gradient, [heads, keys] each.
struct KeptAttentionGradient {
  std::vector<int64_t> heads, keys;
  std::vector<float> probabilities, gradients;
};

class GradientSink {
 public:
  GradientSink();
  GradientSink(const GradientSink&) = delete;
  Sink sink() const { return Sink(&table_); }

  std::map<std::pair<uint32_t, int64_t>, KeptGradient> layers;  // by (draw, layer)
  std::map<uint32_t, std::vector<float>> scores;                // by draw
  std::vector<std::pair<uint32_t, int64_t>> order;              // (draw, layer) as they came
  std::map<std::pair<uint32_t, int64_t>, std::map<int64_t, KeptAttentionGradient>> attention;  // (draw, layer) -> row
  std::vector<std::pair<int64_t, int64_t>> attention_order;                                    // (layer, row)
  size_t most_rows = 0;                                                                        // of one piece
  int polls = 0, cancel_at = -1;  // the poll that is answered with "stop"

 private:
  void keep(const oc_capture& capture, const oc_tensor& tensor);
  void keep_attention(const oc_capture& capture, const oc_tensor& tensor);
  oc_sink table_{};
};

// Owns what a plan points to.
struct GradientWish {
  std::vector<int64_t> layers, rows;
  std::vector<oc_target_token> targets;
  std::vector<int64_t> continuation = {};
  std::vector<oc_noise> draws = {};  // none: the clean input
  uint32_t score = OC_SCORE_LOGIT;
  uint64_t memory = 0;
  bool of_features = false;  // of the vision stack: scores and attention's gradients alone
  // Attention's gradients, where there are layers of them; no keys: all.
  std::vector<int64_t> attention_layers = {}, attention_heads = {}, attention_rows = {}, attention_keys = {};
};

void run_gradients(Gradients& model, const Model::Prepared& prepared, const GradientWish& wish, GradientSink& sink);
oc_cost cost_of_gradients(const Gradients& model, const Model::Prepared& prepared, const GradientWish& wish);

}  // namespace ocellus::test
