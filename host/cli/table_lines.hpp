// The lines of a stored table/1, for what is printed of it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/store/schema.hpp"

namespace ocellus::cli {

class TableLines {
 public:
  explicit TableLines(const store::ArtifactData& table);
  size_t size() const { return texts_.at("label").size(); }
  const std::string& text(const char* column, size_t line) const { return texts_.at(column)[line]; }
  // NaN = not defined.
  double number(const std::string& column, size_t line) const { return numbers_.at(column)[line]; }
  // "0.123 ± 0.045", the error from column "<column>_error".
  std::string with_error(const std::string& column, size_t line) const;
  // Puts both into `entry` by their names, null for an error that is not defined.
  void put_with_error(nlohmann::ordered_json& entry, const std::string& column, size_t line) const;

 private:
  std::map<std::string, std::vector<std::string>> texts_;
  std::map<std::string, std::vector<float>> numbers_;
};

// Tells on stdout, as text or as one line of JSON, of the table without a name that a stage left in `out`; says nothing
// where it left none.
void print_table(const std::filesystem::path& out, const std::string& stage, bool json,
                 nlohmann::ordered_json (*json_of)(const TableLines&), void (*print_text)(const TableLines&));

}  // namespace ocellus::cli
