// A safetensors file, checked in full before anything of it is used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/models/common/weights/dtype.hpp"
#include "plugins/models/common/weights/mapped_file.hpp"

namespace ocellus::models {

// One stored tensor: C order, little endian, at any alignment.
struct TensorView {
  std::string name;
  DType dtype = DType::f32;
  std::vector<std::int64_t> shape;   // [] for a scalar; may hold zeros
  std::span<const std::byte> bytes;  // borrowed: valid while `owner`, or a copy of it, lives
  std::shared_ptr<const void> owner;
  const MappedFile* mapping = nullptr;  // that `bytes` lie in, if they lie in one; as long as `owner` lives
};

// The tensors of a whole file in memory, sorted by name. Throws Error(OC_E_MODEL) with a sentence that names
// `file_name`, the tensor and what is wrong, unless the header is well formed and the tensors tile the rest of the
// file.
std::vector<TensorView> parse_safetensors(std::span<const std::byte> file, std::string_view file_name,
                                          std::shared_ptr<const void> owner);

// The tensor of that name in a list sorted by name, or null.
const TensorView* find_tensor(std::span<const TensorView> sorted, std::string_view name);

class SafetensorsFile {
 public:
  // Maps the file and checks it. Throws Error(OC_E_MODEL).
  static SafetensorsFile open(const std::filesystem::path& path);

  // Sorted by name.
  std::span<const TensorView> tensors() const& { return tensors_; }
  std::span<const TensorView> tensors() && = delete;  // would outlive its list
  // Null if the file has no tensor of that name.
  const TensorView* find(std::string_view name) const& { return find_tensor(tensors_, name); }
  const TensorView* find(std::string_view name) && = delete;

 private:
  explicit SafetensorsFile(std::vector<TensorView> tensors) : tensors_(std::move(tensors)) {}

  std::vector<TensorView> tensors_;
};

}  // namespace ocellus::models
