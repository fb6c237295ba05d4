// The JSON grammar of a safetensors header, apart from the bytes it describes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ocellus::models {

// One tensor as the header words it; no number has been checked against another.
struct HeaderEntry {
  std::string name{};
  std::string dtype{};
  std::vector<std::uint64_t> shape{};
  std::uint64_t begin = 0;  // bytes from the end of the header
  std::uint64_t end = 0;
};

// The tensors in the header's order. Throws Error(OC_E_MODEL) with a sentence that begins with `file` for anything but
// {"name": {"dtype": …, "shape": […], "data_offsets": [b, e]}, …, "__metadata__": {string: string}}, for a name that
// comes twice, and for anything but spaces after it. Streams: a hostile header costs no more memory than its own size
// times a small factor, and no stack.
std::vector<HeaderEntry> parse_safetensors_header(std::string_view json, std::string_view file);

}  // namespace ocellus::models
