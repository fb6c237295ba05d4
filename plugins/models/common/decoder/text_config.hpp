// The sizes of a decoder of the Llama family: RMSNorm, rotary positions, grouped keys and values, gated MLP with silu.
#pragma once

#include <cstdint>
#include <vector>

namespace ocellus::models {

struct TextConfig {
  int64_t hidden_size, intermediate_size, layers, heads, kv_heads, head_dim, vocabulary;
  double rms_norm_eps, rope_theta;
  // Of head_dim / 2: how many frequencies each axis of the positions turns, in order. One entry for plain rotary
  // embedding, three (time, height, width) for Qwen's.
  std::vector<int64_t> rope_sections;
  bool tied_head;  // the output head is the embedding
  bool qkv_bias, output_bias, mlp_bias;
};

}  // namespace ocellus::models
