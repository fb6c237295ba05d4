// Where plugins are looked for.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

namespace ocellus::registry {

// The program that is running (/proc/self/exe).
std::filesystem::path current_program();

// <prefix>/lib/ocellus of a program: PREFIX/bin/ocellus has PREFIX/lib/ocellus, and a program elsewhere, as in a build
// folder, has lib/ocellus beside it.
std::filesystem::path library_folder(const std::filesystem::path& program);

// Absolute folders, those first whose plugins win: `extra` (--plugin-path), OCELLUS_PLUGIN_PATH (split at ':'), the
// user's data folder, the program's own. They need not exist.
std::vector<std::filesystem::path> search_path(std::span<const std::filesystem::path> extra,
                                               const std::filesystem::path& program);

// <user's cache folder>/ocellus; empty where neither XDG_CACHE_HOME nor HOME is set.
std::filesystem::path cache_folder();

}  // namespace ocellus::registry
