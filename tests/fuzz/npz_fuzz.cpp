// Any bytes are either arrays as large as their shapes say or refused with an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ocellus/sdk/error.hpp>
#include <span>

#include "host/store/npz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ocellus::store;
  try {
    for (const auto& [key, array] : parse_npz(std::as_bytes(std::span(data, size)), "fuzz.npz")) {
      if (key.empty() || array.bytes.size() != byte_size(array.type, array.shape)) std::abort();
    }
  } catch (const ocellus::Error&) {
    return 0;
  }
  return 0;
}
