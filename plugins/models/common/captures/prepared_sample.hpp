// One sample as a network of tower, projector and decoder is given it.
#pragma once

#include <cstdint>
#include <ocellus/sdk/model.hpp>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "plugins/models/common/noise/noise.hpp"
#include "plugins/models/common/prompt/prompt.hpp"

namespace ocellus::models {

// Rotary positions of the prompt.
struct Positions {
  std::vector<int64_t> axes;  // [axes, tokens]
  int64_t next;               // of the first generated token, on all axes: largest so far + 1
};

// An input by the name that Hugging Face gives it. The values live as long as the sample.
struct ModelInput {
  std::string name;
  std::variant<std::span<const int64_t>, std::span<const float>> values;
  std::vector<int64_t> shape;
};

struct PreparedSample : Model::Prepared {
  Prompt prompt;
  Positions positions;
  int64_t tower_tokens = 0;  // of all images
  int64_t features = 0;      // of all images: rows that the decoder is given in place of image tokens
  PixelPlanes planes;        // of pixels()

  int64_t tokens() const { return static_cast<int64_t>(prompt.ids.size()); }
  virtual std::vector<ModelInput> inputs() const = 0;
  // What the tower is given, of all images.
  virtual std::span<const float> pixels() const = 0;
};

}  // namespace ocellus::models
