// preprocessor_config.json of the Qwen-VL family.
#pragma once

#include <array>
#include <filesystem>
#include <string_view>

#include "plugins/models/common/image/smart_resize.hpp"

namespace ocellus::models {

// Defaults are those of the class Qwen2VLImageProcessor.
struct QwenImageProcessor {
  PixelLimits limits;
  std::array<float, 3> mean{0.48145466f, 0.4578275f, 0.40821073f};  // of R, G, B in 0..1
  std::array<float, 3> deviation{0.26862954f, 0.26130258f, 0.27577711f};
  double rescale_factor = 1.0 / 255.0;
  int patch_size = 14;          // pixels
  int temporal_patch_size = 2;  // frames
  int merge_size = 2;           // patches
  bool resize = true;
  bool rescale = true;
  bool normalize = true;

  // Pixels along the side of what becomes one image token.
  int factor() const { return patch_size * merge_size; }
};

// Reads <folder>/preprocessor_config.json; processor_config.json and video_preprocessor_config.json are not looked at.
// Throws Error(OC_E_MODEL) naming the file, which must be there, and the field that is not understood.
QwenImageProcessor read_processor_config(const std::filesystem::path& folder);

// The same from the file's text. The pixel limits have three spellings; at top level (`min_pixels`) wins over
// `size.min_pixels`, and that over `size.shortest_edge`, which is an area here too. null counts as absent. Honours
// `size` where the slow class of transformers 4.57 passes over it.
QwenImageProcessor parse_processor_config(std::string_view json, std::string_view file);

}  // namespace ocellus::models
