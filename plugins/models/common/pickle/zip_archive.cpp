#include "plugins/models/common/pickle/zip_archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <ocellus/sdk/error.hpp>
#include <optional>
#include <utility>

#include "plugins/models/common/weights/quoted_name.hpp"

namespace ocellus::models {
namespace {

// Signatures and lengths of the fixed parts, from PKWARE's APPNOTE 6.3, sections 4.3 and 4.5.
constexpr std::uint32_t local_signature = 0x04034b50, descriptor_signature = 0x08074b50;
constexpr std::uint32_t central_signature = 0x02014b50, end_signature = 0x06054b50;
constexpr std::uint32_t end64_signature = 0x06064b50, locator64_signature = 0x07064b50;
constexpr std::uint64_t local_size = 30, central_size = 46, end_size = 22, end64_size = 56, locator64_size = 20;
constexpr std::uint16_t zip64_field = 0x0001;
constexpr std::uint16_t encrypted_flag = 1, descriptor_flag = 8;
constexpr std::uint32_t in_zip64_field = 0xffffffff;  // a 32-bit number whose value is in the zip64 field

struct CentralEntry {
  std::string name{};
  std::uint64_t size = 0, header = 0;
  std::uint16_t flags = 0;
};

struct Directory {
  std::uint64_t begin, end, count;
};

bool is_plain_path(std::string_view name) {
  for (std::size_t begin = 0;;) {
    const std::size_t slash = std::min(name.find('/', begin), name.size());
    const std::string_view part = name.substr(begin, slash - begin);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == name.size()) break;
    begin = slash + 1;
  }
  return std::none_of(name.begin(), name.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\\' || c == '\x7f'; });
}

class ArchiveReader {
 public:
  ArchiveReader(std::span<const std::byte> archive, std::string_view file_name)
      : archive_(archive), file_name_(file_name) {}

  std::vector<ZipEntry> read() const {
    const Directory directory = find_directory();
    std::vector<CentralEntry> central = read_directory(directory);
    check_names(central);
    return place(central, directory.begin);
  }

 private:
  template <class... Values>
  [[noreturn]] void fail(fmt::format_string<Values...> format, Values&&... values) const {
    throw Error(OC_E_MODEL, fmt::format("{}: {}; download the file again, or save it again with torch.save", file_name_,
                                        fmt::format(format, std::forward<Values>(values)...)));
  }

  std::uint64_t number(std::uint64_t at, unsigned bytes) const {
    if (at > archive_.size() || bytes > archive_.size() - at) fail("the archive ends inside of a header");
    std::uint64_t value = 0;
    for (unsigned i = bytes; i-- > 0;)
      value = value << 8 | std::to_integer<std::uint64_t>(archive_[static_cast<std::size_t>(at) + i]);
    return value;
  }
  std::uint16_t u16(std::uint64_t at) const { return static_cast<std::uint16_t>(number(at, 2)); }
  std::uint32_t u32(std::uint64_t at) const { return static_cast<std::uint32_t>(number(at, 4)); }
  std::uint64_t u64(std::uint64_t at) const { return number(at, 8); }

  std::string text(std::uint64_t at, std::uint64_t size) const {
    if (at > archive_.size() || size > archive_.size() - at) fail("the archive ends inside of a name");
    return {reinterpret_cast<const char*>(archive_.data()) + at, static_cast<std::size_t>(size)};
  }

  // The directory reaches to the records that end the archive, which have to be the last bytes of the file: elsewhere
  // two readers could find two archives in one file.
  Directory find_directory() const {
    const std::uint64_t size = archive_.size();
    if (size < end_size || u32(size - end_size) != end_signature)
      fail("the file is cut short, or is no zip archive: it does not end with the record that ends one");
    const std::uint64_t end = size - end_size;
    Directory directory{u32(end + 16), 0, u16(end + 10)};
    directory.end = directory.begin + u32(end + 12);
    std::uint64_t limit = end;
    bool one_disk = u16(end + 4) == 0 && u16(end + 6) == 0 && u16(end + 8) == directory.count;
    if (end >= locator64_size && u32(end - locator64_size) == locator64_signature) {
      limit = u64(end - locator64_size + 8);
      if (limit > end - locator64_size || end - locator64_size - limit != end64_size || u32(limit) != end64_signature ||
          u64(limit + 4) != end64_size - 12)
        fail("the record that ends a zip64 archive is malformed");
      directory = {u64(limit + 48), 0, u64(limit + 32)};
      if (__builtin_add_overflow(directory.begin, u64(limit + 40), &directory.end))
        fail("the archive's directory is larger than any file");
      one_disk = u32(limit + 16) == 0 && u32(limit + 20) == 0 && u64(limit + 24) == directory.count;
    }
    if (!one_disk) fail("the archive is spread over several files");
    if (directory.begin > directory.end || directory.end != limit)
      fail("the archive's directory does not end where the archive does");
    return directory;
  }

