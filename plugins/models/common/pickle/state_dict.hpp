// A pickled state dict: names, and tensors that point into storages outside of the pickle.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "plugins/models/common/weights/tensor_view.hpp"

namespace ocellus::models {

// The bytes of the storage of that key; nothing if there is none.
using StorageOf = std::function<std::optional<std::span<const std::byte>>(std::string_view key)>;

// The tensors, sorted by name: of a dict or an OrderedDict, plain or as nn.Parameter, several of them in one storage.
// One whose elements lie in C order is a view of its storage, which `owner` keeps; any other one is copied, once where
// several names share it. All copies together may take `file_size` bytes and 16 MiB more, so that a few bytes of
// strides cannot ask for all memory. Throws Error(OC_E_MODEL) with a sentence that begins with `file_name` and names
// the tensor that is malformed, of a dtype that is not read, outside of its storage, or the key that holds no tensor.
std::vector<TensorView> read_state_dict(std::span<const std::byte> pickle, const StorageOf& storage_of,
                                        std::size_t file_size, std::string_view file_name,
                                        const std::shared_ptr<const void>& owner);

}  // namespace ocellus::models
