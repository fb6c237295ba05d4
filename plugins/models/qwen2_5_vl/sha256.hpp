// SHA-256 (FIPS 180-4), to tell chat templates apart.
#pragma once

#include <string>
#include <string_view>

namespace ocellus::qwen2_5_vl {

// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view text);

}  // namespace ocellus::qwen2_5_vl
