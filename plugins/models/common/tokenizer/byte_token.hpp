// The tokens of a vocabulary with byte fallback that stand for one byte each.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ocellus::models {

// "<0x0A>".
std::string byte_token(unsigned char byte);

// The byte that "<0x0A>" or "<0x0a>" stands for; nothing for any other token.
std::optional<char> byte_of_token(std::string_view token);

}  // namespace ocellus::models
