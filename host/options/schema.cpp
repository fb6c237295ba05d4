#include "host/options/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ocellus/abi/options.h>

#include <ocellus/sdk/error.hpp>
#include <string>
#include <vector>

#include "host/options/values.hpp"

namespace ocellus::options {
namespace {

using nlohmann::ordered_json;
using registry::ParamRecord;

constexpr const char* index_set_pattern =
    R"(^(auto|(all|early|middle|late|-?[0-9]+(\.\.-?[0-9]+)?)(\+(all|early|middle|late|-?[0-9]+(\.\.-?[0-9]+)?))*)$)";
constexpr const char* query_pattern = R"(^(last|answer(:[0-9]+)?|generated|question|position:[0-9]+)$)";

std::vector<std::string> names_of(const ParamRecord& param) {
  std::vector<std::string> names;
  for (const auto& [name, help] : param.choices) names.push_back(name);
  return names;
}

// Of the letters of a choice only '+' needs an escape in a pattern.
std::string words_pattern(const ParamRecord& param) {
  std::string choices;
  for (const std::string& name : names_of(param)) {
    choices += choices.empty() ? "" : "|";
    for (const char c : name) choices += c == '+' ? "\\+" : std::string(1, c);
  }
  const std::string one = fmt::format("({})", choices);
  return fmt::format("^{}(\\+{})*${}", one, one, param.default_text.empty() ? "|^$" : "");
}

ordered_json with_bounds(const char* type, const ParamRecord& param) {
  ordered_json schema{{"type", type}};
  if (param.min < param.max) schema["minimum"] = param.min, schema["maximum"] = param.max;
  return schema;
}

ordered_json type_of(const ParamRecord& param) {
  switch (param.type) {
    case OC_PARAM_BOOL:
      return {{"type", "boolean"}};
    case OC_PARAM_INT:
      return with_bounds("integer", param);
    case OC_PARAM_FLOAT:
      return with_bounds("number", param);
    case OC_PARAM_CHOICE:
      return {{"enum", names_of(param)}};
    case OC_PARAM_WORDS:
      return {{"type", "string"}, {"pattern", words_pattern(param)}};
    case OC_PARAM_INDEX_SET:
      return {{"type", {"string", "integer"}}, {"pattern", index_set_pattern}};
    case OC_PARAM_INDEX:
      return {{"anyOf", {{{"enum", names_of(param)}}, {{"type", "integer"}, {"minimum", 0}}}}};
    case OC_PARAM_QUERY:
      return {{"type", "string"}, {"pattern", query_pattern}};
    default:
      return {{"type", "string"}};
  }
}

// The default in the schema's own type; null for one that its own option does not take.
ordered_json default_of(const ParamRecord& param) {
  try {
    const Value value = parse_value(param, param.default_text);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag;
    if (const auto* integer = std::get_if<int64_t>(&value)) return *integer;
    if (const auto* real = std::get_if<double>(&value)) return *real;
    return param.default_text;
  } catch (const Error&) {
    return nullptr;
  }
}

}  // namespace

ordered_json option_schema(const registry::PluginRecord& plugin) {
  ordered_json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                      {"title", fmt::format("options of {} {}", registry::kind_name(plugin.kind), plugin.id)},
                      {"type", "object"},
                      {"additionalProperties", false},
                      {"properties", ordered_json::object()}};
  for (const ParamRecord& param : plugin.params) {
    ordered_json property{{"description", param.help}};
    property.update(type_of(param));
    if (const ordered_json value = default_of(param); !value.is_null()) property["default"] = value;
    if (!param.choices.empty()) {
      ordered_json& meanings = property["$comment"] = "";
      for (const auto& [choice, help] : param.choices) {
        meanings = meanings.get<std::string>() + (meanings == "" ? "" : "; ") + choice + ": " + help;
      }
    }
    schema["properties"][param.key] = std::move(property);
  }
  return schema;
}

}  // namespace ocellus::options
