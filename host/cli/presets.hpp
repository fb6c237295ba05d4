// Named combinations of method and render SPECs that come with the program: configuration files in its folder
// `presets`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ocellus::cli {

// What comes with the program: PREFIX/share/ocellus/NAME where it is installed as PREFIX/bin/ocellus; in a build
// folder, NAME of the source tree beside it. May not exist.
std::filesystem::path shipped(const std::filesystem::path& program, const std::string& name);

struct Preset {
  std::string name;     // of its file, without .yaml
  std::string summary;  // its first line, a comment
  std::filesystem::path file;
};

// In alphabetical order; none where there is no such folder.
std::vector<Preset> presets_in(const std::filesystem::path& folder);

// The file of a preset. Throws Error(OC_E_OPTION), with all names, for one that is not there.
std::filesystem::path find_preset(const std::filesystem::path& folder, const std::string& name);

}  // namespace ocellus::cli
