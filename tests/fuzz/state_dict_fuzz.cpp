// Any pickle, beside eight storages, is either a list of tensors whose bytes are there, or refused with an Error. The
// storages take the sizes of those of the seeds in turn, so that much of what is pickled finds one that fits.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ocellus/sdk/error.hpp>
#include <span>

#include "plugins/models/common/pickle/state_dict.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ocellus::models;
  static const std::array<std::byte, 192> memory{};
  static constexpr std::array<std::size_t, 8> sizes{70, 140, 192, 56, 12, 48, 8, 4};
  const StorageOf storage = [](std::string_view key) -> std::optional<std::span<const std::byte>> {
    if (key.size() != 1) return std::nullopt;
    return std::span(memory).first(sizes[static_cast<unsigned char>(key[0]) % sizes.size()]);
  };
  try {
    for (const TensorView& tensor :
         read_state_dict(std::as_bytes(std::span(data, size)), storage, size, "fuzz.bin", nullptr)) {
      std::size_t expected = item_size(tensor.dtype);
      for (const std::int64_t side : tensor.shape) expected *= static_cast<std::size_t>(side);
      if (tensor.bytes.size() != expected) std::abort();
      std::byte sum{};
      for (const std::byte byte : tensor.bytes) sum ^= byte;  // the sanitizer sees whether all are there
      if (sum != std::byte{}) std::abort();
    }
  } catch (const ocellus::Error&) {
  }
  return 0;
}
