// The option with which a user names a LoRA folder.
#pragma once

#include <ocellus/sdk/options.hpp>

namespace ocellus::models {

struct LoraOption : TextOption {
  explicit LoraOption(OptionSet& set)
      : TextOption(set, "lora", "", "a LoRA folder as PEFT saves it, merged into the weights") {}
};

}  // namespace ocellus::models
