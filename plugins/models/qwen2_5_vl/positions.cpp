#include "plugins/models/qwen2_5_vl/positions.hpp"

#include <algorithm>

namespace ocellus::qwen2_5_vl {

Positions rotary_positions(const Prompt& prompt, std::span<const PatchGrid> grids, int64_t merge_size) {
  const auto tokens = static_cast<int64_t>(prompt.ids.size());
  Positions positions{std::vector<int64_t>(static_cast<size_t>(3 * tokens)), 0};
  const auto put = [&](int64_t token, int64_t time, int64_t row, int64_t column) {
    int64_t* const at = positions.axes.data() + token;
    at[0] = time, at[tokens] = row, at[2 * tokens] = column;
  };
  int64_t token = 0;
  const auto put_text_until = [&](int64_t end) {
    for (; token < end; ++token, ++positions.next) put(token, positions.next, positions.next, positions.next);
  };
  for (size_t image = 0; image < grids.size(); ++image) {
    put_text_until(prompt.images[image].begin);
    const int64_t rows = grids[image].height / merge_size, columns = grids[image].width / merge_size;
    const int64_t origin = positions.next;
    for (int64_t frame = 0; frame < grids[image].frames; ++frame) {
      for (int64_t row = 0; row < rows; ++row) {
        for (int64_t column = 0; column < columns; ++column, ++token) {
          put(token, origin + frame, origin + row, origin + column);
        }
      }
    }
    positions.next = origin + std::max({grids[image].frames, rows, columns});
  }
  put_text_until(tokens);
  return positions;
}

}  // namespace ocellus::qwen2_5_vl
