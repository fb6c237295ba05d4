// Judgements of all samples as tables: means beside those of their controls, and differences of pairs of maps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/faithfulness/curves_artifact.hpp"
#include "host/faithfulness/record.hpp"
#include "host/statistics/mean.hpp"
#include "host/store/schema.hpp"

namespace ocellus::faithfulness {

class Means {
 public:
  // Those of one sample. Rows are in the order met.
  void add(const std::vector<Judgement>& judgements);
  bool is_empty() const { return rows_.empty(); }

  // table/1: for each label and layer a line for the map and one for each control on the same samples.
  store::ArtifactData table() const;
  // table/1 "differences": each map minus each of its controls, and minus each map that comes after it, sample by
  // sample and image by image: what both have in common is in neither's error.
  store::ArtifactData differences() const;

 private:
  struct Numbers {
    std::vector<statistics::Mean> of;  // by area_names()
    void add(const Areas& areas);
  };
  struct Name {
    std::string label;
    std::optional<int64_t> layer;
    bool operator==(const Name&) const = default;
  };
  struct Row {
    Name name;
    Numbers map, random, centre, oracle;
  };
  struct Pair {
    Name name, minus;
    Numbers difference;
  };
  void add_pair(const Name& name, const Name& minus, const Areas& a, const Areas& b);

  std::vector<Row> rows_;
  std::vector<Pair> pairs_;
  std::map<std::string, size_t> places_;  // of pairs
};

// Curves of all samples, point by point.
class MeanCurves {
 public:
  void add(const store::ArtifactData& curves);
  // curves/1 with standard errors.
  store::ArtifactData artifact() const;

 private:
  struct Sum {
    StoredCurve first;
    std::vector<statistics::Mean> x, deletion, insertion, areas;
  };
  std::vector<Sum> sums_;
  std::string value_name_;
};

}  // namespace ocellus::faithfulness
