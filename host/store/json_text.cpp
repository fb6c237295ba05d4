#include "host/store/json_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <ocellus/sdk/error.hpp>

namespace ocellus::store {
namespace {

using nlohmann::ordered_json;

// nlohmann writes `null` for a number that is not finite.
void refuse_non_finite(const ordered_json& json, const std::string& place) {
  if (json.is_number_float() && !std::isfinite(json.get<double>())) {
    throw Error(OC_E_INTERNAL, fmt::format("the number at '{}' of a JSON file is not finite", place));
  }
  if (!json.is_structured()) return;
  for (const auto& [key, value] : json.items()) refuse_non_finite(value, place + "/" + key);
}

std::string dump(const ordered_json& json, int indentation) {
  refuse_non_finite(json, "");
  return json.dump(indentation, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace

std::string json_text(const ordered_json& json) {
  return dump(json, 2) + "\n";
}

std::string json_line(const ordered_json& json) {
  return dump(json, -1);
}

ordered_json number_or_null(double number) {
  return std::isfinite(number) ? ordered_json(number) : ordered_json();
}

std::string text_from_json(const std::string& text) {
  return ordered_json::parse(dump(text, -1)).get<std::string>();
}

}  // namespace ocellus::store
