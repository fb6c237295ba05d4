// A copy of a model folder that a test may spoil.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <vector>

#include "plugins/models/common/weights/checkpoint.hpp"

namespace ocellus::test {

class ScratchCopy {
 public:
  explicit ScratchCopy(const std::filesystem::path& model_folder);
  ~ScratchCopy();
  ScratchCopy(const ScratchCopy&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void edit(const std::string& file, const std::function<void(nlohmann::json&)>& change) const;
  void write(const std::string& file, const std::string& text) const;
  void remove(const std::string& file) const { std::filesystem::remove(path_ / file); }
  // Changes the tensors of model.safetensors.
  void edit_weights(const std::function<void(std::vector<models::TensorView>&)>& change) const;

 private:
  std::filesystem::path path_;
};

// The sentence of the Error that `call` throws with `status`; fails the test if it throws none.
std::string sentence_of(oc_status status, const std::function<void()>& call);

}  // namespace ocellus::test
