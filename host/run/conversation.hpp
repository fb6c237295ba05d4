// Conversations as Hugging Face chat messages.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/run/sample.hpp"

namespace ocellus::run {

// Appends the turns of `messages` (roles system, user, assistant; content a string or a list of
// {"type":"image","image":FILE} and {"type":"text","text":TEXT}) to `sample`, image files relative to `folder`.
// Throws Error(OC_E_MODEL) saying which message is wrong and how.
void append_messages(Sample& sample, const nlohmann::ordered_json& messages, const std::filesystem::path& folder);

}  // namespace ocellus::run
