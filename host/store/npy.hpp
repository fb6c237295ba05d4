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

// Reads a whole .npy. float16 and float64 become float32, smaller integers int64, bool uint8; a float64 beyond
// float32's range is infinite then. Throws Error(OC_E_SAMPLE) with `where` before the reason for other elements, unless
// the array is little endian, in C order, and exactly as long as its shape says.
Array parse_npy(std::span<const std::byte> data, const std::string& where);

}  // namespace ocellus::store
