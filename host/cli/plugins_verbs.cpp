#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>

#include "host/cli/exit_code.hpp"
#include "host/cli/verbs.hpp"
#include "host/options/nearest.hpp"
#include "host/options/schema.hpp"
#include "host/options/values.hpp"
#include "host/run/matching.hpp"
#include "host/store/json_text.hpp"

namespace ocellus::cli {
namespace {

using nlohmann::ordered_json;
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

ordered_json json_of(const registry::PluginRecord& plugin, const registry::PackageRecord& package) {
  ordered_json record = ordered_json::parse(nlohmann::json(plugin).dump());
  record["options"] = options::option_schema(plugin);
  record["package"] = package.id;
  record["version"] = package.version;
  record["file"] = package.path.string();
  return record;
}

void print_plugin(const registry::PluginRecord& plugin, const registry::PackageRecord& package) {
  fmt::print("{}", plugin_text(plugin, true));
  const auto print_list = [](const char* what, const std::vector<std::string>& words) {
    if (!words.empty()) fmt::print("      {} {}\n", what, fmt::join(words, ", "));
  };
  print_list("opens", plugin.opens);
  print_list(plugin.kind == Kind::model ? "serves" : "needs", plugin.probes);
  print_list("draws", plugin.accepts);
  print_list("makes", plugin.produces);
  if (!plugin.prompt.empty()) fmt::print("      asks '{}' where no prompt is given\n", plugin.prompt);
  fmt::print("      {} {}, {}, {}\n      {}\n", package.id, package.version, package.vendor, package.license,
             package.path.string());
}

// Every model with every method and, of those that go together, with every renderer.
int print_pairs(const registry::Registry& registry, bool json) {
  const auto print = [json](const registry::PluginRecord& model, const registry::PluginRecord& method,
                            const registry::PluginRecord* renderer, const std::string& reason) {
    const std::string answer = reason.empty() ? "yes" : "no: " + reason;
    if (json) {
      ordered_json record{{"model", model.id}, {"method", method.id}};
      if (renderer != nullptr) record["renderer"] = renderer->id;
      record["can"] = reason.empty();
      if (!reason.empty()) record["reason"] = reason;
      fmt::print("{}\n", store::json_line(record));
    } else if (renderer != nullptr) {
      fmt::print("    x {}: {}\n", renderer->id, answer);
    } else {
      fmt::print("{} x {}: {}\n", model.id, method.id, answer);
    }
  };
  for (const registry::PluginRecord* model : registry.all(Kind::model)) {
    for (const registry::PluginRecord* method : registry.all(Kind::method)) {
      const std::string reason = run::why_not(*model, *method);
      print(*model, *method, nullptr, reason);
      for (const registry::PluginRecord* renderer : registry.all(Kind::renderer)) {
        if (reason.empty()) print(*model, *method, renderer, run::why_not_drawn(*renderer, {method}));
      }
    }
  }
  return exit_ok;
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
  if (line.pairs) return print_pairs(registry, line.json);
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
  bool found = false;
  for (const Kind kind : kinds) {
    for (const registry::PluginRecord* plugin : registry.all(kind)) {
      names.push_back(plugin->id);
      if (!line.plugin_id.empty() && plugin->id != line.plugin_id) continue;
      found = true;
      if (line.json) {
        fmt::print("{}\n", store::json_line(json_of(*plugin, registry.package_of(*plugin))));
      } else {
        print_plugin(*plugin, registry.package_of(*plugin));
      }
    }
  }
  if (!found && !line.plugin_id.empty()) {
    throw Error(OC_E_OPTION, fmt::format("there is no plugin called '{}'{}", line.plugin_id,
                                         options::did_you_mean(line.plugin_id, names)));
  }
  return exit_ok;
}

}  // namespace ocellus::cli
