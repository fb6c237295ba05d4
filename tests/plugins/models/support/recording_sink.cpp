#include "tests/plugins/models/support/recording_sink.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace ocellus::test {

RecordingSink::RecordingSink() {
  table_.struct_size = sizeof table_;
  table_.context = this;
  table_.layout = [](void* context, const oc_layout* layout) noexcept -> oc_status {
    static_cast<RecordingSink*>(context)->keep(*layout);
    return OC_OK;
  };
  table_.capture = [](void* context, const oc_capture* capture, oc_tensor* take) noexcept -> oc_status {
    const TensorPointer tensor(take);
    static_cast<RecordingSink*>(context)->keep(*capture, *tensor);
    return OC_OK;
  };
  table_.step = [](void* context, const oc_step* step) noexcept -> oc_status {
    auto& self = *static_cast<RecordingSink*>(context);
    self.steps.push_back(*step);
    self.order.push_back("step " + std::to_string(step->index));
    return OC_OK;
  };
  table_.cancelled = [](void* context) noexcept -> int32_t { return static_cast<RecordingSink*>(context)->cancel(); };
}

void RecordingSink::keep(const oc_layout& layout) {
  KeptLayout& kept = layouts[layout.stack];
  kept.tokens = layout.n_tokens;
  if (layout.token_ids != nullptr) kept.token_ids.assign(layout.token_ids, layout.token_ids + layout.n_tokens);
  kept.segments.assign(layout.segments, layout.segments + layout.n_segments);
  kept.cells.assign(layout.cells, layout.cells + layout.n_cells);
  kept.grids.assign(layout.grids, layout.grids + layout.n_grids);
}

void RecordingSink::keep(const oc_capture& capture, const oc_tensor& tensor) {
  EXPECT_EQ(capture.tensor, nullptr);
  if (capture.n_rows == 0) {
    EXPECT_FALSE(inputs.contains(capture.probe)) << "an input came twice";
    KeptInput& input = inputs[capture.probe];
    input.shape.assign(tensor.dl.shape, tensor.dl.shape + tensor.dl.ndim);
    if (tensor.dl.dtype.code == OC_DTYPE_FLOAT) {
      const auto flat = TensorView<float>(&tensor).flat();
      input.floats.assign(flat.begin(), flat.end());
    } else {
      const auto flat = TensorView<int64_t>(&tensor).flat();
      input.integers.assign(flat.begin(), flat.end());
    }
    return;
  }
  const TensorView<float> view(&tensor);
  const std::span<const float> flat = view.flat();
  largest_capture = std::max(largest_capture, flat.size());
  const size_t heads = std::max<size_t>(capture.n_heads, 1), rows = capture.n_rows;
  const size_t width = flat.size() / heads / rows;
  EXPECT_EQ(heads * rows * width, flat.size());
  for (size_t r = 0; r < rows; ++r) {
    const auto [place, is_new] = captures[{capture.probe, capture.layer}].try_emplace(capture.rows[r]);
    EXPECT_TRUE(is_new) << "row " << capture.rows[r] << " of layer " << capture.layer << " came twice";
    KeptRow& kept = place->second;
    kept.heads.assign(capture.heads, capture.heads + capture.n_heads);
    kept.keys.assign(capture.keys, capture.keys + capture.n_keys);
    for (size_t h = 0; h < heads; ++h) {
      const auto values = flat.subspan((h * rows + r) * width, width);
      kept.values.insert(kept.values.end(), values.begin(), values.end());
    }
    order.push_back("row " + std::to_string(capture.rows[r]));
    pieces[capture.probe].emplace_back(capture.layer, capture.rows[r]);
  }
}

}  // namespace ocellus::test
