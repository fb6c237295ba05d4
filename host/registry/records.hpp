// The static description of packages and plugins, copied out of their libraries so that nothing has to be loaded.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocellus::registry {

enum class Kind { model, method, renderer };

// "model", "method", "renderer".
const char* kind_name(Kind kind);

// One option; see oc_param for the meaning of the fields.
struct ParamRecord {
  uint32_t type = 0;  // OC_PARAM_*
  std::string key, help, default_text;
  double min = 0, max = 0;                                   // both 0: no bounds
  std::vector<std::pair<std::string, std::string>> choices;  // value, help
};

struct PluginRecord {
  std::string id;
  Kind kind = Kind::method;
  std::string summary;
  std::vector<ParamRecord> params;
  std::vector<std::string> opens, probes, accepts, produces;  // see oc_plugin
  std::string prompt;                                         // of a method, where the user gives none; "" = none
  // A renderer with an option `name` of its own; others are given the host's. Set by the registry.
  bool names_files = false;
  bool reduces = false;  // a method with results over all samples
  size_t package = 0;    // set by the registry: Registry::package_of

  bool serves(std::string_view probe) const { return std::find(probes.begin(), probes.end(), probe) != probes.end(); }
  bool draws(std::string_view type) const { return std::find(accepts.begin(), accepts.end(), type) != accepts.end(); }
};

struct PackageRecord {
  std::filesystem::path path;  // absolute
  std::string id, version, vendor, license;
  std::string runtime;          // "", or "libtorch/2.13.0"
  uint32_t abi_minor = 0;       // built against
  uint32_t min_host_minor = 0;  // the oldest host it works in
  std::vector<PluginRecord> plugins;
};

// JSON of what the library says; `path` and PluginRecord::package are not part of it. Reading throws
// nlohmann::json::exception on anything that to_json does not write.
void to_json(nlohmann::json& json, const ParamRecord& param);
void to_json(nlohmann::json& json, const PluginRecord& plugin);
void to_json(nlohmann::json& json, const PackageRecord& package);
void from_json(const nlohmann::json& json, ParamRecord& param);
void from_json(const nlohmann::json& json, PluginRecord& plugin);
void from_json(const nlohmann::json& json, PackageRecord& package);

}  // namespace ocellus::registry
