// Any bytes are either entries that lie inside of them, each byte in one at most, or refused with an Error.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ocellus/sdk/error.hpp>
#include <span>

#include "plugins/models/common/pickle/zip_archive.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ocellus::models;
  const auto file = std::as_bytes(std::span(data, size));
  try {
    std::vector<ZipEntry> entries = read_zip_archive(file, "fuzz.zip");
    std::size_t sum = 0;
    for (const ZipEntry& entry : entries) {
      if (entry.name.empty() || entry.name.front() == '/' || find_entry(entries, entry.name) != &entry) std::abort();
      if (entry.bytes.data() < file.data() || entry.bytes.data() + entry.bytes.size() > file.data() + size)
        std::abort();
      sum += entry.bytes.size();
    }
    if (sum > size) std::abort();
  } catch (const ocellus::Error&) {
  }
  return 0;
}
