#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ocellus/sdk/error.hpp>
#include <set>
#include <string_view>

#include "host/store/npy.hpp"
#include "host/store/npz.hpp"
#include "host/store/zip_format.hpp"

namespace ocellus::store {
namespace {

constexpr size_t max_comment = 0xFFFF;

struct Directory {
  uint64_t begin, size, entries;
};

struct Entry {
  std::string name;
  uint64_t size, offset;
  uint32_t crc;
};

// Bytes [begin, end) of the file that an entry's data takes.
struct Extent {
  uint64_t begin, end;
};

class ZipReader {
 public:
  ZipReader(std::span<const std::byte> file, const std::string& where) : file_(file), where_(where) {}

  std::vector<NamedArray> read() {
    const Directory directory = find_directory();
    std::vector<Entry> entries;
    uint64_t at = directory.begin;
    for (uint64_t i = 0; i < directory.entries; ++i) entries.push_back(directory_entry(at, directory));
    if (at != directory.begin + directory.size) refuse("has a directory of another length than it says");

    std::vector<Extent> extents;
    for (const Entry& entry : entries) extents.push_back(extent_of(entry, directory.begin));
    refuse_overlap(extents);

    std::vector<NamedArray> arrays;
    std::set<std::string_view> seen;
    for (size_t i = 0; i < entries.size(); ++i) {
      if (!seen.insert(entries[i].name).second) refuse(fmt::format("has two entries called {}", entries[i].name));
      arrays.push_back(array_of(entries[i], extents[i]));
    }
    return arrays;
  }

 private:
  [[noreturn]] void refuse(std::string_view reason) const {
    throw Error(OC_E_SAMPLE, fmt::format("{} {}", where_, reason));
  }

  uint64_t number(uint64_t at, size_t width) const {
    if (at > file_.size() || width > file_.size() - at) refuse("is cut short");
    uint64_t value = 0;
    for (size_t i = width; i-- > 0;) value = value << 8 | std::to_integer<uint64_t>(file_[at + i]);
    return value;
  }
  uint64_t u16(uint64_t at) const { return number(at, 2); }
  uint64_t u32(uint64_t at) const { return number(at, 4); }
  uint64_t u64(uint64_t at) const { return number(at, 8); }

  Directory find_directory() const {
    if (file_.size() < zip::end_bytes) refuse("is no .npz archive: it is too short");
    const uint64_t last = file_.size() - zip::end_bytes;
    const uint64_t first = last > max_comment ? last - max_comment : 0;
    for (uint64_t at = last + 1; at-- > first;) {
      if (u32(at) == zip::end_signature && at + zip::end_bytes + u16(at + 20) == file_.size()) return directory_at(at);
    }
    refuse("is no .npz archive, or is cut short: it has no end record");
  }

  Directory directory_at(uint64_t end) const {
    if (u16(end + 4) != 0 || u16(end + 6) != 0 || u16(end + 8) != u16(end + 10)) refuse("is a part of a split archive");
    Directory directory{u32(end + 16), u32(end + 12), u16(end + 10)};
    uint64_t limit = end;
    if (directory.begin == zip::in_zip64_32 || directory.size == zip::in_zip64_32 ||
        directory.entries == zip::in_zip64_16) {
      if (end < zip::locator64_bytes || u32(end - zip::locator64_bytes) != zip::locator64_signature) {
        refuse("has no zip64 end record, which it says it has");
      }
      limit = u64(end - zip::locator64_bytes + 8);
      if (limit > end - zip::locator64_bytes || u32(limit) != zip::end64_signature) {
        refuse("has a malformed zip64 end record");
      }
      directory = {u64(limit + 48), u64(limit + 40), u64(limit + 32)};
    }
    if (directory.begin > limit || directory.size > limit - directory.begin ||
        directory.entries > directory.size / zip::central_bytes) {
      refuse("has a directory that lies outside it");
    }
    return directory;
  }

  // The entry at `at`, which moves on to the next.
  Entry directory_entry(uint64_t& at, const Directory& directory) const {
    const uint64_t end = directory.begin + directory.size;
    if (end - at < zip::central_bytes || u32(at) != zip::central_signature) refuse("has a malformed directory");
    const uint64_t name_bytes = u16(at + 28), extra_bytes = u16(at + 30), comment_bytes = u16(at + 32);
    const uint64_t name_at = at + zip::central_bytes;
    if (end - name_at < name_bytes + extra_bytes + comment_bytes) refuse("has a malformed directory");
    Entry entry{text(name_at, name_bytes), u32(at + 24), u32(at + 42), static_cast<uint32_t>(u32(at + 16))};
    uint64_t packed = u32(at + 20);
    if ((u16(at + 8) & zip::flag_encrypted) != 0) refuse(fmt::format("has an encrypted entry, {}", entry.name));
    if (u16(at + 10) != zip::method_stored) {
      refuse(fmt::format("has a compressed entry, {}: write it with numpy.savez", entry.name));
    }
    read_zip64(name_at + name_bytes, extra_bytes, entry, packed);
    if (packed != entry.size) refuse(fmt::format("says two sizes of {}", entry.name));
    at = name_at + name_bytes + extra_bytes + comment_bytes;
    return entry;
  }

