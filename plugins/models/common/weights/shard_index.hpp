// model.safetensors.index.json, pytorch_model.bin.index.json: which shard holds which tensor.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ocellus::models {

// Tensor name -> file name.
using ShardIndex = std::map<std::string, std::string>;

// Reads {"weight_map": {tensor: file}, …}; other fields, such as a total size that many writers get wrong, are passed
// over. Throws Error(OC_E_MODEL) with a sentence that begins with `file` if the text is not that, names a tensor twice,
// or names anything but a file of the folder that ends with `suffix` (".safetensors").
ShardIndex parse_shard_index(std::string_view json, std::string_view suffix, std::string_view file);

}  // namespace ocellus::models
