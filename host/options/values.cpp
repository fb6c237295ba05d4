#include "host/options/values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ocellus/sdk/error.hpp>
#include <ocellus/sdk/options.hpp>
#include <optional>

#include "host/options/nearest.hpp"

namespace ocellus::options {
namespace {

std::vector<std::string> choice_names(const registry::ParamRecord& param) {
  std::vector<std::string> names;
  for (const auto& [name, help] : param.choices) names.push_back(name);
  return names;
}

bool is_choice(const registry::ParamRecord& param, std::string_view text) {
  return std::any_of(param.choices.begin(), param.choices.end(),
                     [&](const auto& choice) { return choice.first == text; });
}

template <class Number>
bool parse_number(const std::string& text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool in_range(const registry::ParamRecord& param, double value) {
  return std::isfinite(value) && (param.min >= param.max || (value >= param.min && value <= param.max));
}

// The first of the words joined by '+' that is no choice.
std::optional<std::string> no_choice(const registry::ParamRecord& param, const std::string& joined) {
  if (joined.empty()) return joined;
  for (const std::string& word : split_words(joined, choice_names(param))) {
    if (!is_choice(param, word)) return word;
  }
  return std::nullopt;
}

// "; did you mean X?" if one of the choices is near.
std::string near_choice(const registry::ParamRecord& param, const std::string& word) {
  return nearest(word, choice_names(param)).empty() ? "" : did_you_mean(word, choice_names(param));
}

}  // namespace

std::string type_name(const registry::ParamRecord& param) {
  const std::string bounds = param.min < param.max ? fmt::format(" from {:g} to {:g}", param.min, param.max) : "";
  switch (param.type) {
    case OC_PARAM_BOOL:
      return "on|off";
    case OC_PARAM_INT:
      return "whole number" + bounds;
    case OC_PARAM_FLOAT:
      return "number" + bounds;
    case OC_PARAM_CHOICE:
      return fmt::format("{}", fmt::join(choice_names(param), "|"));
    case OC_PARAM_WORDS:
      return fmt::format("some of {}, joined by +", fmt::join(choice_names(param), " "));
    case OC_PARAM_INDEX_SET:
      return "index set";
    case OC_PARAM_INDEX:
      return fmt::format("{}|K", fmt::join(choice_names(param), "|"));
    case OC_PARAM_QUERY:
      return "last|answer|answer:K|generated|question|position:P";
    default:
      return "text";
  }
}

Value parse_value(const registry::ParamRecord& param, const std::string& text) {
  switch (param.type) {
    case OC_PARAM_BOOL:
      if (text == "on" || text == "true" || text == "yes" || text == "1") return true;
      if (text == "off" || text == "false" || text == "no" || text == "0") return false;
      break;
    case OC_PARAM_INT:
      if (int64_t value = 0; parse_number(text, value) && in_range(param, static_cast<double>(value))) return value;
      break;
    case OC_PARAM_FLOAT:
      if (double value = 0; parse_number(text, value) && in_range(param, value)) return value;
      break;
    case OC_PARAM_CHOICE:
      if (is_choice(param, text)) return text;
      break;
    case OC_PARAM_WORDS:
      if (!no_choice(param, text) || (text.empty() && param.default_text.empty())) return text;
      break;
    case OC_PARAM_INDEX_SET:
      return IndexSet::parse(text);
    case OC_PARAM_INDEX:
      if (is_choice(param, text)) return text;
      if (int64_t value = 0; text.find('-') == std::string::npos && parse_number(text, value)) return text;
      break;
    case OC_PARAM_QUERY:
      return parse_query(text);
    default:
      return text;
  }
  const bool is_number = param.type == OC_PARAM_INT || param.type == OC_PARAM_FLOAT;
  const std::string word = param.type == OC_PARAM_WORDS ? no_choice(param, text).value_or("") : text;
  throw Error(OC_E_OPTION, fmt::format("'{}' is not {}{}{}", text, is_number ? "a " : "", type_name(param),
                                       is_number ? "" : near_choice(param, word)));
}

Values Values::parse(const registry::PluginRecord& plugin, const Spec& spec) {
  Values values;
  for (const auto& [key, text] : spec.settings) {
    const auto same = [&, k = key](const registry::ParamRecord& param) { return param.key == k; };
    if (std::none_of(plugin.params.begin(), plugin.params.end(), same)) {
      std::vector<std::string> keys;
      for (const registry::ParamRecord& param : plugin.params) keys.push_back(param.key);
      throw Error(OC_E_OPTION, fmt::format("{} has no option '{}'{}", plugin.id, key, did_you_mean(key, keys)));
    }
  }
  for (const registry::ParamRecord& param : plugin.params) {
    const auto same = [&](const auto& setting) { return setting.first == param.key; };
    const auto given = std::find_if(spec.settings.begin(), spec.settings.end(), same);
    const std::string& text = given != spec.settings.end() ? given->second : param.default_text;
    try {
      values.values_.emplace(param.key, parse_value(param, text));
    } catch (const Error& error) {
      throw Error(error.status(), fmt::format("{}: option {}: {}", plugin.id, param.key, error.what()));
    }
    values.texts_.emplace(param.key, text);
  }
  return values;
}

const Value* Values::find(std::string_view key) const {
  const auto at = values_.find(key);
  return at != values_.end() ? &at->second : nullptr;
}

nlohmann::ordered_json Values::record() const {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [key, text] : texts_) json[key] = text;
  return json;
}

}  // namespace ocellus::options
