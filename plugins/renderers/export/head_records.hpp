// A stored head-records/1 in the forms that the LLaVA head study and others read.
#pragma once

#include <ocellus/sdk/run.hpp>
#include <string>
#include <vector>

namespace ocellus::exporting {

// Borrows the artifact.
struct HeadRecords {
  explicit HeadRecords(const ArtifactView& artifact);

  float at(size_t quantity, size_t sample, size_t layer, size_t head) const {
    return values[quantity](sample, layer, head);
  }

  std::vector<std::string> quantities, samples, categories;
  std::vector<int64_t> layers, heads;
  std::vector<TensorView<float>> values;  // of each quantity: [samples, layers, heads]
};

// The study's records: [{category, per_layer: [{text_to_visual: {head: value}, ...}]}], one entry a sample; as a file
// of PyTorch, and as JSON, whose keys are texts.
std::string records_pt(const HeadRecords& records);
std::string records_json(const HeadRecords& records);

// Arrays with the samples and their categories.
std::string records_npz(const HeadRecords& records);

// One line for each sample, layer and head.
std::string records_csv(const HeadRecords& records);

}  // namespace ocellus::exporting
