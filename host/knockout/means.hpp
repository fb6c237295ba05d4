// Knock-outs of all samples as a table.
#pragma once

#include <string>
#include <vector>

#include "host/knockout/record.hpp"
#include "host/statistics/mean.hpp"
#include "host/store/schema.hpp"

namespace ocellus::knockout {

class Means {
 public:
  // Those of one sample. Rows are in the order met.
  void add(const std::vector<Outcome>& outcomes);
  bool is_empty() const { return rows_.empty(); }

  // table/1, a line for each knock-out: means over samples of the first token's probability, of its change and of the
  // mean change of the answer's tokens, and the share of samples whose likeliest first token becomes another, the last
  // three with standard errors.
  store::ArtifactData table() const;

 private:
  struct Row {
    std::string label;
    nlohmann::ordered_json settings;
    statistics::Mean clean{}, first_change{}, answer_change{}, flips{};
  };
  std::vector<Row> rows_;
};

}  // namespace ocellus::knockout
