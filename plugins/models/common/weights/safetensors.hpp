// A safetensors file, checked in full before anything of it is used.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/models/common/weights/tensor_view.hpp"

namespace ocellus::models {

// The tensors of a whole file in memory, sorted by name. Throws Error(OC_E_MODEL) with a sentence that names
// `file_name`, the tensor and what is wrong, unless the header is well formed and the tensors tile the rest of the
// file.
std::vector<TensorView> parse_safetensors(std::span<const std::byte> file, std::string_view file_name,
                                          std::shared_ptr<const void> owner);

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
