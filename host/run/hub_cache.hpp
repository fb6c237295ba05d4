// Models in the local cache of the Hugging Face hub. Nothing is ever downloaded.
// Layout: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
#pragma once

#include <filesystem>
#include <string>

namespace ocellus::run {

// The cache: HF_HUB_CACHE, else HF_HOME/hub, else XDG_CACHE_HOME/huggingface/hub, else ~/.cache/huggingface/hub.
std::filesystem::path hub_cache();

// `name` itself if it is a folder; else, written org/name, the snapshot that the cache has as its main revision.
// Throws Error(OC_E_MODEL) that says where it looked.
std::filesystem::path find_model(const std::string& name);

}  // namespace ocellus::run
