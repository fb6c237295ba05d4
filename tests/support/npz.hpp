// Reads the .npz archives that numpy wrote for the tests, stored (numpy.savez) or deflated (numpy.savez_compressed).
// Link ZLIB::ZLIB.
#pragma once

#include <zlib.h>

#include <map>

#include "tests/support/npy.hpp"

namespace ocellus::test {

namespace npz_detail {

// The `size` bytes that `deflated`, a raw stream as zip archives have, stands for.
inline std::string inflated(std::string_view deflated, std::size_t size) {
  std::string bytes(size, '\0');
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::runtime_error("zlib cannot start");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(deflated.data()));
  stream.avail_in = static_cast<uInt>(deflated.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  const int result = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  if (result != Z_STREAM_END || stream.total_out != size)
    throw std::runtime_error("an entry's deflated data are damaged");
  return bytes;
}

}  // namespace npz_detail

// The arrays of an archive by name, without the ".npy" of their entries.
inline std::map<std::string, NpyArray> read_npz(const std::filesystem::path& path) {
  using npy_detail::number;
  const std::string file = npy_detail::read_file(path);
  const std::string_view data = file;
  // Sizes come from the central directory: numpy leaves them out of the local headers.
  const std::size_t end = data.rfind("PK\x05\x06");
  if (end == std::string_view::npos) throw std::runtime_error(path.string() + " is not a zip archive");
  std::map<std::string, NpyArray> arrays;
  std::size_t at = number(data, end + 16, 4);
  for (std::size_t left = number(data, end + 10, 2); left > 0; --left) {
    const std::size_t method = number(data, at + 10, 2);
    const std::size_t kept_size = number(data, at + 20, 4), size = number(data, at + 24, 4);
    const std::size_t name_length = number(data, at + 28, 2);
    const std::size_t local = number(data, at + 42, 4);
    const std::size_t start = local + 30 + number(data, local + 26, 2) + number(data, local + 28, 2);
    const std::string_view kept = data.substr(start, kept_size);
    std::string name(data.substr(at + 46, name_length));
    if (name.ends_with(".npy")) name.resize(name.size() - 4);
    if (method != 0 && method != Z_DEFLATED)
      throw std::runtime_error(path.string() + " has an entry neither stored nor deflated");
    arrays[name] = npy_detail::parse(method == 0 ? kept : npz_detail::inflated(kept, size));
    at += 46 + name_length + number(data, at + 30, 2) + number(data, at + 32, 2);
  }
  return arrays;
}

}  // namespace ocellus::test
