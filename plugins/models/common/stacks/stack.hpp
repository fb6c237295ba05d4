// The stacks of a network of decoder, image tower and projector, as the host is told of them.
#pragma once

#include <ocellus/abi/layout.h>

#include <cstdint>
#include <ocellus/sdk/model.hpp>

#include "plugins/models/common/decoder/text_config.hpp"

namespace ocellus::models {

// "language": the decoder.
oc_stack language_stack(const TextConfig& text);
// "vision": the image tower. Every layer has whole rows of attention unless the caller names those that do.
oc_stack vision_stack(int64_t layers, int64_t heads, int64_t width);
// "projector": the image features that the decoder is given.
oc_stack projector_stack(int64_t width);

// "question": what an encoder of text gives to a tower that is aware of it. No layers, no heads, nothing to ask for.
oc_stack question_stack(int64_t width);

// The facts "language layers", "language heads", "vision layers" and "vision heads".
void describe_stacks(const oc_stack& language, const oc_stack& vision, const Model::PutText& put);

}  // namespace ocellus::models
