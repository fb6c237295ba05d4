// Reactions of all samples as means, and what they say of a method.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/sanity/reactions.hpp"
#include "host/statistics/mean.hpp"
#include "host/store/schema.hpp"

namespace ocellus::sanity {

enum class Verdict {
  partial,  // a stage of weights before the last decides nothing
  unknown,  // no sample has a correlation
  reacts,
  does_not_react
};
const char* name_of(Verdict verdict);

class Table {
 public:
  // `layers`: all that can be randomised, 0 where none can.
  Table(double threshold, int64_t layers) : threshold_(threshold), layers_(layers) {}

  struct Cell {
    Stage stage;
    statistics::Mean correlation;  // over the samples that have one
    size_t undefined = 0;          // samples that have none
    Verdict verdict = Verdict::unknown;
  };
  struct Row {
    std::string label;
    std::optional<int64_t> layer;
    std::vector<Cell> cells;  // in the order of the stages
  };

  // Those of one sample.
  void add(const std::vector<Reaction>& reactions);

  // In the order met, with their verdicts.
  std::vector<Row> rows() const;
  // table/1: a line for each cell.
  store::ArtifactData artifact() const;

 private:
  double threshold_;
  int64_t layers_;
  std::vector<Row> rows_;
};

}  // namespace ocellus::sanity
