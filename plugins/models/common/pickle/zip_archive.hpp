// A zip archive of stored entries, as torch.save writes it, read where it lies in memory.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ocellus::models {

struct ZipEntry {
  std::string name;
  std::span<const std::byte> bytes;  // borrowed from the archive
};

// The entries, sorted by name. Nothing is unpacked or copied: an entry is a range of the archive, so that no archive
// means more bytes than it has. Zip64 and data descriptors are read; sums are not compared, because torch can be told
// to leave them out. Throws Error(OC_E_MODEL) with a sentence that begins with `file_name` for compressed or encrypted
// entries, entries that overlap or leave the archive, headers that disagree about an entry, a name that comes twice or
// climbs out of its folder, several disks, and anything behind the archive's end.
std::vector<ZipEntry> read_zip_archive(std::span<const std::byte> archive, std::string_view file_name);

// The entry of that name in a list sorted by name, or null.
const ZipEntry* find_entry(std::span<const ZipEntry> sorted, std::string_view name);

}  // namespace ocellus::models
