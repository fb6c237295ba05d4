// The lines of a stored table/1, for what is printed of it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
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

 private:
  std::map<std::string, std::vector<std::string>> texts_;
  std::map<std::string, std::vector<float>> numbers_;
};

// Those of the table without a name that a stage left in `out`; none if it made none.
std::optional<TableLines> stored_lines(const std::filesystem::path& out, const std::string& stage);

}  // namespace ocellus::cli
