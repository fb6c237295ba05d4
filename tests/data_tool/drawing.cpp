#include "tests/data_tool/drawing.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <ocellus/sdk/error.hpp>

namespace ocellus::data_tool {

namespace {

constexpr int64_t most_elements = 100'000'000;

uint64_t fnv1a(std::string_view text) {
  uint64_t value = 0xCBF29CE484222325;
  for (const char byte : text) value = (value ^ static_cast<unsigned char>(byte)) * 0x100000001B3;
  return value;
}

// splitmix64's output function.
uint64_t mixed(uint64_t word) {
  word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9;
  word = (word ^ word >> 27) * 0x94D049BB133111EB;
  return word ^ word >> 31;
}

size_t element_count(const Tensor& tensor) {
  int64_t count = 1;
  for (const int64_t size : tensor.shape) {
    if (size < 0 || (size > 0 && count > most_elements / size))
      throw Error(OC_E_MODEL, fmt::format("the tensor {} has an impossible shape {}", tensor.name, tensor.shape));
    count *= size;
  }
  return static_cast<size_t>(count);
}

void exchange_rows(const Tensor& tensor, std::vector<float>& values) {
  const auto [a, b] = *tensor.exchanged_rows;
  if (tensor.shape.size() != 2 || static_cast<int64_t>(std::max(a, b)) >= tensor.shape[0])
    throw Error(OC_E_MODEL,
                fmt::format("the tensor {} of shape {} has no rows {} and {}", tensor.name, tensor.shape, a, b));
  const auto width = tensor.shape[1];
  const auto row = [&](size_t number) { return values.begin() + static_cast<int64_t>(number) * width; };
  std::swap_ranges(row(a), row(a) + width, row(b));
}

uint16_t half_bits(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value), magnitude = bits & 0x7FFFFFFF;
  const uint32_t sign = bits >> 16 & 0x8000;
  constexpr uint32_t smallest_normal = 0x38800000;  // 2^-14; below it float16 counts in steps of 2^-24
  if (magnitude < smallest_normal)
    return static_cast<uint16_t>(sign | static_cast<uint32_t>(std::nearbyint(std::abs(value) * 0x1p24F)));
  constexpr uint32_t exponent_bias = 127 - 15, infinity = 0x7C00;
  const uint32_t rounded = ((magnitude + 0xFFF + (magnitude >> 13 & 1)) >> 13) - (exponent_bias << 10);
  if (rounded >= infinity) throw Error(OC_E_MODEL, fmt::format("{} is beyond the range of F16", value));
  return static_cast<uint16_t>(sign | rounded);
}

uint16_t bfloat16_bits(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  return static_cast<uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

void append(std::string& bytes, uint32_t bits, size_t width) {
  for (size_t i = 0; i < width; ++i) bytes += static_cast<char>(bits >> 8 * i & 0xFF);
}

}  // namespace

std::vector<float> draw(uint64_t seed, const Tensor& tensor) {
  constexpr int64_t parts_mean = 2 * 0xFFFF;
  const double scale = tensor.std / std::sqrt((65536.0 * 65536.0 - 1.0) / 3.0);
  const auto mean = static_cast<float>(tensor.mean);
  std::vector<float> values(element_count(tensor));
  uint64_t state = mixed(seed + fnv1a(tensor.name));
  for (float& value : values) {
    const uint64_t word = mixed(state += 0x9E3779B97F4A7C15);
    int64_t sum = -parts_mean;
    for (int shift = 0; shift < 64; shift += 16) sum += static_cast<int64_t>(word >> shift & 0xFFFF);
    // The cast in between keeps a compiler from fusing the product and the sum.
    value = static_cast<float>(static_cast<double>(sum) * scale) + mean;
  }
  if (tensor.exchanged_rows) exchange_rows(tensor, values);
  return values;
}

std::string encoded(std::span<const float> values, std::string_view dtype) {
  std::string bytes;
  bytes.reserve(values.size() * sizeof(float));
  for (const float value : values) {
    if (dtype == "F32") {
      append(bytes, std::bit_cast<uint32_t>(value), 4);
    } else if (dtype == "F16") {
      append(bytes, half_bits(value), 2);
    } else if (dtype == "BF16") {
      append(bytes, bfloat16_bits(value), 2);
    } else {
      throw Error(OC_E_MODEL, fmt::format("weights are not drawn as {}", dtype));
    }
  }
  return bytes;
}

}  // namespace ocellus::data_tool
