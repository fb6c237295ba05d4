#include "tests/plugins/models/support/scratch_copy.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace ocellus::test {

ScratchCopy::ScratchCopy(const std::filesystem::path& model_folder) {
  static int count = 0;
  path_ = std::filesystem::path(testing::TempDir()) /
          ("ocellus-" + std::to_string(getpid()) + "-" + std::to_string(count++));
  std::filesystem::copy(model_folder, path_);
}

ScratchCopy::~ScratchCopy() {
  std::filesystem::remove_all(path_);
}

void ScratchCopy::edit(const std::string& file, const std::function<void(nlohmann::json&)>& change) const {
  nlohmann::json content;
  std::ifstream(path_ / file) >> content;
  change(content);
  write(file, content.dump());
}

void ScratchCopy::write(const std::string& file, const std::string& text) const {
  std::ofstream(path_ / file, std::ios::binary) << text;
}

void ScratchCopy::edit_weights(const std::function<void(std::vector<models::TensorView>&)>& change) const {
  std::string header, data;
  {
    const models::Checkpoint checkpoint = models::Checkpoint::open(path_);
    std::vector<models::TensorView> tensors(checkpoint.tensors().begin(), checkpoint.tensors().end());
    change(tensors);
    nlohmann::ordered_json entries = nlohmann::ordered_json::object();
    for (const models::TensorView& tensor : tensors) {
      const size_t begin = data.size();
      data.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
      entries[tensor.name] = {
          {"dtype", models::name(tensor.dtype)}, {"shape", tensor.shape}, {"data_offsets", {begin, data.size()}}};
    }
    header = entries.dump();
  }
  std::string length(8, '\0');
  for (size_t i = 0; i < 8; ++i) length[i] = static_cast<char>(header.size() >> 8 * i & 0xff);
  std::filesystem::remove(path_ / "model.safetensors");  // the old file may still be mapped
  write("model.safetensors", length + header + data);
}

std::string sentence_of(oc_status status, const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), status) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

}  // namespace ocellus::test
