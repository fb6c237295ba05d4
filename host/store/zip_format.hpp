// The records of a zip archive that .npz files use, with the places of their fields (PKWARE APPNOTE 6.3.9).
#pragma once

#include <cstddef>
#include <cstdint>

namespace ocellus::store::zip {

inline constexpr uint32_t local_signature = 0x04034b50;
inline constexpr uint32_t central_signature = 0x02014b50;
inline constexpr uint32_t end_signature = 0x06054b50;
inline constexpr uint32_t end64_signature = 0x06064b50;
inline constexpr uint32_t locator64_signature = 0x07064b50;

// Bytes of each record without its name, extra fields and comment.
inline constexpr size_t local_bytes = 30;
inline constexpr size_t central_bytes = 46;
inline constexpr size_t end_bytes = 22;
inline constexpr size_t end64_bytes = 56;
inline constexpr size_t locator64_bytes = 20;

inline constexpr uint16_t zip64_extra = 0x0001;
inline constexpr uint16_t in_zip64_16 = 0xFFFF;  // "the value is in the zip64 record"
inline constexpr uint32_t in_zip64_32 = 0xFFFFFFFF;

inline constexpr uint16_t flag_encrypted = 1;
inline constexpr uint16_t flag_utf8 = 1 << 11;
inline constexpr uint16_t method_stored = 0;

}  // namespace ocellus::store::zip
