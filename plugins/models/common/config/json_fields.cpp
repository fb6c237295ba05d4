#include "plugins/models/common/config/json_fields.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <ocellus/sdk/error.hpp>

namespace ocellus::models {

using nlohmann::json;

json read_json_object(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(OC_E_MODEL, fmt::format("{} is missing or cannot be read", path.string()));
  json content = json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (!content.is_object()) throw Error(OC_E_MODEL, fmt::format("{} does not hold a JSON object", path.string()));
  return content;
}

const json* JsonFields::find(const char* key) const {
  const auto found = object_->find(key);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

void JsonFields::refuse(const char* key, const std::string& expected) const {
  const json* value = find(key);
  std::string shown = value == nullptr ? "missing" : value->dump(-1, ' ', true, json::error_handler_t::replace);
  if (shown.size() > 60) shown = shown.substr(0, 57) + "...";
  throw Error(OC_E_MODEL, fmt::format("{}: '{}' is {}; {}", where_, key, shown, expected));
}

int64_t JsonFields::integer(const char* key, int64_t fallback, int64_t min, int64_t max) const {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  const bool fits = value->is_number_unsigned() ? value->get<uint64_t>() <= static_cast<uint64_t>(max) : true;
  if (!value->is_number_integer() || !fits || value->get<int64_t>() < min || value->get<int64_t>() > max) {
    refuse(key, fmt::format("expected an integer from {} to {}", min, max));
  }
  return value->get<int64_t>();
}

double JsonFields::real(const char* key, double fallback, double min, double max) const {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_number() || !(value->get<double>() >= min && value->get<double>() <= max)) {
    refuse(key, fmt::format("expected a number from {} to {}", min, max));
  }
  return value->get<double>();
}

bool JsonFields::boolean(const char* key, bool fallback) const {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) refuse(key, "expected true or false");
  return value->get<bool>();
}

std::string JsonFields::text(const char* key, const std::string& fallback) const {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_string()) refuse(key, "expected a text");
  return value->get<std::string>();
}

std::optional<JsonFields> JsonFields::object(const char* key) const {
  const json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_object()) refuse(key, "expected an object");
  return JsonFields(*value, fmt::format("{}, {}", where_, key));
}

}  // namespace ocellus::models
