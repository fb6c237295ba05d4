#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <ocellus/sdk/error.hpp>
#include <set>

#include "host/store/atomic_file.hpp"
#include "host/store/npy.hpp"
#include "host/store/npz.hpp"
#include "host/store/zip_format.hpp"

namespace ocellus::store {
namespace {

constexpr uint16_t date_1980_01_01 = 0x21;  // every entry's, so that equal arrays give equal files
constexpr uint16_t version_plain = 20, version_zip64 = 45;
constexpr size_t max_name = 0xFFFF;

// A record, field by field, little endian.
class Record {
 public:
  Record& u16(uint64_t value) { return put(value, 2); }
  Record& u32(uint64_t value) { return put(value, 4); }
  Record& u64(uint64_t value) { return put(value, 8); }
  Record& text(const std::string& value) {
    bytes_ += value;
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  Record& put(uint64_t value, int width) {
    for (int i = 0; i < width; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xFF);
    return *this;
  }
  std::string bytes_;
};

struct Entry {
  std::string name;
  uint64_t size, offset;
  uint32_t crc;
};

uint32_t crc_of(const std::string& header, std::span<const std::byte> elements) {
  const uLong crc = crc32_z(0, reinterpret_cast<const Bytef*>(header.data()), header.size());
  if (elements.empty()) return static_cast<uint32_t>(crc);  // zlib takes NULL as "start anew"
  return static_cast<uint32_t>(crc32_z(crc, reinterpret_cast<const Bytef*>(elements.data()), elements.size()));
}

class Archive {
 public:
  Archive(std::ofstream& file, uint64_t zip64_from) : file_(file), zip64_from_(zip64_from) {}

  void add(const NamedArray& named) {
    const auto& [key, array] = named;
    const std::string header = npy_header(array);
    const Entry& entry = entries_.emplace_back(
        Entry{key + ".npy", header.size() + array.bytes.size(), position_, crc_of(header, array.bytes)});
    const bool wide = needs_zip64(entry.size);
    Record extra;
    if (wide) extra.u16(zip::zip64_extra).u16(16).u64(entry.size).u64(entry.size);
    Record local;
    local.u32(zip::local_signature);
    common_fields(local, entry, wide).u16(entry.name.size()).u16(extra.bytes().size());
    write(local.text(entry.name).text(extra.bytes()).bytes());
    write(header);
    write({reinterpret_cast<const char*>(array.bytes.data()), array.bytes.size()});
  }

  void finish() {
    const uint64_t begin = position_;
    for (const Entry& entry : entries_) directory_entry(entry);
    const uint64_t size = position_ - begin;
    const bool wide = needs_zip64(begin) || needs_zip64(size) || entries_.size() >= zip::in_zip64_16;
    if (wide) {
      const uint64_t at = position_;
      Record end64;
      end64.u32(zip::end64_signature).u64(zip::end64_bytes - 12).u16(version_zip64).u16(version_zip64).u32(0).u32(0);
      write(end64.u64(entries_.size()).u64(entries_.size()).u64(size).u64(begin).bytes());
      write(Record().u32(zip::locator64_signature).u32(0).u64(at).u32(1).bytes());
    }
    Record end;
    end.u32(zip::end_signature).u16(0).u16(0);
    for (int i = 0; i < 2; ++i) end.u16(wide ? zip::in_zip64_16 : entries_.size());
    write(end.u32(wide ? zip::in_zip64_32 : size).u32(wide ? zip::in_zip64_32 : begin).u16(0).bytes());
  }

 private:
  bool needs_zip64(uint64_t value) const { return value >= zip64_from_; }

  // What the local header and the directory say alike, up to the sizes.
  static Record& common_fields(Record& record, const Entry& entry, bool wide) {
    const bool ascii = std::all_of(entry.name.begin(), entry.name.end(), [](unsigned char c) { return c < 0x80; });
    record.u16(wide ? version_zip64 : version_plain).u16(ascii ? 0 : zip::flag_utf8).u16(zip::method_stored).u16(0);
    record.u16(date_1980_01_01).u32(entry.crc);
    for (int i = 0; i < 2; ++i) record.u32(wide ? zip::in_zip64_32 : entry.size);
    return record;
  }

  void directory_entry(const Entry& entry) {
    const bool wide_size = needs_zip64(entry.size), wide_offset = needs_zip64(entry.offset);
    Record fields;
    if (wide_size) fields.u64(entry.size).u64(entry.size);
    if (wide_offset) fields.u64(entry.offset);
    Record extra;
    if (wide_size || wide_offset) extra.u16(zip::zip64_extra).u16(fields.bytes().size()).text(fields.bytes());
    Record central;
    central.u32(zip::central_signature).u16(wide_size || wide_offset ? version_zip64 : version_plain);
    common_fields(central, entry, wide_size).u16(entry.name.size()).u16(extra.bytes().size());
    central.u16(0).u16(0).u16(0).u32(0).u32(wide_offset ? zip::in_zip64_32 : entry.offset);
    write(central.text(entry.name).text(extra.bytes()).bytes());
  }

  void write(std::string_view bytes) {
    file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    position_ += bytes.size();
  }

  std::ofstream& file_;
  uint64_t zip64_from_, position_ = 0;
  std::vector<Entry> entries_;
};

void check_keys(std::span<const NamedArray> arrays) {
  std::set<std::string_view> seen;
  for (const auto& [key, array] : arrays) {
    if (key.empty() || key.size() > max_name - 4 || key.find('\0') != std::string::npos || !seen.insert(key).second) {
      throw Error(OC_E_INTERNAL, fmt::format("'{}' cannot be the key of an array: empty, too long or used twice", key));
    }
  }
}

}  // namespace

void write_npz(const std::filesystem::path& path, std::span<const NamedArray> arrays, uint64_t zip64_from) {
  check_keys(arrays);
  PendingFile pending(path);
  errno = 0;
  std::ofstream file(pending.temporary(), std::ios::binary | std::ios::trunc);
  Archive archive(file, zip64_from);
  for (const NamedArray& array : arrays) archive.add(array);
  archive.finish();
  file.close();
  if (!file) {
    throw Error(OC_E_WRITE, fmt::format("{} cannot be written: {}", path.string(), std::strerror(errno)));
  }
  pending.commit();
}

}  // namespace ocellus::store
