// A prompt of 15 tokens with two pictures, as a model would publish it:
//
//   0 1 system | 2..7 image 0, 2 x 3 cells | 8 special | 9 10 image 1, 1 x 2 cells | 11 12 13 question | 14 special
#pragma once

#include <ocellus/abi/layout.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ocellus::test {

struct SmallLayout {
  std::string stack = "language";
  uint32_t layer_begin = 0, layer_end = 4;
  std::vector<int64_t> token_ids{100, 101, 7, 7, 7, 7, 7, 7, 102, 7, 7, 103, 104, 105, 106};
  std::vector<oc_segment> segments{{OC_SEGMENT_SYSTEM, 0, 0, 2, -1, 0},     {OC_SEGMENT_IMAGE, 1, 2, 8, 0, 0},
                                   {OC_SEGMENT_SPECIAL, 1, 8, 9, -1, 0},    {OC_SEGMENT_IMAGE, 1, 9, 11, 1, 0},
                                   {OC_SEGMENT_QUESTION, 1, 11, 14, -1, 0}, {OC_SEGMENT_SPECIAL, 1, 14, 15, -1, 0}};
  std::vector<oc_cell> cells;
  int64_t n_keys_only = 0;
  std::vector<oc_grid> grids{{0, 300, 200, 84, 56, 2, 3, 0}, {1, 56, 28, 56, 28, 1, 2, 0}};

  SmallLayout() {
    int64_t token = 2;
    for (const oc_grid& grid : grids) {
      for (uint32_t row = 0; row < grid.rows; ++row) {
        for (uint32_t col = 0; col < grid.cols; ++col) {
          const float width = 1.0f / static_cast<float>(grid.cols), height = 1.0f / static_cast<float>(grid.rows);
          const float x = static_cast<float>(col) * width, y = static_cast<float>(row) * height;
          cells.push_back({token++, grid.image, static_cast<int32_t>(row), static_cast<int32_t>(col), 0, x, y,
                           x + width, y + height});
        }
      }
      token = 9;
    }
  }

  // Borrows from this object.
  oc_layout view() const {
    return {sizeof(oc_layout), 0,
            stack.c_str(),     layer_begin,
            layer_end,         static_cast<int64_t>(token_ids.size()),
            token_ids.data(),  segments.data(),
            segments.size(),   cells.data(),
            cells.size(),      grids.data(),
            grids.size(),      n_keys_only};
  }
};

inline oc_stack small_stack() {
  return {sizeof(oc_stack), 4, 2, 2, 8, 0, "language", nullptr, 0};
}

}  // namespace ocellus::test
