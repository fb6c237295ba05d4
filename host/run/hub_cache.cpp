#include "host/run/hub_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ocellus/sdk/error.hpp>

#include "host/run/data_set.hpp"

namespace ocellus::run {
namespace {

// org/name, letters, digits, '.', '_' and '-': what the hub allows, and nothing that leaves the cache.
bool is_hub_name(const std::string& name) {
  const size_t slash = name.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == name.size()) return false;
  const auto is_word = [](std::string_view word) {
    return word.front() != '.' && std::all_of(word.begin(), word.end(), [](unsigned char c) {
             return c < 0x80 && (std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-');
           });
  };
  const std::string_view all = name;
  return is_word(all.substr(0, slash)) && is_word(all.substr(slash + 1));
}

bool is_revision(const std::string& text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

std::filesystem::path from_environment(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr ? value : "";
}

}  // namespace

std::filesystem::path hub_cache() {
  if (const auto cache = from_environment("HF_HUB_CACHE"); !cache.empty()) return cache;
  if (const auto home = from_environment("HF_HOME"); !home.empty()) return home / "hub";
  if (const auto cache = from_environment("XDG_CACHE_HOME"); !cache.empty()) return cache / "huggingface/hub";
  return from_environment("HOME") / ".cache/huggingface/hub";
}

std::filesystem::path find_model(const std::string& name) {
  if (std::filesystem::is_directory(name)) return name;
  if (!is_hub_name(name)) throw Error(OC_E_MODEL, fmt::format("--model {}: there is no such folder", name));
  const size_t slash = name.find('/');
  const std::filesystem::path entry =
      hub_cache() / fmt::format("models--{}--{}", name.substr(0, slash), name.substr(slash + 1));
  if (!std::filesystem::exists(entry / "refs/main")) {
    throw Error(OC_E_MODEL, fmt::format("--model {}: there is no such folder, and the hub's cache has no {}: "
                                        "`hf download {}` fetches it, or set HF_HUB_CACHE",
                                        name, (entry / "refs/main").string(), name));
  }
  std::string revision = read_text_file(entry / "refs/main");
  revision.erase(std::find_if(revision.begin(), revision.end(), [](unsigned char c) { return std::isspace(c) != 0; }),
                 revision.end());
  const std::filesystem::path folder = entry / "snapshots" / revision;
  if (!is_revision(revision) || !std::filesystem::is_directory(folder)) {
    throw Error(OC_E_MODEL, fmt::format("--model {}: {} names no snapshot that is there: `hf download {}` mends it",
                                        name, (entry / "refs/main").string(), name));
  }
  return folder;
}

}  // namespace ocellus::run
