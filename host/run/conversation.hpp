// Conversations as Hugging Face chat messages, and as LLaVA writes them.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "host/run/sample.hpp"

namespace ocellus::run {

// Appends the turns of `messages` (roles system, user, assistant; content a string or a list of
// {"type":"image","image":FILE} and {"type":"text","text":TEXT}) to `sample`, image files relative to `folder`.
// Throws Error(OC_E_MODEL) saying which message is wrong and how.
void append_messages(Sample& sample, const nlohmann::ordered_json& messages, const std::filesystem::path& folder);

// Appends LLaVA's `conversations`, a list of {"from":"human","value":TEXT} and {"from":"gpt","value":TEXT}, as turns of
// texts: pictures stand at marks (image_marks.hpp). A last turn of gpt is what a model should answer; it is returned
// instead, so that no model is given it. Throws Error(OC_E_MODEL) saying which message is wrong and how.
std::optional<std::string> append_llava_conversations(Sample& sample, const nlohmann::ordered_json& conversations);

}  // namespace ocellus::run
