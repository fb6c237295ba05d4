// Tensors whose elements lie anywhere in a storage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ocellus::models {

// Element [i0, i1, …] is element offset + i0 strides[0] + i1 strides[1] + … of a storage. No number is negative, and
// there are as many strides as sides.
struct StridedLayout {
  std::uint64_t offset = 0;
  std::vector<std::uint64_t> shape{}, strides{};
  auto operator<=>(const StridedLayout&) const = default;
};

// How many elements there are; nothing if 64 bits cannot say it.
std::optional<std::uint64_t> element_count(const StridedLayout& layout);

// How many elements the storage must have; nothing if 64 bits cannot say it. 0 if there are no elements.
std::optional<std::uint64_t> storage_extent(const StridedLayout& layout);

// Whether the elements follow each other in C order.
bool is_contiguous(const StridedLayout& layout);

// Copies the elements to `out` in C order. Requires that `storage` reaches over the layout's extent, and `out` holds
// element_count elements of `item_size` bytes, which is 1, 2, 4 or 8.
void gather(std::span<const std::byte> storage, const StridedLayout& layout, std::size_t item_size,
            std::span<std::byte> out);

}  // namespace ocellus::models
