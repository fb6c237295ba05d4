// Any bytes are either a list of tensors that lie inside of them or refused with an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ocellus/sdk/error.hpp>
#include <span>

#include "plugins/models/common/weights/safetensors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ocellus::models;
  const auto file = std::as_bytes(std::span(data, size));
  try {
    for (const TensorView& tensor : parse_safetensors(file, "fuzz.safetensors", nullptr)) {
      std::size_t expected = item_size(tensor.dtype);
      for (const std::int64_t side : tensor.shape) expected *= static_cast<std::size_t>(side);
      if (tensor.bytes.size() != expected) std::abort();
      if (expected > 0 && (tensor.bytes.data() < file.data() || tensor.bytes.data() + expected > file.data() + size))
        std::abort();
    }
  } catch (const ocellus::Error&) {
    return 0;
  }
  return 0;
}
