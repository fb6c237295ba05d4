#include "plugins/models/common/pickle/strided.hpp"

#include <algorithm>
#include <cstring>

namespace ocellus::models {
namespace {

bool is_empty(const StridedLayout& layout) {
  return std::find(layout.shape.begin(), layout.shape.end(), 0u) != layout.shape.end();
}

// `item_size` is known when this is compiled, so that an element is one load and one store.
template <std::size_t item_size>
void gather_items(const std::byte* storage, const StridedLayout& layout, std::span<std::byte> out) {
  const std::size_t rank = layout.shape.size();
  const std::uint64_t row = rank > 0 ? layout.shape.back() : 1, step = rank > 0 ? layout.strides.back() : 0;
  std::vector<std::uint64_t> index(rank, 0);
  std::uint64_t begin = layout.offset;  // of the current row
  for (std::byte* to = out.data(); to != out.data() + out.size();) {
    for (std::uint64_t i = 0; i < row; ++i, to += item_size)
      std::memcpy(to, storage + static_cast<std::size_t>(begin + i * step) * item_size, item_size);
    for (std::size_t axis = rank > 0 ? rank - 1 : 0; axis-- > 0;) {
      begin += layout.strides[axis];
      if (++index[axis] < layout.shape[axis]) break;
      begin -= layout.strides[axis] * layout.shape[axis];
      index[axis] = 0;
    }
  }
}

}  // namespace

std::optional<std::uint64_t> element_count(const StridedLayout& layout) {
  if (is_empty(layout)) return 0;
  std::uint64_t count = 1;
  for (const std::uint64_t side : layout.shape)
    if (__builtin_mul_overflow(count, side, &count)) return std::nullopt;
  return count;
}

std::optional<std::uint64_t> storage_extent(const StridedLayout& layout) {
  if (is_empty(layout)) return 0;
  std::uint64_t last = layout.offset;
  for (std::size_t axis = 0; axis < layout.shape.size(); ++axis) {
    std::uint64_t reach = 0;
    if (__builtin_mul_overflow(layout.shape[axis] - 1, layout.strides[axis], &reach) ||
        __builtin_add_overflow(last, reach, &last))
      return std::nullopt;
  }
  if (__builtin_add_overflow(last, std::uint64_t{1}, &last)) return std::nullopt;
  return last;
}

bool is_contiguous(const StridedLayout& layout) {
  if (is_empty(layout)) return true;
  std::uint64_t expected = 1;
  for (std::size_t axis = layout.shape.size(); axis-- > 0;) {
    if (layout.shape[axis] == 1) continue;  // its stride is never walked
    if (layout.strides[axis] != expected) return false;
    expected *= layout.shape[axis];
  }
  return true;
}

void gather(std::span<const std::byte> storage, const StridedLayout& layout, std::size_t item_size,
            std::span<std::byte> out) {
  if (item_size == 1) return gather_items<1>(storage.data(), layout, out);
  if (item_size == 2) return gather_items<2>(storage.data(), layout, out);
  if (item_size == 4) return gather_items<4>(storage.data(), layout, out);
  gather_items<8>(storage.data(), layout, out);
}

}  // namespace ocellus::models
