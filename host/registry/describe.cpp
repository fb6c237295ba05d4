#include "host/registry/describe.hpp"

#include <fmt/format.h>
#include <ocellus/abi/method.h>
#include <ocellus/abi/model.h>
#include <ocellus/abi/renderer.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ocellus/sdk/descriptor.hpp>
#include <ocellus/sdk/error.hpp>
#include <optional>
#include <set>
#include <string_view>

namespace ocellus::registry {
namespace {

// Far more than any package has; a list without its end is not read to the end of memory.
constexpr size_t longest_list = 4096;

[[noreturn]] void refuse(const std::string& reason) {
  throw Error(OC_E_INTERNAL, reason);
}

std::string text(const char* value, const std::string& what) {
  if (value == nullptr) refuse(what + " is NULL");
  return value;
}

std::vector<std::string> words(const char* const* list, const std::string& what) {
  std::vector<std::string> found;
  for (; list != nullptr && *list != nullptr; ++list) {
    if (found.size() == longest_list) refuse(what + " has no end");
    found.emplace_back(*list);
  }
  return found;
}

// Ids become names of files and words of the command line.
bool is_id(std::string_view id, std::string_view also) {
  const auto allowed = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || also.find(c) != std::string_view::npos;
  };
  return !id.empty() && id.size() <= 64 && id.front() != '.' && id.front() != '-' &&
         std::all_of(id.begin(), id.end(), allowed);
}

// Choices are words of the command line too, and of scripts and patterns that are made of them.
bool is_choice(std::string_view choice) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '+';
  };
  return !choice.empty() && choice.front() != '+' && choice.size() <= 64 &&
         std::all_of(choice.begin(), choice.end(), allowed);
}

ParamRecord read_param(const oc_param* pointer, const std::string& owner) {
  const oc_param raw = read_descriptor(pointer, "an option of " + owner);
  ParamRecord param;
  param.key = text(raw.key, "the key of an option of " + owner);
  const std::string what = fmt::format("option {} of {}", param.key, owner);
  if (!is_id(param.key, "-_") || param.key == "as") refuse(what + " has a key that cannot be written");
  param.type = raw.type;
  if (param.type < OC_PARAM_BOOL || param.type > OC_PARAM_QUERY) refuse(what + " is of an unknown type");
  param.help = text(raw.help, "the help of " + what);
  param.default_text = text(raw.default_text, "the default of " + what);
  param.min = raw.min;
  param.max = raw.max;
  if (!std::isfinite(param.min) || !std::isfinite(param.max) || param.min > param.max) refuse(what + " has no range");
  const std::vector<std::string> flat = words(raw.choices, "the choices of " + what);
  if (flat.size() % 2 != 0) refuse(what + " has a choice without help");
  for (size_t i = 0; i < flat.size(); i += 2) {
    if (!is_choice(flat[i])) refuse(what + " has a choice of more than letters, digits, '_', '-' and '+'");
    param.choices.emplace_back(flat[i], flat[i + 1]);
  }
  if (param.choices.empty() && (param.type == OC_PARAM_CHOICE || param.type == OC_PARAM_WORDS)) {
    refuse(what + " has no choices");
  }
  return param;
}

std::vector<ParamRecord> read_params(const oc_param* const* list, const std::string& owner) {
  std::vector<ParamRecord> params;
  std::set<std::string> keys;
  for (; list != nullptr && *list != nullptr; ++list) {
    if (params.size() == longest_list) refuse("the options of " + owner + " have no end");
    params.push_back(read_param(*list, owner));
    if (!keys.insert(params.back().key).second) refuse(fmt::format("{} has two options {}", owner, params.back().key));
  }
  return params;
}

std::optional<Kind> kind_of(std::string_view name) {
  if (name == OC_KIND_MODEL) return Kind::model;
  if (name == OC_KIND_METHOD) return Kind::method;
  if (name == OC_KIND_RENDERER) return Kind::renderer;
  return std::nullopt;
}

// Tables are frozen (rule F): all of it is there, and every function.
template <class Table>
void check_table(const void* pointer, const std::string& owner) {
  uint32_t size = 0;
  std::memcpy(&size, pointer, sizeof size);
  if (size != sizeof(Table)) {
    refuse(fmt::format("the table of {} has {} bytes where this ABI has {}: build it again with this SDK", owner, size,
                       sizeof(Table)));
  }
  constexpr size_t begin = 2 * sizeof(uint32_t);
  static_assert((sizeof(Table) - begin) % sizeof(void*) == 0, "after struct_size and reserved, functions alone");
  for (size_t at = begin; at < sizeof(Table); at += sizeof(void*)) {
    const void* function = nullptr;
    std::memcpy(&function, static_cast<const char*>(pointer) + at, sizeof function);
    if (function == nullptr)
      refuse(fmt::format("function {} of the table of {} is NULL", (at - begin) / sizeof(void*), owner));
  }
}

