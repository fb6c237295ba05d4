// preprocessor_config.json of CLIP and of LLaVA, and what it makes of a picture.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "plugins/models/common/image/size.hpp"

namespace ocellus::models {

// Defaults are those of the class CLIPImageProcessor.
struct ClipImageProcessor {
  bool pad = false;                        // to a square, before anything else
  std::optional<int> shortest_edge = 224;  // what the shorter side is resized to; without it both are, to `exact`
  Size exact;
  bool resize = true;
  std::optional<Size> crop = Size{224, 224};  // of the centre
  bool rescale = true;
  double rescale_factor = 1.0 / 255.0;
  bool normalize = true;
  std::array<double, 3> mean{0.48145466, 0.4578275, 0.40821073};  // of R, G, B in 0..1
  std::array<double, 3> deviation{0.26862954, 0.26130258, 0.27577711};
};

// Reads <folder>/preprocessor_config.json. The lengths in `size` and `crop_size` may be numbers or objects. Throws
// Error(OC_E_MODEL) naming the file, which must be there, and the field that is not understood.
ClipImageProcessor read_clip_processor(const std::filesystem::path& folder);

// The steps from one picture to the model's pixels.
struct ClipGeometry {
  Size source;
  Size padded;            // the source's own, or a square
  int pad_top, pad_left;  // of the source in it
  Size resized;
  Size model;
  int crop_top, crop_left;  // of the model's pixels in the resized picture; negative where those reach over its border

  // Places on the model's pixels as shares of the source's width and height.
  double source_x(double model_x) const;
  double source_y(double model_y) const;
};

// Throws Error(OC_E_SAMPLE) for a picture whose resized form would be too large, as a very long strip's is.
ClipGeometry clip_geometry(Size source, const ClipImageProcessor& processor);

using ResizeFunction = std::function<std::vector<std::uint8_t>(std::span<const std::uint8_t>, Size from, Size to)>;

// Pads, resizes, crops, rescales and normalises `rgb` [source height, source width, 3] into `pixels`
// [3, model height, model width]. Padding has the colour int(255 * mean); what a crop adds is black.
void write_clip_pixels(std::span<const std::uint8_t> rgb, const ClipGeometry& geometry,
                       const ClipImageProcessor& processor, const ResizeFunction& resize, std::span<float> pixels);

}  // namespace ocellus::models
