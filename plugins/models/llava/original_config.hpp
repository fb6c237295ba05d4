// config.json of LLaVA's original form (LlavaLlamaForCausalLM): Llama's fields, and beside them those of the picture.
#pragma once

#include <filesystem>

#include "plugins/models/llava/config.hpp"

namespace ocellus::llava {

struct OriginalConfig {
  Config network;
  bool pads_pictures;      // image_aspect_ratio "pad": to a square, with the mean colour
  bool has_image_markers;  // mm_use_im_start_end: <im_start> and <im_end> around each picture
  bool has_patch_token;    // mm_use_im_patch_token, on where it is missing: the tokenizer gets an <im_patch>
  bool has_trained_tower;  // unfreeze_mm_vision_tower: the tower's weights are in the folder itself
};

// `vision_tower` is the folder of CLIP, whose config.json tells the tower's sizes; empty if the user named none. Throws
// Error(OC_E_MODEL) naming file and field for what is malformed, not computed, or LLaVA-NeXT, and Error(OC_E_OPTION) if
// the tower has to be named.
OriginalConfig read_original_config(const std::filesystem::path& folder, const std::filesystem::path& vision_tower);

}  // namespace ocellus::llava
