// A table/1 that grows line by line.
#pragma once

#include <string>
#include <vector>

#include "host/store/schema.hpp"

namespace ocellus::store {

class TableWriter {
 public:
  TableWriter(const std::string& label, const std::string& name);

  // The next line's value of a column, which is new when it is first named. NaN = not defined.
  void text(const std::string& column, const std::string& value) { this->column(column).texts.push_back(value); }
  void number(const std::string& column, double value) {
    this->column(column).numbers.push_back(static_cast<float>(value));
  }

  // Throws Error(OC_E_INTERNAL) if lines have different columns.
  ArtifactData done();

 private:
  struct Column {
    std::string name;
    std::vector<std::string> texts;
    std::vector<float> numbers;
  };
  Column& column(const std::string& name);

  ArtifactData table_;
  std::vector<Column> columns_;
};

}  // namespace ocellus::store
