// Archives and pickles put together byte by byte, so that they can also be wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ocellus::models {

inline std::string little_endian(std::uint64_t value, unsigned width) {
  std::string bytes;
  for (unsigned i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// One entry of an archive, with everything in it that may lie. Sizes and places that are not set are the true ones.
struct ZipPart {
  std::string name, data;
  std::string local_name = {};
  std::uint16_t flags = 0, method = 0;
  std::int64_t packed = -1, size = -1, header = -1, local_size = -1;
  bool zip64 = false;
  std::string descriptor = {};
};

struct ZipTail {
  bool zip64 = false;
  std::int64_t count = -1, begin = -1, size = -1;
  std::uint16_t disk = 0;
  std::string behind = {};
};

inline std::string zip(const std::vector<ZipPart>& parts, const ZipTail& tail = {}) {
  const auto either = [](std::int64_t given, std::uint64_t truth) {
    return given < 0 ? truth : static_cast<std::uint64_t>(given);
  };
  std::string file, directory;
  for (const ZipPart& part : parts) {
    const std::uint64_t at = file.size(), size = either(part.size, part.data.size());
    const std::string& local_name = part.local_name.empty() ? part.name : part.local_name;
    file += "PK\x03\x04" + little_endian(0, 2) + little_endian(part.flags, 2) + little_endian(part.method, 2) +
            std::string(8, '\0') + little_endian(either(part.local_size, part.data.size()), 4) +
            little_endian(either(part.local_size, part.data.size()), 4) + little_endian(local_name.size(), 2) +
            little_endian(0, 2) + local_name + part.data + part.descriptor;
    std::string extra;
    if (part.zip64)
      extra = little_endian(1, 2) + little_endian(24, 2) + little_endian(size, 8) +
              little_endian(either(part.packed, size), 8) + little_endian(either(part.header, at), 8);
    const auto number = [&](std::uint64_t value) { return little_endian(part.zip64 ? 0xffffffff : value, 4); };
    directory += "PK\x01\x02" + little_endian(0, 4) + little_endian(part.flags, 2) + little_endian(part.method, 2) +
                 std::string(8, '\0') + number(either(part.packed, size)) + number(size) +
                 little_endian(part.name.size(), 2) + little_endian(extra.size(), 2) + std::string(10, '\0') +
                 number(either(part.header, at)) + part.name + extra;
  }
  const std::uint64_t begin = either(tail.begin, file.size()), size = either(tail.size, directory.size());
  const std::uint64_t count = either(tail.count, parts.size()), end64 = file.size() + directory.size();
  file += directory;
  if (tail.zip64)
    file += "PK\x06\x06" + little_endian(44, 8) + little_endian(0, 4) + little_endian(tail.disk, 4) +
            little_endian(0, 4) + little_endian(count, 8) + little_endian(count, 8) + little_endian(size, 8) +
            little_endian(begin, 8) + "PK\x06\x07" + little_endian(0, 4) + little_endian(end64, 8) +
            little_endian(1, 4);
  const auto number = [&](std::uint64_t value, unsigned width) {
    return little_endian(tail.zip64 ? ~0ull : value, width);
  };
  return file + "PK\x05\x06" + little_endian(tail.zip64 ? 0 : tail.disk, 2) + little_endian(0, 2) + number(count, 2) +
         number(count, 2) + number(size, 4) + number(begin, 4) + little_endian(0, 2) + tail.behind;
}

// Pieces of pickles.
inline std::string pickle(std::string_view program) {
  return std::string("\x80\x02").append(program).append(".");
}
inline std::string text(std::string_view value) {
  return std::string(1, 'X').append(little_endian(value.size(), 4)).append(value);
}
inline std::string integer(std::int64_t value) {
  return std::string("\x8a\x08").append(little_endian(static_cast<std::uint64_t>(value), 8));
}
inline std::string tuple(const std::vector<std::string>& items) {
  std::string program = "(";
  for (const std::string& item : items) program += item;
  return program + "t";
}
// A dict of what `items` push, key after value after key.
inline std::string dict(std::string_view items) {
  return std::string("}(").append(items).append("u");
}
inline std::string global(std::string_view module, std::string_view name) {
  return std::string(1, 'c').append(module).append("\n").append(name).append("\n");
}

}  // namespace ocellus::models
