#include "host/registry/search_path.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

namespace ocellus::registry {
namespace {

namespace fs = std::filesystem;

// $VARIABLE, else $HOME/fallback, else empty. The XDG specification has relative values ignored.
fs::path user_folder(const char* variable, const char* fallback) {
  const char* value = std::getenv(variable);
  if (value != nullptr && fs::path(value).is_absolute()) return value;
  const char* home = std::getenv("HOME");
  return home != nullptr && *home != '\0' ? fs::path(home) / fallback : fs::path();
}

}  // namespace

fs::path current_program() {
  return fs::read_symlink("/proc/self/exe");
}

fs::path library_folder(const fs::path& program) {
  const fs::path folder = program.parent_path();
  return (folder.filename() == "bin" ? folder.parent_path() : folder) / "lib" / "ocellus";
}

std::vector<fs::path> search_path(std::span<const fs::path> extra, const fs::path& program) {
  std::vector<fs::path> folders(extra.begin(), extra.end());
  if (const char* variable = std::getenv("OCELLUS_PLUGIN_PATH")) {
    const std::string_view list = variable;
    for (size_t begin = 0; begin < list.size();) {
      const size_t end = std::min(list.find(':', begin), list.size());
      if (end > begin) folders.emplace_back(list.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  if (const fs::path data = user_folder("XDG_DATA_HOME", ".local/share"); !data.empty()) {
    folders.push_back(data / "ocellus" / "plugins");
  }
  folders.push_back(library_folder(program) / "plugins");
  for (fs::path& folder : folders) folder = fs::absolute(folder).lexically_normal();
  return folders;
}

fs::path cache_folder() {
  const fs::path cache = user_folder("XDG_CACHE_HOME", ".cache");
  return cache.empty() ? cache : cache / "ocellus";
}

}  // namespace ocellus::registry
