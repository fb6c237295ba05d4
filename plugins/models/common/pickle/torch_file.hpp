// A checkpoint as torch.save writes it since torch 1.6 (pytorch_model.bin), mapped, nothing of it executed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "plugins/models/common/weights/tensor_view.hpp"

namespace ocellus::models {

// The tensors of a whole file in memory, sorted by name. Throws Error(OC_E_MODEL) with a sentence that begins with
// `file_name` and says what is wrong: for anything but an archive of a pickled dict of tensors and their storages, for
// files of torch before 1.6, TorchScript programs and big-endian files too.
std::vector<TensorView> parse_torch_file(std::span<const std::byte> file, std::string_view file_name,
                                         std::shared_ptr<const void> owner);

// Maps the file and parses it. Throws Error(OC_E_MODEL).
std::vector<TensorView> open_torch_file(const std::filesystem::path& path);

}  // namespace ocellus::models
