// Arrays in numpy's .npy form.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ocellus::exporting {

// Version 1.0, little endian, C order.
std::string npy(std::span<const float> values, const std::vector<int64_t>& shape);
std::string npy(std::span<const int64_t> values, const std::vector<int64_t>& shape);
// One axis of texts, as numpy's "<U<longest>". Bytes that are no UTF-8 become U+FFFD.
std::string npy(const std::vector<std::string>& texts);

}  // namespace ocellus::exporting
