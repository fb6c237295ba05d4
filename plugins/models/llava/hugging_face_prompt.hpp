// The prompt of LLaVA-1.5 as the chat template of its Hugging Face folders renders it.
#pragma once

#include <ocellus/abi/sample.h>

#include <filesystem>
#include <string>

#include "plugins/models/common/prompt/prompt.hpp"

namespace ocellus::llava {

inline constexpr const char* image_placeholder = "<image>";

// "USER: <image>\nText ASSISTANT:": of every message first its pictures, then its texts with a space behind each; a
// system message has no role before it. Throws Error(OC_E_SAMPLE) if the conversation has no user turn, or if its image
// parts are not the sample's images, each once and in order.
models::RenderedPrompt render_prompt(const oc_sample& sample);

// Says which template a folder has. A folder without one gets the same prompt, which is that of its time. Throws
// Error(OC_E_MODEL) if it is not one that render_prompt renders, unless `force`.
std::string recognise_template(const std::filesystem::path& folder, bool force);

}  // namespace ocellus::llava
