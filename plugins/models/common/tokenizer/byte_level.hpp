// The byte-level alphabet: one printable character for each byte, as GPT-2 introduced it (space is U+0120, "Ġ").
// Bytes 33-126, 161-172 and 174-255 are themselves, the other 68 follow in order from U+0100.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ocellus::models::byte_level {

// Bytes to their spelling in a byte-level vocabulary.
std::string spell(std::string_view bytes);

// The bytes that a spelling stands for; nothing if one of its characters is not in the alphabet.
std::optional<std::string> unspell(std::string_view spelling);

}  // namespace ocellus::models::byte_level
