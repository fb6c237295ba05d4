#include "plugins/renderers/export/zip_writer.hpp"

#include <zlib.h>

#include <limits>
#include <ocellus/sdk/error.hpp>

namespace ocellus::exporting {
namespace {

constexpr uint64_t limit = std::numeric_limits<uint32_t>::max();
constexpr uint16_t version = 20, utf8_names = 1 << 11, new_year_1980 = 1 << 5 | 1;

void put(std::string& out, uint64_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(number >> 8 * i & 0xFF);
}

// What the local header and the entry in the directory share (APPNOTE.TXT 4.3.7, 4.3.12).
void put_common(std::string& out, uint32_t crc, uint32_t size, size_t name_length) {
  put(out, version, 2);
  put(out, utf8_names, 2);
  put(out, 0, 2);  // stored
  put(out, 0, 2);  // time
  put(out, new_year_1980, 2);
  put(out, crc, 4);
  put(out, size, 4);
  put(out, size, 4);
  put(out, name_length, 2);
  put(out, 0, 2);  // no extra field
}

void expect_fits(uint64_t size) {
  if (size >= limit) throw Error(OC_E_WRITE, "the export is larger than 4 GB: use format=csv, or fewer samples");
}

}  // namespace

void ZipWriter::add(const std::string& name, std::string_view contents) {
  expect_fits(archive_.size() + contents.size() + name.size() + 64);
  uLong crc = crc32(0, nullptr, 0);
  crc = crc32_z(crc, reinterpret_cast<const Bytef*>(contents.data()), contents.size());
  entries_.push_back({name, static_cast<uint32_t>(crc), static_cast<uint32_t>(contents.size()),
                      static_cast<uint32_t>(archive_.size())});
  archive_ += "PK\x03\x04";
  put_common(archive_, entries_.back().crc, entries_.back().size, name.size());
  archive_ += name;
  archive_ += contents;
}

std::string ZipWriter::finish() {
  const size_t begin = archive_.size();
  for (const Entry& entry : entries_) {
    archive_ += "PK\x01\x02";
    put(archive_, version, 2);
    put_common(archive_, entry.crc, entry.size, entry.name.size());
    put(archive_, 0, 2);  // no comment
    put(archive_, 0, 2);  // one disk
    put(archive_, 0, 2);  // internal attributes
    put(archive_, 0, 4);  // external attributes
    put(archive_, entry.offset, 4);
    archive_ += entry.name;
  }
  expect_fits(archive_.size() + 64);
  const size_t length = archive_.size() - begin;
  archive_ += "PK\x05\x06";
  put(archive_, 0, 4);
  put(archive_, entries_.size(), 2);
  put(archive_, entries_.size(), 2);
  put(archive_, length, 4);
  put(archive_, begin, 4);
  put(archive_, 0, 2);
  return std::move(archive_);
}

}  // namespace ocellus::exporting
