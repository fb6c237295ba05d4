// One array in numpy's .npy format: a header that ends at a multiple of 64 bytes, then the elements.
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "host/store/array.hpp"

namespace ocellus::store {

// The bytes before the elements, equal to those numpy.save writes. The array's size must fit its shape.
std::string npy_header(const Array& array);

// Reads a whole .npy; float64, numpy's own default, becomes float32. Throws Error(OC_E_SAMPLE) with `where` before the
// reason unless it is float32, float64, int64 or uint8, little endian, in C order, and exactly as long as its shape
// says.
Array parse_npy(std::span<const std::byte> data, const std::string& where);

}  // namespace ocellus::store
