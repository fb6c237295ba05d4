#include "host/options/spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>

namespace ocellus::options {
namespace {

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw Error(
      OC_E_OPTION,
      fmt::format("'{}': {}: write name or name:key=value,key=value (values with commas in double quotes)", text, why));
}

// Labels name files.
bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 80 && label.front() != '.' &&
         label.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
             std::string_view::npos;
}

}  // namespace

Spec parse_spec(std::string_view text) {
  Spec spec;
  const size_t colon = std::min(text.find(':'), text.size());
  spec.name = text.substr(0, colon);
  spec.label = spec.name;
  if (spec.name.empty()) refuse(text, "the name is missing");
  size_t at = colon;
  bool has_label = false;
  while (at < text.size()) {
    ++at;  // past ':' or ','
    const size_t equals = text.find('=', at);
    if (equals == std::string_view::npos) refuse(text, fmt::format("'{}' has no value", text.substr(at)));
    const std::string key(text.substr(at, equals - at));
    if (key.empty() || key.find(',') != std::string::npos) refuse(text, fmt::format("'{}' has no value", key));
    std::string value;
    at = equals + 1;
    if (at < text.size() && text[at] == '"') {
      const size_t close = text.find('"', at + 1);
      if (close == std::string_view::npos) refuse(text, "a double quote is not closed");
      value = text.substr(at + 1, close - at - 1);
      at = close + 1;
      if (at < text.size() && text[at] != ',') refuse(text, "a comma is missing after the closing quote");
    } else {
      const size_t comma = std::min(text.find(',', at), text.size());
      value = text.substr(at, comma - at);
      at = comma;
    }
    const auto same = [&](const auto& setting) { return setting.first == key; };
    if (key == "as" ? has_label : std::any_of(spec.settings.begin(), spec.settings.end(), same)) {
      refuse(text, fmt::format("{} is given twice", key));
    }
    if (key == "as") {
      if (!is_label(value))
        refuse(text, fmt::format("the label '{}' may hold letters, digits, '.', '_' and '-' only", value));
      spec.label = value;
      has_label = true;
    } else {
      spec.settings.emplace_back(key, value);
    }
  }
  return spec;
}

}  // namespace ocellus::options
