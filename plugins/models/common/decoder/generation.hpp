// How a model generates an answer.
#pragma once

#include "plugins/models/common/config/generation_config.hpp"
#include "plugins/models/common/tokenizer/tokenizer.hpp"

namespace ocellus::models {

struct Generation {
  GenerationConfig config;
  Tokenizer tokenizer;  // of the answer's text
};

}  // namespace ocellus::models