  // Replaces the values that the zip64 field holds; it has those alone, in a fixed order.
  void read_zip64(uint64_t at, uint64_t n_bytes, Entry& entry, uint64_t& packed) const {
    for (const uint64_t end = at + n_bytes; end - at >= 4;) {
      const uint64_t id = u16(at), size = u16(at + 2);
      at += 4;
      if (size > end - at) refuse(fmt::format("has a malformed directory entry, {}", entry.name));
      const uint64_t field_end = at + size;
      if (id == zip::zip64_extra) {
        for (uint64_t* value : {&entry.size, &packed, &entry.offset}) {
          if (*value != zip::in_zip64_32) continue;
          if (field_end - at < 8) refuse(fmt::format("has a malformed zip64 field, {}", entry.name));
          *value = u64(at);
          at += 8;
        }
        return;
      }
      at = field_end;
    }
  }

  Extent extent_of(const Entry& entry, uint64_t limit) const {
    if (entry.offset > limit || limit - entry.offset < zip::local_bytes || u32(entry.offset) != zip::local_signature) {
      refuse(fmt::format("has no entry where its directory says, {}", entry.name));
    }
    const uint64_t name_bytes = u16(entry.offset + 26);
    const uint64_t header_bytes = zip::local_bytes + name_bytes + u16(entry.offset + 28);
    if (limit - entry.offset < header_bytes || limit - entry.offset - header_bytes < entry.size) {
      refuse(fmt::format("is cut short within {}", entry.name));
    }
    if (text(entry.offset + zip::local_bytes, name_bytes) != entry.name) {
      refuse(fmt::format("calls an entry by two names, {}", entry.name));
    }
    return {entry.offset, entry.offset + header_bytes + entry.size};
  }

  void refuse_overlap(std::vector<Extent> extents) const {
    std::sort(extents.begin(), extents.end(), [](const Extent& a, const Extent& b) { return a.begin < b.begin; });
    for (size_t i = 1; i < extents.size(); ++i) {
      if (extents[i].begin < extents[i - 1].end) refuse("has entries that overlap");
    }
  }

  NamedArray array_of(const Entry& entry, const Extent& extent) const {
    constexpr std::string_view extension = ".npy";
    if (entry.name.size() <= extension.size() || !entry.name.ends_with(extension)) {
      refuse(fmt::format("has an entry that is no array, {}", entry.name));
    }
    const std::span<const std::byte> data = file_.subspan(extent.end - entry.size, entry.size);
    if (crc32_z(0, reinterpret_cast<const Bytef*>(data.data()), data.size()) != entry.crc) {
      refuse(fmt::format("is damaged: {} has another checksum", entry.name));
    }
    return {entry.name.substr(0, entry.name.size() - extension.size()),
            parse_npy(data, fmt::format("{}: {}", where_, entry.name))};
  }

  std::string text(uint64_t at, uint64_t n_bytes) const {
    return {reinterpret_cast<const char*>(file_.data()) + at, n_bytes};
  }

  std::span<const std::byte> file_;
  const std::string& where_;
};

// A file in memory, read-only.
class Mapping {
 public:
  explicit Mapping(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (file < 0 || ::fstat(file, &status) != 0) fail(path, file);
    if (!S_ISREG(status.st_mode)) {
      ::close(file);
      throw Error(OC_E_SAMPLE, fmt::format("{} is no file", path.string()));
    }
    size_ = static_cast<size_t>(status.st_size);
    if (size_ > 0) {
      data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
      if (data_ == MAP_FAILED) fail(path, file);
    }
    ::close(file);
  }
  ~Mapping() {
    if (size_ > 0) ::munmap(data_, size_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(data_), size_}; }

 private:
  [[noreturn]] static void fail(const std::filesystem::path& path, int file) {
    const std::string reason = std::strerror(errno);
    if (file >= 0) ::close(file);
    throw Error(OC_E_SAMPLE, fmt::format("{} cannot be read: {}", path.string(), reason));
  }
  void* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace

std::vector<NamedArray> parse_npz(std::span<const std::byte> file, const std::string& where) {
  return ZipReader(file, where).read();
}

std::vector<NamedArray> read_npz(const std::filesystem::path& path) {
  const Mapping mapping(path);
  return parse_npz(mapping.bytes(), path.string());
}

}  // namespace ocellus::store
