// A host's side of prepare and execute that keeps what it is given.
#pragma once

#include <ocellus/abi/model.h>

#include <cstdint>
#include <functional>
#include <map>
#include <ocellus/sdk/model.hpp>
#include <string>
#include <utility>
#include <vector>

namespace ocellus::test {

// A layout with memory of its own.
struct KeptLayout {
  int64_t tokens;
  std::vector<int64_t> token_ids;
  std::vector<oc_segment> segments;
  std::vector<oc_cell> cells;
  std::vector<oc_grid> grids;
};

struct KeptRow {
  std::vector<int64_t> heads, keys;
  std::vector<float> values;  // [heads, keys or groups] or [width]
};

struct KeptInput {
  std::vector<int64_t> shape;
  std::vector<float> floats;  // one of both
  std::vector<int64_t> integers;
};

class RecordingSink {
 public:
  RecordingSink();
  RecordingSink(const RecordingSink&) = delete;

  Sink sink() const { return Sink(&table_); }

  std::map<std::string, KeptLayout> layouts;                                    // by stack
  std::map<std::pair<uint32_t, int64_t>, std::map<int64_t, KeptRow>> captures;  // (probe, layer) -> row
  std::map<uint32_t, KeptInput> inputs;                                         // by probe
  std::vector<oc_step> steps;
  size_t largest_capture = 0;                                           // elements of one capture
  std::vector<std::string> order;                                       // "row R" and "step K" as they came
  std::map<uint32_t, std::vector<std::pair<int64_t, int64_t>>> pieces;  // by probe: (layer, row) as they came
  std::function<bool()> cancel = [] { return false; };

  // Throws std::out_of_range for what was not delivered.
  const KeptRow& row(uint32_t probe, int64_t layer, int64_t row) const { return captures.at({probe, layer}).at(row); }

 private:
  void keep(const oc_layout& layout);
  void keep(const oc_capture& capture, const oc_tensor& tensor);

  oc_sink table_{};
};

}  // namespace ocellus::test