  std::vector<CentralEntry> read_directory(const Directory& directory) const {
    std::vector<CentralEntry> entries;
    std::uint64_t at = directory.begin;
    while (at < directory.end) {
      if (directory.end - at < central_size || u32(at) != central_signature)
        fail("the archive's directory is malformed at byte {}", at);
      const std::uint64_t name_size = u16(at + 28), extra_size = u16(at + 30), comment_size = u16(at + 32);
      if (name_size + extra_size + comment_size > directory.end - at - central_size)
        fail("the archive's directory is cut short at byte {}", at);
      CentralEntry entry{text(at + central_size, name_size), u32(at + 24), u32(at + 42), u16(at + 8)};
      const std::string shown = quoted_name(entry.name);
      if ((entry.flags & encrypted_flag) != 0) fail("the entry {} is encrypted", shown);
      if (u16(at + 10) != 0) fail("the entry {} is compressed, as in TorchScript but never in a checkpoint", shown);
      if (u16(at + 34) != 0) fail("the entry {} is in another file", shown);
      std::uint64_t packed = u32(at + 20);
      read_zip64_field(at + central_size + name_size, extra_size, entry, packed);
      if (packed != entry.size) fail("the entry {} has two sizes, {} and {}", shown, packed, entry.size);
      entries.push_back(std::move(entry));
      at += central_size + name_size + extra_size + comment_size;
    }
    if (entries.size() != directory.count)
      fail("the archive's directory has {} entries, and claims {}", entries.size(), directory.count);
    return entries;
  }

  // Replaces the numbers that do not fit 32 bits: in this order, and only those, are in the extra field.
  void read_zip64_field(std::uint64_t at, std::uint64_t size, CentralEntry& entry, std::uint64_t& packed) const {
    const bool wanted = entry.size == in_zip64_field || packed == in_zip64_field || entry.header == in_zip64_field;
    for (const std::uint64_t end = at + size; wanted && end - at >= 4;) {
      const std::uint64_t length = u16(at + 2);
      if (length > end - at - 4) break;
      if (u16(at) == zip64_field) {
        std::uint64_t value = at + 4;
        for (std::uint64_t* field : {&entry.size, &packed, &entry.header}) {
          if (*field != in_zip64_field) continue;
          if (value + 8 > at + 4 + length) fail("the entry {} lacks a 64-bit number", quoted_name(entry.name));
          *field = u64(value);
          value += 8;
        }
        return;
      }
      at += 4 + length;
    }
    if (wanted) fail("the entry {} lacks its 64-bit numbers", quoted_name(entry.name));
  }

  void check_names(std::vector<CentralEntry>& entries) const {
    std::sort(entries.begin(), entries.end(),
              [](const CentralEntry& a, const CentralEntry& b) { return a.name < b.name; });
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (!is_plain_path(entries[i].name))
        fail("the entry {} does not have the name of a file inside of the archive", quoted_name(entries[i].name));
      if (i > 0 && entries[i].name == entries[i - 1].name)
        fail("the entry {} comes twice", quoted_name(entries[i].name));
    }
  }

  // Finds the bytes of each entry, and sees to it that nothing belongs to two of them.
  std::vector<ZipEntry> place(const std::vector<CentralEntry>& central, std::uint64_t data_end) const {
    std::vector<ZipEntry> entries;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;  // from the local header to the end
    for (const CentralEntry& entry : central) {
      const std::uint64_t begin = check_local_header(entry);
      if (begin > data_end || entry.size > data_end - begin)
        fail("the entry {} reaches into the archive's directory", quoted_name(entry.name));
      std::uint64_t end = begin + entry.size;
      if ((entry.flags & descriptor_flag) != 0) end = skip_descriptor(entry, end);
      if (end > data_end) fail("the entry {} reaches into the archive's directory", quoted_name(entry.name));
      ranges.emplace_back(entry.header, end);
      entries.push_back(
          {entry.name, archive_.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(entry.size))});
    }
    std::sort(ranges.begin(), ranges.end());
    for (std::size_t i = 1; i < ranges.size(); ++i)
      if (ranges[i].first < ranges[i - 1].second)
        fail("two entries of the archive overlap at byte {}", ranges[i].first);
    return entries;
  }

  // Returns where the entry's bytes begin.
  std::uint64_t check_local_header(const CentralEntry& entry) const {
    const std::uint64_t at = entry.header, size = archive_.size();
    if (at > size || size - at < local_size || u32(at) != local_signature)
      fail("the entry {} has no header at byte {}", quoted_name(entry.name), at);
    const std::uint64_t name_size = u16(at + 26), extra_size = u16(at + 28);
    if (text(at + local_size, name_size) != entry.name || u16(at + 6) != entry.flags || u16(at + 8) != 0)
      fail("the entry {} is described in two ways", quoted_name(entry.name));
    const std::uint32_t local = u32(at + 22);
    const bool size_follows = (entry.flags & descriptor_flag) != 0;
    if (!size_follows && local != in_zip64_field && local != entry.size)
      fail("the entry {} has two sizes, {} and {}", quoted_name(entry.name), local, entry.size);
    return at + local_size + name_size + extra_size;
  }

  // Behind the data: a signature that may be missing, a sum, and both sizes of 32 or 64 bits each.
  std::uint64_t skip_descriptor(const CentralEntry& entry, std::uint64_t at) const {
    if (at + 4 <= archive_.size() && u32(at) == descriptor_signature) at += 4;
    for (const unsigned width : {4u, 8u}) {
      const std::uint64_t end = at + 4 + 2 * width;
      if (end <= archive_.size() && number(at + 4, width) == entry.size && number(at + 4 + width, width) == entry.size)
        return end;
    }
    fail("the entry {} has another size behind its data", quoted_name(entry.name));
  }

  std::span<const std::byte> archive_;
  std::string_view file_name_;
};

}  // namespace

std::vector<ZipEntry> read_zip_archive(std::span<const std::byte> archive, std::string_view file_name) {
  return ArchiveReader(archive, file_name).read();
}

const ZipEntry* find_entry(std::span<const ZipEntry> sorted, std::string_view name) {
  const auto found = std::lower_bound(sorted.begin(), sorted.end(), name,
                                      [](const ZipEntry& entry, std::string_view key) { return entry.name < key; });
  return found != sorted.end() && found->name == name ? &*found : nullptr;
}

}  // namespace ocellus::models
