// Base64 as RFC 4648, section 4 has it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ocellus::models {

// The bytes that `text` stands for; nothing where a character, the padding or the last bits are not as they must be.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace ocellus::models
