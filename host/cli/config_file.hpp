// Configuration files of `ocellus run`, `rank` and `sanity`: YAML whose keys are the names of the flags without dashes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/run/request.hpp"

namespace ocellus::cli {

struct ConfigWords {
  std::vector<std::string> words;
  std::vector<std::string> unused;  // keys that are known and mean nothing here: lavis_config.hpp
};

// The words that `file` stands for, of the options that `given`, the words of the command line and the verb first, do
// not set. Relative paths in the file start at its folder. Throws Error(OC_E_OPTION) with file:line for an unknown key
// (the nearest one is named), a key given twice, or a value that its option does not take.
ConfigWords words_of_config(const std::filesystem::path& file, const std::vector<std::string>& given);

// The same for a preset, which says what to compute and to draw, but neither of what nor where: it has no key `model`,
// `out`, `config` or `preset`, and none for samples.
std::vector<std::string> words_of_preset(const std::filesystem::path& file, const std::vector<std::string>& given);

// The file that asks for `request`, with plugins of `plugin_path`, again; all paths absolute.
std::string config_text(const run::Request& request, const std::vector<std::filesystem::path>& plugin_path);

}  // namespace ocellus::cli
