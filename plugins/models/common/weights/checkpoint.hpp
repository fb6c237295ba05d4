// The weights of a model folder, in one file or in shards.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/models/common/weights/tensor_view.hpp"

namespace ocellus::models {

// All tensors by the names the files give them; other spellings of a name are the model's business.
class Checkpoint {
 public:
  // Reads model.safetensors or, where there is none, the shards of model.safetensors.index.json, or else
  // pytorch_model.bin or the shards of pytorch_model.bin.index.json. Throws Error(OC_E_MODEL) if the folder has none of
  // them, if a file is at fault, if the index names a file outside the folder, or if index and shards disagree about
  // which tensor is where.
  static Checkpoint open(const std::filesystem::path& folder);

  // The files that `open` would read, as far as they exist, without reading weights. Throws Error(OC_E_MODEL) if an
  // index is malformed.
  static std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder);

  // Sorted by name.
  std::span<const TensorView> tensors() const& { return tensors_; }
  std::span<const TensorView> tensors() && = delete;  // would outlive its list
  // Null if there is no tensor of that name.
  const TensorView* find(std::string_view name) const& { return find_tensor(tensors_, name); }
  const TensorView* find(std::string_view name) && = delete;
  // What was read, for fingerprints: the weight files sorted by name, after the index if there is one.
  std::span<const std::filesystem::path> files() const { return files_; }

 private:
  Checkpoint(std::vector<TensorView> tensors, std::vector<std::filesystem::path> files)
      : tensors_(std::move(tensors)), files_(std::move(files)) {}

  std::vector<TensorView> tensors_;
  std::vector<std::filesystem::path> files_;
};

}  // namespace ocellus::models
