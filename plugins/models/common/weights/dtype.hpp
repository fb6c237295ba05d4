// Element types of stored tensors.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ocellus::models {

enum class DType { bool_, u8, i8, i16, u16, i32, u32, i64, u64, f16, bf16, f32, f64, f8_e4m3, f8_e5m2 };

// Bytes of one element.
std::size_t item_size(DType dtype);

// The name safetensors gives the type: "BF16". A string literal.
const char* name(DType dtype);

// The type of that name; nothing for the names of safetensors that are not read here (complex, sub-byte and the
// FNUZ and E8M0 forms) and for names it does not have.
std::optional<DType> dtype_named(std::string_view name);

}  // namespace ocellus::models
