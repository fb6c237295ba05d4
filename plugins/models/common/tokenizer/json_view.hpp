// Values of a JSON file with their places, so that every complaint says where.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace ocellus::models {

// The document that `text` holds. `where` is the file's name as errors print it. Throws Error(OC_E_MODEL).
nlohmann::json parse_json_file(std::string_view text, const std::string& where);

// Borrows the value, which must outlive it. Every accessor throws Error(OC_E_MODEL) if the value is not of that kind.
class JsonView {
 public:
  // `where` is the file's name as errors print it.
  JsonView(const nlohmann::json& value, std::string where);

  JsonView member(std::string_view key) const;  // throws if absent
  bool has(std::string_view key) const;         // present and not null
  JsonView element(std::size_t index) const;    // requires index < array_size()

  std::size_t array_size() const;
  const nlohmann::json& object() const;
  const std::string& text() const;
  bool boolean() const;
  std::uint32_t token_id() const;  // an integer from 0 to 2^32 - 1

  bool boolean_or(std::string_view key, bool otherwise) const;

  // For loops over many values, which cannot afford a place for each.
  const nlohmann::json& value() const { return value_; }
  static std::optional<std::uint32_t> token_id_of(const nlohmann::json& value);

  // "… is not supported" with the place and `what`.
  [[noreturn]] void refuse(const std::string& what) const;
  // Says that a token id was expected.
  [[noreturn]] void fail_token_id() const;
  // "…: complaint" with the place.
  [[noreturn]] void fail(const std::string& complaint) const;

 private:
  const nlohmann::json& value_;
  std::string where_;
};

}  // namespace ocellus::models
