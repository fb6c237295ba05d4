// Reads the arrays that numpy wrote for the tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ocellus::test {

// One array in C order.
struct NpyArray {
  std::string dtype;           // numpy's array-protocol string: "<f4", "<i8", "|u1", "|b1"
  std::vector<int64_t> shape;  // empty for a scalar
  std::vector<std::byte> bytes;

  // The elements. Throws if T is not the array's own type.
  template <class T>
  std::span<const T> as() const {
    const char kind = std::is_same_v<T, bool>       ? 'b'
                      : std::is_floating_point_v<T> ? 'f'
                      : std::is_signed_v<T>         ? 'i'
                                                    : 'u';
    const std::string wanted = std::string(1, kind).append(std::to_string(sizeof(T)));
    if (dtype.substr(1) != wanted) throw std::runtime_error("an array of " + dtype + " was read as " + wanted);
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
};

namespace npy_detail {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

// Little-endian unsigned number of `width` bytes.
inline std::size_t number(std::string_view data, std::size_t at, std::size_t width) {
  if (at > data.size() || width > data.size() - at) throw std::runtime_error("the array file is cut short");
  std::size_t value = 0;
  for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(data[at + i]);
  return value;
}

// What follows `'key': ` in the Python dict of a .npy header.
inline std::string_view field(std::string_view header, std::string_view key) {
  const std::size_t at = header.find(std::string("'").append(key).append("': "));
  if (at == std::string_view::npos) throw std::runtime_error("the .npy header has no " + std::string(key));
  return header.substr(at + key.size() + 4);
}

inline NpyArray parse(std::string_view data) {
  if (!data.starts_with("\x93NUMPY")) throw std::runtime_error("not a .npy file");
  const std::size_t width = number(data, 6, 1) == 1 ? 2 : 4;  // of the header's length, by format version
  const std::size_t start = 8 + width + number(data, 8, width);
  if (start > data.size()) throw std::runtime_error("the .npy header is cut short");
  const std::string_view header = data.substr(8 + width, start - 8 - width);

  NpyArray array;
  const std::string_view descr = field(header, "descr").substr(1);
  array.dtype = descr.substr(0, descr.find('\''));
  if (!field(header, "fortran_order").starts_with("False")) throw std::runtime_error("a .npy in Fortran order");
  std::string_view shape = field(header, "shape");
  for (shape = shape.substr(1, shape.find(')') - 1); shape.find_first_of("0123456789") != std::string_view::npos;) {
    array.shape.push_back(std::stoll(std::string(shape)));
    const std::size_t comma = shape.find(',');
    shape = comma == std::string_view::npos ? std::string_view{} : shape.substr(comma + 1);
  }
  const auto elements = std::accumulate(array.shape.begin(), array.shape.end(), int64_t{1}, std::multiplies<>());
  const std::size_t width_of_unit = array.dtype[1] == 'U' ? 4 : 1;  // texts are counted in code points
  const std::size_t size = static_cast<std::size_t>(elements) * width_of_unit * std::stoul(array.dtype.substr(2));
  if (data.size() - start != size) throw std::runtime_error("the .npy's size is not what its shape says");
  array.bytes.resize(size);
  if (size > 0) std::memcpy(array.bytes.data(), data.data() + start, size);
  return array;
}

}  // namespace npy_detail

inline NpyArray read_npy(const std::filesystem::path& path) {
  return npy_detail::parse(npy_detail::read_file(path));
}

}  // namespace ocellus::test
