#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>

#include "host/cli/exit_code.hpp"
#include "host/cli/verbs.hpp"
#include "host/options/nearest.hpp"
#include "host/options/values.hpp"
#include "host/store/json_text.hpp"

namespace ocellus::cli {
namespace {

using registry::Kind;
constexpr Kind kinds[] = {Kind::model, Kind::method, Kind::renderer};

std::string options_text(const registry::PluginRecord& plugin, bool with_choices) {
  std::string text;
  for (const registry::ParamRecord& param : plugin.params) {
    text += fmt::format("      {}={}\n          {} [{}]\n", param.key, options::type_name(param), param.help,
                        param.default_text);
    for (const auto& [choice, help] : param.choices) {
      if (with_choices) text += fmt::format("            {:<12} {}\n", choice, help);
    }
  }
  return text;
}

std::string plugin_text(const registry::PluginRecord& plugin, bool with_choices) {
  return fmt::format("  {} {}\n      {}\n{}", registry::kind_name(plugin.kind), plugin.id, plugin.summary,
                     options_text(plugin, with_choices));
}

}  // namespace

std::string plugin_help(const std::filesystem::path& program, const std::vector<std::filesystem::path>& plugin_path) {
  const registry::Registry registry = registry::Registry::open({plugin_path, program});
  std::string text = "\nPlugins and their options [default]; a SPEC is name:key=value,key=value\n";
  for (const Kind kind : kinds) {
    for (const registry::PluginRecord* plugin : registry.all(kind)) text += plugin_text(*plugin, false);
  }
  return text;
}

int plugins_list_verb(const CommandLine& line, const Paths& paths) {
  const registry::Registry registry = open_registry(line, paths);
  for (const Kind kind : kinds) {
    for (const registry::PluginRecord* plugin : registry.all(kind)) {
      const registry::PackageRecord& package = registry.package_of(*plugin);
      if (line.json) {
        fmt::print("{}\n", store::json_line({{"kind", registry::kind_name(kind)},
                                             {"id", plugin->id},
                                             {"summary", plugin->summary},
                                             {"package", package.id},
                                             {"version", package.version},
                                             {"license", package.license},
                                             {"file", package.path.string()}}));
      } else {
        fmt::print("{:<9} {:<16} {:<8} {}\n", registry::kind_name(kind), plugin->id, package.version, plugin->summary);
      }
    }
  }
  for (const registry::Refusal& refusal : registry.refusals()) {
    fmt::print(stderr, "not used: {}: {}\n", refusal.path.string(), refusal.reason);
  }
  return exit_ok;
}

int plugins_show_verb(const CommandLine& line, const Paths& paths) {
  const registry::Registry registry = open_registry(line, paths);
  std::vector<std::string> names;
  for (const Kind kind : kinds) {
    for (const registry::PluginRecord* plugin : registry.all(kind)) {
      names.push_back(plugin->id);
      if (plugin->id != line.plugin_id) continue;
      const registry::PackageRecord& package = registry.package_of(*plugin);
      if (line.json) {
        nlohmann::ordered_json record = nlohmann::ordered_json::parse(nlohmann::json(*plugin).dump());
        record["package"] = package.id;
        record["version"] = package.version;
        record["file"] = package.path.string();
        fmt::print("{}\n", store::json_line(record));
        return exit_ok;
      }
      fmt::print("{}", plugin_text(*plugin, true));
      const auto print_list = [](const char* what, const std::vector<std::string>& words) {
        if (!words.empty()) fmt::print("      {} {}\n", what, fmt::join(words, ", "));
      };
      print_list("opens", plugin->opens);
      print_list(kind == Kind::model ? "serves" : "needs", plugin->probes);
      print_list("draws", plugin->accepts);
      print_list("makes", plugin->produces);
      fmt::print("      {} {}, {}, {}\n      {}\n", package.id, package.version, package.vendor, package.license,
                 package.path.string());
      return exit_ok;
    }
  }
  throw Error(OC_E_OPTION, fmt::format("there is no plugin called '{}'{}", line.plugin_id,
                                       options::did_you_mean(line.plugin_id, names)));
}

}  // namespace ocellus::cli
