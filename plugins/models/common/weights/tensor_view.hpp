// One stored tensor, whatever kind of file it is stored in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/common/weights/dtype.hpp"
#include "plugins/models/common/weights/mapped_file.hpp"

namespace ocellus::models {

// C order, little endian, at any alignment.
struct TensorView {
  std::string name;
  DType dtype = DType::f32;
  std::vector<std::int64_t> shape;   // [] for a scalar; may hold zeros
  std::span<const std::byte> bytes;  // borrowed: valid while `owner`, or a copy of it, lives
  std::shared_ptr<const void> owner;
  const MappedFile* mapping = nullptr;  // that `bytes` lie in, if they lie in one; as long as `owner` lives
};

// The tensor of that name in a list sorted by name, or null.
const TensorView* find_tensor(std::span<const TensorView> sorted, std::string_view name);

}  // namespace ocellus::models
