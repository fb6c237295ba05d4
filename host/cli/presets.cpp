#include "host/cli/presets.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <ocellus/sdk/error.hpp>

#include "host/options/nearest.hpp"

namespace ocellus::cli {
namespace {

std::string first_comment(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  const size_t begin = line.find_first_not_of("# ");
  return line.starts_with('#') && begin != std::string::npos ? line.substr(begin) : "";
}

}  // namespace

std::filesystem::path shipped(const std::filesystem::path& program, const std::string& name) {
  const std::filesystem::path prefix = program.parent_path().parent_path();
  const std::filesystem::path installed = prefix / "share/ocellus" / name;
  return std::filesystem::exists(installed) ? installed : prefix / name;
}

std::vector<Preset> presets_in(const std::filesystem::path& folder) {
  std::vector<Preset> presets;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".yaml") continue;
    presets.push_back({entry.path().stem().string(), first_comment(entry.path()), entry.path()});
  }
  std::sort(presets.begin(), presets.end(), [](const Preset& a, const Preset& b) { return a.name < b.name; });
  return presets;
}

std::filesystem::path find_preset(const std::filesystem::path& folder, const std::string& name) {
  std::vector<std::string> names;
  for (const Preset& preset : presets_in(folder)) {
    if (preset.name == name) return preset.file;
    names.push_back(preset.name);
  }
  if (names.empty())
    throw Error(OC_E_OPTION, fmt::format("--preset {}: there are no presets in {}", name, folder.string()));
  throw Error(OC_E_OPTION, fmt::format("--preset {}: there is no such preset{}; there are {}", name,
                                       options::nearest(name, names).empty() ? "" : options::did_you_mean(name, names),
                                       fmt::join(names, ", ")));
}

}  // namespace ocellus::cli
