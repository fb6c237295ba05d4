// All plugins this program can use, found without loading one; and the loading of those that are wanted.
#pragma once

#include <ocellus/abi/package.h>

#include <chrono>
#include <deque>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/registry/library.hpp"
#include "host/registry/records.hpp"
#include "host/registry/scan.hpp"

namespace ocellus::registry {

struct Settings {
  std::vector<std::filesystem::path> extra_dirs;  // --plugin-path, first wins
  std::filesystem::path program;                  // current_program(); run again for scans
  std::chrono::milliseconds scan_limit = registry::scan_limit;
};

// Used by one thread. Records live as long as the registry, descriptors that load() returned too.
class Registry {
 public:
  // Looks through the search path. What is wrong with a file becomes a refusal or a warning, never an exception.
  static Registry open(const Settings& settings);

  std::span<const PackageRecord> packages() const { return packages_; }
  const PackageRecord& package_of(const PluginRecord& plugin) const { return packages_[plugin.package]; }

  // NULL if there is none.
  const PluginRecord* find(Kind kind, std::string_view id) const;
  // In the order of the search path.
  std::vector<const PluginRecord*> all(Kind kind) const;
  // The model plugin for a config.json: by its `model_type`, else by one of its `architectures`; NULL if there is none.
  const PluginRecord* model_for(std::string_view model_type, std::span<const std::string> architectures) const;

  // Files that are no usable package.
  std::span<const Refusal> refusals() const { return refusals_; }
  // Sentences about what was left out although it could be meant: names taken twice, unsafe files, missing folders.
  std::span<const std::string> warnings() const { return warnings_; }

  // The plugin's descriptor, its package loaded now if it was not. Throws Error(OC_E_INTERNAL) if the library does not
  // load or no longer says what it said, Error(OC_E_UNSUPPORTED) if another libtorch is already in the process.
  const oc_plugin* load(const PluginRecord& plugin);

 private:
  Registry() = default;
  std::vector<std::filesystem::path> candidates(const Settings& settings);
  void add(PackageRecord package);
  void refuse_second_runtime(const PackageRecord& package) const;

  std::vector<PackageRecord> packages_;
  std::vector<Refusal> refusals_;
  std::vector<std::string> warnings_;
  std::map<size_t, LoadedPackage> loaded_;  // by index of the package
  std::deque<oc_plugin> descriptors_;
};

}  // namespace ocellus::registry
