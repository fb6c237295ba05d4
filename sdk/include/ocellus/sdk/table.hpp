// A table/1 on its way: columns in the order they are added, all of one length.
#pragma once

#include <ocellus/sdk/run.hpp>
#include <string>
#include <utility>
#include <vector>

namespace ocellus {

class TableWriter {
 public:
  TableWriter(const Run& run, const char* name) : writer_(run.artifact("table/1", -1, name)) {}

  TableWriter& texts(const std::string& name, const std::vector<std::string>& values) {
    add(name);
    writer_.text(name.c_str(), joined_lines(values));
    return *this;
  }
  // Of float or int64_t.
  template <class T>
  TableWriter& numbers(const std::string& name, std::vector<T> values) {
    add(name);
    const auto n = static_cast<int64_t>(values.size());
    writer_.tensor(name.c_str(), std::move(values), {n});
    return *this;
  }
  void commit() {
    writer_.text("columns", columns_);
    writer_.commit();
  }

 private:
  void add(const std::string& name) { columns_ += (columns_.empty() ? "" : " ") + name; }

  ArtifactWriter writer_;
  std::string columns_;
};

}  // namespace ocellus
