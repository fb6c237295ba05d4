#include "host/registry/registry.hpp"

#include <fmt/format.h>
#include <ocellus/abi/options.h>
#include <sys/stat.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "host/registry/cache.hpp"
#include "host/registry/describe.hpp"
#include "host/registry/search_path.hpp"

namespace ocellus::registry {
namespace {

namespace fs = std::filesystem;

FileStamp stamp_of(const struct stat& status) {
  constexpr int64_t second = 1'000'000'000;
  return {status.st_mtim.tv_sec * second + status.st_mtim.tv_nsec,
          status.st_ctim.tv_sec * second + status.st_ctim.tv_nsec, static_cast<uint64_t>(status.st_size)};
}

// The libraries in a folder by name, so that the order does not depend on the file system.
std::vector<fs::path> libraries_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".so") files.push_back(at->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Every renderer's files can be named. One that has such an option itself knows more words to name them by.
void add_name_option(PluginRecord& renderer) {
  const auto is_name = [](const ParamRecord& param) { return param.key == "name"; };
  renderer.names_files = std::any_of(renderer.params.begin(), renderer.params.end(), is_name);
  if (renderer.names_files) return;
  ParamRecord name;
  name.type = OC_PARAM_TEXT;
  name.key = "name";
  name.help =
      "path under OUT instead of the usual name, without extension; {sample}, {label}, {layer}, {image}, {part}, ... "
      "are filled in (docs/output.md)";
  renderer.params.push_back(std::move(name));
}

bool is_full_libtorch(std::string_view runtime) {
  return runtime.starts_with("libtorch/");
}

}  // namespace

Registry Registry::open(const Settings& settings) {
  Registry registry;
  const fs::path cache_file = cache_folder();
  Cache cache(cache_file.empty() ? cache_file : cache_file / "plugins-v0.json");

  const std::vector<fs::path> files = registry.candidates(settings);
  std::vector<std::optional<ScanResult>> results(files.size());
  std::vector<FileStamp> stamps(files.size());
  std::vector<fs::path> unknown;
  std::vector<size_t> places;
  for (size_t i = 0; i < files.size(); ++i) {
    struct stat status {};
    if (::stat(files[i].c_str(), &status) == 0) stamps[i] = stamp_of(status);
    results[i] = cache.find(files[i], stamps[i]);
    if (results[i]) continue;
    unknown.push_back(files[i]);
    places.push_back(i);
  }
  std::vector<ScanResult> scanned = scan(settings.program, unknown, settings.scan_limit);
  for (size_t i = 0; i < scanned.size(); ++i) {
    const auto* refusal = std::get_if<Refusal>(&scanned[i]);
    if (refusal != nullptr && refusal->timed_out) {
      registry.warnings_.push_back(fmt::format("{} is left out: {}", unknown[i].string(), refusal->reason));
    } else {
      cache.put(unknown[i], stamps[places[i]], scanned[i]);
    }
    results[places[i]] = std::move(scanned[i]);
  }
  cache.save();

  for (std::optional<ScanResult>& result : results) {
    if (auto* refusal = std::get_if<Refusal>(&*result)) {
      registry.refusals_.push_back(std::move(*refusal));
    } else {
      registry.add(std::get<PackageRecord>(std::move(*result)));
    }
  }
  return registry;
}

std::vector<fs::path> Registry::candidates(const Settings& settings) {
  for (const fs::path& folder : settings.extra_dirs) {
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
      warnings_.push_back(fmt::format("--plugin-path {}: there is no such folder", folder.string()));
    }
  }
  std::vector<fs::path> files;
  std::set<std::pair<dev_t, ino_t>> seen;  // one file reached on two ways is one candidate
  for (const fs::path& folder : search_path(settings.extra_dirs, settings.program)) {
    for (const fs::path& file : libraries_in(folder)) {
      struct stat status {};
      if (::stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
      if (!seen.emplace(status.st_dev, status.st_ino).second) continue;
      if ((status.st_mode & S_IWOTH) != 0) {
        refusals_.push_back({file, "everybody may write to it: take that right away (chmod o-w)"});
        warnings_.push_back(fmt::format("{} is left out: {}", file.string(), refusals_.back().reason));
        continue;
      }
      files.push_back(file);
    }
  }
  return files;
}

void Registry::add(PackageRecord package) {
  for (const PackageRecord& other : packages_) {
    if (other.id != package.id) continue;
    warnings_.push_back(fmt::format("{} is left out: {} is the same package, {}, and comes first",
                                    package.path.string(), other.path.string(), package.id));
    return;
  }
  std::erase_if(package.plugins, [&](const PluginRecord& plugin) {
    const PluginRecord* other = find(plugin.kind, plugin.id);
    if (other == nullptr) return false;
    warnings_.push_back(fmt::format("{} {} of {} is left out: {} has one of that name and comes first",
                                    kind_name(plugin.kind), plugin.id, package.path.string(),
                                    package_of(*other).path.string()));
    return true;
  });
  for (PluginRecord& plugin : package.plugins) {
    plugin.package = packages_.size();
    if (plugin.kind == Kind::renderer) add_name_option(plugin);
  }
  packages_.push_back(std::move(package));
}

const PluginRecord* Registry::find(Kind kind, std::string_view id) const {
  for (const PackageRecord& package : packages_) {
    for (const PluginRecord& plugin : package.plugins) {
      if (plugin.kind == kind && plugin.id == id) return &plugin;
    }
  }
  return nullptr;
}

std::vector<const PluginRecord*> Registry::all(Kind kind) const {
  std::vector<const PluginRecord*> plugins;
  for (const PackageRecord& package : packages_) {
    for (const PluginRecord& plugin : package.plugins) {
      if (plugin.kind == kind) plugins.push_back(&plugin);
    }
  }
  return plugins;
}

const PluginRecord* Registry::model_for(std::string_view model_type, std::span<const std::string> architectures) const {
  const auto opener = [this](std::string_view name) -> const PluginRecord* {
    for (const PluginRecord* model : all(Kind::model)) {
      if (std::find(model->opens.begin(), model->opens.end(), name) != model->opens.end()) return model;
    }
    return nullptr;
  };
  if (const PluginRecord* model = opener(model_type)) return model;
  for (const std::string& architecture : architectures) {
    if (const PluginRecord* model = opener(architecture)) return model;
  }
  return nullptr;
}

// glibc would give the second package the first one's libtorch, whatever it was built against: both have one SONAME.
void Registry::refuse_second_runtime(const PackageRecord& package) const {
  if (!is_full_libtorch(package.runtime)) return;
  for (const auto& [index, loaded] : loaded_) {
    const PackageRecord& other = packages_[index];
    if (!is_full_libtorch(other.runtime) || other.runtime == package.runtime) continue;
    throw Error(
        OC_E_UNSUPPORTED,
        fmt::format("{} needs {}, but {} with {} is in use, and one process holds one libtorch: build both against "
                    "the same, or use them in two runs",
                    package.id, package.runtime, other.id, other.runtime));
  }
}

const oc_plugin* Registry::load(const PluginRecord& plugin) {
  const PackageRecord& package = package_of(plugin);
  try {
    auto at = loaded_.find(plugin.package);
    if (at == loaded_.end()) {
      refuse_second_runtime(package);
      LoadedPackage loaded = load_package(package.path);
      if (describe(loaded.package).id != package.id) throw Error(OC_E_INTERNAL, "it is another package than it was");
      at = loaded_.emplace(plugin.package, std::move(loaded)).first;
    }
    return &descriptors_.emplace_back(plugin_of(at->second.package, plugin.kind, plugin.id));
  } catch (const Error& error) {
    throw Error(error.status(), fmt::format("{} {} of {} cannot be used: {}", kind_name(plugin.kind), plugin.id,
                                            package.path.string(), error.what()));
  }
}

}  // namespace ocellus::registry
