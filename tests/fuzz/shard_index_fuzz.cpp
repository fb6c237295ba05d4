// Any bytes are a shard index or an Error, and no index names a file outside its folder.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <ocellus/sdk/error.hpp>
#include <string_view>

#include "plugins/models/common/weights/shard_index.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string_view json(reinterpret_cast<const char*>(data), size);
    for (const auto& [tensor, shard] : ocellus::models::parse_shard_index(json, ".safetensors", "input"))
      if (std::filesystem::path(shard).filename() != shard || shard == "..") std::abort();
  } catch (const ocellus::Error&) {
  }
  return 0;
}
