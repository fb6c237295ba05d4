// The option with which a user says whose bicubic resizing to reproduce.
#pragma once

#include <ocellus/sdk/options.hpp>

#include "plugins/models/common/image/resize.hpp"

namespace ocellus::models {

struct ResizeOption : ChoiceOption {
  explicit ResizeOption(OptionSet& set)
      : ChoiceOption(set, "resize", "pil", "whose bicubic resize to reproduce, bit for bit",
                     {{"pil", "Pillow 13"},
                      {"pil12", "Pillow up to 12, which always begins with the width"},
                      {"torchvision", "torchvision, as the fast processors of transformers have it"}}) {}

  Resize resize() const { return resize_of(value()); }
};

}  // namespace ocellus::models
