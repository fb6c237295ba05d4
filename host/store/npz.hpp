// Named arrays in numpy's .npz format: a zip archive of stored .npy entries. The same arrays give the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "host/store/array.hpp"

namespace ocellus::store {

// Sizes and offsets from here on are written in zip64 fields.
inline constexpr uint64_t zip64_limit = 0xFFFFFFFF;

// Writes the arrays in their order, through a temporary file. Keys are UTF-8. Throws Error(OC_E_WRITE), or
// Error(OC_E_INTERNAL) for a key that is empty, too long or used twice, or an array whose bytes do not fit its shape.
// A lower `zip64_from` gives a file of the same meaning with zip64 fields, as a huge one has.
void write_npz(const std::filesystem::path& path, std::span<const NamedArray> arrays,
               uint64_t zip64_from = zip64_limit);

// Arrays in the order of the archive's directory. Throws Error(OC_E_SAMPLE) with the file and the reason: cut short,
// compressed, overlapping entries, wrong checksum, sizes that contradict each other, an unknown element type.
std::vector<NamedArray> read_npz(const std::filesystem::path& path);

// The same, from memory; `where` begins every sentence.
std::vector<NamedArray> parse_npz(std::span<const std::byte> file, const std::string& where);

}  // namespace ocellus::store
