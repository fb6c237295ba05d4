// What a model folder says about the network, checked: every number that becomes a size is positive, bounded and
// divides what it must.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "plugins/models/common/config/stored_type.hpp"
#include "plugins/models/common/decoder/text_config.hpp"

namespace ocellus::qwen2_5_vl {

using TextConfig = models::TextConfig;

// Both share the language model and differ in the tower: Qwen2-VL's has LayerNorm, an MLP of two layers with quick_gelu
// and full attention in every block; Qwen2.5-VL's has RMSNorm, a gated MLP with silu and windows.
enum class Family { qwen2_vl, qwen2_5_vl };

// The value of `model_type`.
inline const char* name_of(Family family) {
  return family == Family::qwen2_vl ? "qwen2_vl" : "qwen2_5_vl";
}

struct VisionConfig {
  Family family;
  int64_t depth, hidden_size, intermediate_size, heads, head_dim, out_hidden_size;
  int64_t channels, patch_size, temporal_patch_size, merge_size;
  int64_t window_size;                         // pixels; means nothing where all blocks have full attention
  std::vector<int64_t> full_attention_blocks;  // sorted; the others attend within windows

  bool is_full(int64_t block) const {
    return std::binary_search(full_attention_blocks.begin(), full_attention_blocks.end(), block);
  }
  int64_t patch_elements() const { return channels * temporal_patch_size * patch_size * patch_size; }
  int64_t patches_per_unit() const { return merge_size * merge_size; }
};

struct Config {
  TextConfig text;
  VisionConfig vision;
  models::StoredType stored_type;  // as config.json says; float32 if it does not
  int64_t image_token, video_token, vision_start_token, vision_end_token;
};

// Reads config.json, in the hub's flat form or with a nested text_config, which then wins over flat fields. Missing
// fields take the defaults of the transformers classes of the family. Throws Error(OC_E_MODEL) naming file and field
// for what is malformed or not understood (another rope type, sliding windows in the text model, quantised weights).
Config read_config(const std::filesystem::path& folder);

}  // namespace ocellus::qwen2_5_vl
