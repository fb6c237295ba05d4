// qa-attention over all samples: their maps as one array, and their statistics as a table (docs/methods.md).
#pragma once

#include <cstdint>
#include <ocellus/sdk/reduction.hpp>
#include <span>
#include <string>
#include <vector>

#include "plugins/methods/qa_attention/options.hpp"
#include "plugins/methods/qa_attention/question_map.hpp"

namespace ocellus::methods {

class MapCollection : public Reduction {
 public:
  QaAttentionOptions options;

  void add(const Run& run, const std::vector<ArtifactView>& artifacts) override;
  void conclude(const Run& run) override;

 private:
  // One map of one layer.
  struct Row {
    std::string sample, question;
    int64_t image, layer, top_row, top_column;
    MapStatistics statistics;
    double image_mass, question_mass;
  };

  void add_map(const Run& run, const ArtifactView& artifact, std::span<const float> values, int64_t columns,
               int64_t layer, double image_mass, double question_mass);
  void emit_maps(const Run& run) const;
  void emit_statistics(const Run& run) const;

  std::vector<std::string> samples_;  // of each picture's maps
  std::vector<float> values_;         // [samples, layers, patches]; none where they are not alike
  std::vector<int64_t> shape_;        // of a sample's: rows and columns, before them layers where there are several
  bool alike_ = true;                 // all have that shape
  std::vector<Row> rows_;
};

}  // namespace ocellus::methods
