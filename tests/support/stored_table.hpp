// The columns of a stored table/1.
#pragma once

#include <ocellus/sdk/run.hpp>
#include <string>
#include <vector>

#include "host/store/stored_values.hpp"

namespace ocellus::test {

// Those of texts, and of numbers; the column has to be there.
inline std::vector<std::string> words(const store::ArtifactData& table, const std::string& column) {
  return lines_of(*store::find_text(table, column));
}
inline std::vector<float> numbers(const store::ArtifactData& table, const std::string& column) {
  return store::elements_of<float>(*store::find_tensor(table, column));
}

}  // namespace ocellus::test
