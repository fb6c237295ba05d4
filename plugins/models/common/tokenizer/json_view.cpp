#include "plugins/models/common/tokenizer/json_view.hpp"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <utility>

namespace ocellus::models {

nlohmann::json parse_json_file(std::string_view text, const std::string& where) {
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& error) {
    throw Error(OC_E_MODEL, fmt::format("{} is not valid JSON ({}); download it again", where, error.what()));
  }
}

JsonView::JsonView(const nlohmann::json& value, std::string where) : value_(value), where_(std::move(where)) {}

JsonView JsonView::member(std::string_view key) const {
  const nlohmann::json& members = object();
  const auto found = members.find(std::string(key));
  if (found == members.end()) fail(fmt::format("'{}' is missing", key));
  return JsonView(*found, fmt::format("{}: {}", where_, key));
}

bool JsonView::has(std::string_view key) const {
  const nlohmann::json& members = object();
  const auto found = members.find(std::string(key));
  return found != members.end() && !found->is_null();
}

JsonView JsonView::element(std::size_t index) const {
  return JsonView(value_[index], fmt::format("{}[{}]", where_, index));
}

std::size_t JsonView::array_size() const {
  if (!value_.is_array()) fail(fmt::format("an array was expected, not {}", value_.type_name()));
  return value_.size();
}

const nlohmann::json& JsonView::object() const {
  if (!value_.is_object()) fail(fmt::format("an object was expected, not {}", value_.type_name()));
  return value_;
}

const std::string& JsonView::text() const {
  if (!value_.is_string()) fail(fmt::format("a string was expected, not {}", value_.type_name()));
  return value_.get_ref<const std::string&>();
}

bool JsonView::boolean() const {
  if (!value_.is_boolean()) fail(fmt::format("true or false was expected, not {}", value_.type_name()));
  return value_.get<bool>();
}

std::optional<std::uint32_t> JsonView::token_id_of(const nlohmann::json& value) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max()) {
    return std::nullopt;
  }
  return value.get<std::uint32_t>();
}

std::uint32_t JsonView::token_id() const {
  const auto id = token_id_of(value_);
  if (!id) fail_token_id();
  return *id;
}

void JsonView::fail_token_id() const {
  fail("a token id (an integer from 0 to 4294967295) was expected");
}

bool JsonView::boolean_or(std::string_view key, bool otherwise) const {
  return has(key) ? member(key).boolean() : otherwise;
}

void JsonView::refuse(const std::string& what) const {
  fail(what + " is not supported");
}

void JsonView::fail(const std::string& complaint) const {
  throw Error(OC_E_MODEL,
              fmt::format("{}: {}; use the tokenizer files the model was published with", where_, complaint));
}

}  // namespace ocellus::models
