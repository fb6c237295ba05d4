// Any bytes are a preprocessor_config.json or an Error, and what it says can be used on a picture.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ocellus/sdk/error.hpp>
#include <string_view>

#include "plugins/models/common/image/patches.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ocellus::models;
  try {
    const std::string_view json(reinterpret_cast<const char*>(data), size);
    const QwenImageProcessor processor = parse_processor_config(json, "input");
    const Size processed = processed_size({480, 640}, processor);
    const Size grid = patch_grid(processed, processor);
    if (grid.height < 1 || grid.width < 1 || patch_width(processor) < 1) std::abort();
  } catch (const ocellus::Error&) {
  }
  return 0;
}