void check_table(Kind kind, const void* table, const std::string& owner) {
  if (table == nullptr) refuse("the table of " + owner + " is NULL");
  switch (kind) {
    case Kind::model:
      return check_table<oc_model_1>(table, owner);
    case Kind::method:
      return check_table<oc_method_1>(table, owner);
    case Kind::renderer:
      return check_table<oc_renderer_1>(table, owner);
  }
}

PluginRecord read_plugin(const oc_plugin* pointer) {
  const oc_plugin raw = read_descriptor(pointer, "a plugin");
  PluginRecord plugin;
  plugin.id = text(raw.id, "the id of a plugin");
  const std::string what = "plugin " + plugin.id;
  if (!is_id(plugin.id, "-_.")) refuse(what + " has an id of more than a-z, 0-9, '-', '_' and '.'");
  const std::string kind = text(raw.kind, "the kind of " + what);
  if (!kind_of(kind)) refuse(fmt::format("{} is of kind {}, which this host does not know", what, kind));
  plugin.kind = *kind_of(kind);
  plugin.summary = text(raw.summary, "the summary of " + what);
  check_table(plugin.kind, raw.table, what);
  if (raw.reduction != nullptr) {
    if (plugin.kind != Kind::method) refuse(what + " is no method and has a reduction");
    check_table<oc_reduction_1>(raw.reduction, "the reduction of " + what);
    plugin.reduces = true;
  }
  if (raw.gradients != nullptr) {
    if (plugin.kind != Kind::model) refuse(what + " is no model and has a table for gradients");
    check_table<oc_gradients_1>(raw.gradients, "the gradients of " + what);
  }
  if (raw.prompt != nullptr) {
    if (plugin.kind != Kind::method) refuse(what + " is no method and has a prompt");
    plugin.prompt = text(raw.prompt, "the prompt of " + what);
  }
  plugin.params = read_params(raw.params, what);
  plugin.opens = words(raw.opens, "what it opens");
  plugin.probes = words(raw.probes, "the probes of " + what);
  const auto is_of_gradients = [](const std::string& probe) {
    return probe.starts_with(OC_PROBE_GRADIENT) || probe.starts_with(OC_PROBE_TARGET) ||
           probe.starts_with(OC_PROBE_ATTENTION_GRADIENT);
  };
  if (plugin.kind == Kind::model && raw.gradients == nullptr &&
      std::any_of(plugin.probes.begin(), plugin.probes.end(), is_of_gradients)) {
    refuse(what + " offers gradients and has no table for them");
  }
  plugin.accepts = words(raw.accepts, "what it accepts");
  plugin.produces = words(raw.produces, "what it produces");
  return plugin;
}

}  // namespace

PackageRecord describe(const oc_package* pointer, uint32_t host_minor) {
  const oc_package raw = read_descriptor(pointer, "the package");
  if (raw.min_host_minor > host_minor) {
    throw Error(OC_E_UNSUPPORTED, fmt::format("it wants host ABI {}.{}, this is {}.{}: update ocellus", OC_ABI_MAJOR,
                                              raw.min_host_minor, OC_ABI_MAJOR, host_minor));
  }
  PackageRecord package;
  package.id = text(raw.id, "the id of the package");
  if (package.id.empty()) refuse("the id of the package is empty");
  package.version = text(raw.version, "the version of the package");
  package.vendor = text(raw.vendor, "the vendor of the package");
  package.license = text(raw.license, "the license of the package");
  package.runtime = text(raw.runtime, "the runtime of the package");
  package.abi_minor = raw.abi_minor;
  package.min_host_minor = raw.min_host_minor;
  if (raw.n_plugins == 0 || raw.plugins == nullptr) refuse("the package has no plugins");
  if (raw.n_plugins > longest_list) refuse(fmt::format("the package says it has {} plugins", raw.n_plugins));
  std::set<std::pair<Kind, std::string>> ids;
  for (uint32_t i = 0; i < raw.n_plugins; ++i) {
    package.plugins.push_back(read_plugin(raw.plugins[i]));
    const PluginRecord& plugin = package.plugins.back();
    if (!ids.emplace(plugin.kind, plugin.id).second) {
      refuse(fmt::format("the package has two {}s called {}", kind_name(plugin.kind), plugin.id));
    }
  }
  return package;
}

oc_plugin plugin_of(const oc_package* pointer, Kind kind, const std::string& id) {
  const oc_package package = read_descriptor(pointer, "the package");
  for (uint32_t i = 0; i < package.n_plugins; ++i) {
    const oc_plugin plugin = read_descriptor(package.plugins[i], "a plugin");
    if (kind_of(plugin.kind) == kind && id == plugin.id) return plugin;
  }
  refuse(fmt::format("it no longer has a {} called {}", kind_name(kind), id));
}

}  // namespace ocellus::registry
