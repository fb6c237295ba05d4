// Checked access to the fields of a JSON configuration file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace ocellus::models {

// The object a file holds. Throws Error(OC_E_MODEL) if the file is missing, cannot be read or holds anything else.
nlohmann::json read_json_object(const std::filesystem::path& path);

// A field that is null counts as missing. Every error is an Error(OC_E_MODEL) that names `where`, the field and its
// value.
class JsonFields {
 public:
  // `object` is borrowed.
  JsonFields(const nlohmann::json& object, std::string where) : object_(&object), where_(std::move(where)) {}

  const nlohmann::json* find(const char* key) const;
  int64_t integer(const char* key, int64_t fallback, int64_t min, int64_t max) const;
  // Finite and within [min, max].
  double real(const char* key, double fallback, double min, double max) const;
  bool boolean(const char* key, bool fallback) const;
  std::string text(const char* key, const std::string& fallback) const;
  // The object under `key`; nothing if it is missing.
  std::optional<JsonFields> object(const char* key) const;

  // Throws: "`where`: `key` is …; `expected`".
  [[noreturn]] void refuse(const char* key, const std::string& expected) const;

 private:
  const nlohmann::json* object_;
  std::string where_;
};

}  // namespace ocellus::models
