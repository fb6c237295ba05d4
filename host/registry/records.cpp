#include "host/registry/records.hpp"

namespace ocellus::registry {

using nlohmann::json;

const char* kind_name(Kind kind) {
  switch (kind) {
    case Kind::model:
      return "model";
    case Kind::method:
      return "method";
    case Kind::renderer:
      break;
  }
  return "renderer";
}

namespace {

Kind kind_named(const std::string& name) {
  for (const Kind kind : {Kind::model, Kind::method, Kind::renderer}) {
    if (name == kind_name(kind)) return kind;
  }
  throw json::other_error::create(501, "unknown kind of plugin: " + name, nullptr);
}

}  // namespace

void to_json(json& out, const ParamRecord& param) {
  out = {{"type", param.type}, {"key", param.key}, {"help", param.help},      {"default", param.default_text},
         {"min", param.min},   {"max", param.max}, {"choices", param.choices}};
}

void from_json(const json& in, ParamRecord& param) {
  in.at("type").get_to(param.type);
  in.at("key").get_to(param.key);
  in.at("help").get_to(param.help);
  in.at("default").get_to(param.default_text);
  in.at("min").get_to(param.min);
  in.at("max").get_to(param.max);
  in.at("choices").get_to(param.choices);
}

void to_json(json& out, const PluginRecord& plugin) {
  out = {{"id", plugin.id},           {"kind", kind_name(plugin.kind)}, {"summary", plugin.summary},
         {"params", plugin.params},   {"opens", plugin.opens},          {"probes", plugin.probes},
         {"accepts", plugin.accepts}, {"produces", plugin.produces},    {"reduces", plugin.reduces},
         {"prompt", plugin.prompt}};
}

void from_json(const json& in, PluginRecord& plugin) {
  in.at("id").get_to(plugin.id);
  plugin.kind = kind_named(in.at("kind").get<std::string>());
  in.at("summary").get_to(plugin.summary);
  in.at("params").get_to(plugin.params);
  in.at("opens").get_to(plugin.opens);
  in.at("probes").get_to(plugin.probes);
  in.at("accepts").get_to(plugin.accepts);
  in.at("produces").get_to(plugin.produces);
  in.at("reduces").get_to(plugin.reduces);
  in.at("prompt").get_to(plugin.prompt);
}

void to_json(json& out, const PackageRecord& package) {
  out = {{"id", package.id},
         {"version", package.version},
         {"vendor", package.vendor},
         {"license", package.license},
         {"runtime", package.runtime},
         {"abi_minor", package.abi_minor},
         {"min_host_minor", package.min_host_minor},
         {"plugins", package.plugins}};
}

void from_json(const json& in, PackageRecord& package) {
  in.at("id").get_to(package.id);
  in.at("version").get_to(package.version);
  in.at("vendor").get_to(package.vendor);
  in.at("license").get_to(package.license);
  in.at("runtime").get_to(package.runtime);
  in.at("abi_minor").get_to(package.abi_minor);
  in.at("min_host_minor").get_to(package.min_host_minor);
  in.at("plugins").get_to(package.plugins);
}

}  // namespace ocellus::registry
