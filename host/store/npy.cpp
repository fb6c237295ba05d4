#include "host/store/npy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <ocellus/sdk/error.hpp>
#include <string_view>

namespace ocellus::store {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are stored as they lie in memory");

constexpr std::string_view magic = "\x93NUMPY";
constexpr size_t prefix_bytes = 10;  // of format 1.0: magic, version, length of the header
constexpr size_t alignment = 64;
constexpr size_t growth_digits = 21;  // numpy leaves room to lengthen the first axis in place
constexpr size_t max_rank = 64;       // numpy's own

const char* descr(Array::Type type) {
  switch (type) {
    case Array::Type::f32:
      return "<f4";
    case Array::Type::i64:
      return "<i8";
    case Array::Type::u8:
      break;
  }
  return "|u1";
}

float half_precision(uint16_t bits) {
  constexpr int fraction_bits = 10, bias = 15;
  const int exponent = bits >> fraction_bits & 0x1F, fraction = bits & 0x3FF;
  const float sign = (bits & 0x8000) != 0 ? -1.0F : 1.0F;
  if (exponent == 0x1F) return fraction != 0 ? std::numeric_limits<float>::quiet_NaN() : sign * INFINITY;
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), 1 - bias - fraction_bits);
  return sign * std::ldexp(static_cast<float>(fraction | 1 << fraction_bits), exponent - bias - fraction_bits);
}

// What numpy also writes, and what becomes of its elements when they are read.
struct OtherType {
  std::string_view descr;
  size_t size;
  Array::Type becomes;
  void (*convert)(const std::byte* from, std::byte* to);
};

template <class From, class To>
void convert(const std::byte* from, std::byte* to) {
  From value;
  std::memcpy(&value, from, sizeof value);
  const auto converted = static_cast<To>(value);
  std::memcpy(to, &converted, sizeof converted);
}

void convert_half(const std::byte* from, std::byte* to) {
  uint16_t bits = 0;
  std::memcpy(&bits, from, sizeof bits);
  const float converted = half_precision(bits);
  std::memcpy(to, &converted, sizeof converted);
}

constexpr OtherType other_types[] = {
    {"<f8", 8, Array::Type::f32, convert<double, float>},     {"<f2", 2, Array::Type::f32, convert_half},
    {"<i4", 4, Array::Type::i64, convert<int32_t, int64_t>},  {"<i2", 2, Array::Type::i64, convert<int16_t, int64_t>},
    {"|i1", 1, Array::Type::i64, convert<int8_t, int64_t>},   {"<u4", 4, Array::Type::i64, convert<uint32_t, int64_t>},
    {"<u2", 2, Array::Type::i64, convert<uint16_t, int64_t>}, {"|b1", 1, Array::Type::u8, convert<uint8_t, uint8_t>}};

// Reads the Python dict of a header; the subset that numpy writes, in any order of keys.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  Array read() {
    Array array;
    bool descr = false, order = false, shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr" && !descr) {
        array.type = type();
        descr = true;
      } else if (key == "fortran_order" && !order) {
        if (!accept_word("False")) refuse("is not in C order: save numpy.ascontiguousarray(...)");
        order = true;
      } else if (key == "shape" && !shape) {
        array.shape = lengths();
        shape = true;
      } else {
        malformed();
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (!text_.empty() || !descr || !order || !shape) malformed();
    return array;
  }

  // How the elements lie in the file, if not as in the array.
  const OtherType* other() const { return other_; }

 private:
  [[noreturn]] void refuse(std::string_view reason) const {
    throw Error(OC_E_SAMPLE, fmt::format("{} {}", where_, reason));
  }
  [[noreturn]] void malformed() const { refuse("has a malformed .npy header"); }

  void skip_space() { text_.remove_prefix(std::min(text_.find_first_not_of(" \n"), text_.size())); }
  bool accept(char wanted) {
    skip_space();
    if (!text_.starts_with(wanted)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted)) malformed();
  }
  bool accept_word(std::string_view wanted) {
    skip_space();
    if (!text_.starts_with(wanted)) return false;
    text_.remove_prefix(wanted.size());
    return true;
  }
  std::string_view quoted() {
    expect('\'');
    const size_t end = text_.find('\'');
    if (end == std::string_view::npos) malformed();
    const std::string_view word = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    return word;
  }
  Array::Type type() {
    skip_space();
    if (!text_.starts_with('\'')) refuse("has fields; only plain arrays can be read");
    const std::string_view word = quoted();
    for (const auto known : {Array::Type::f32, Array::Type::i64, Array::Type::u8}) {
      if (word == store::descr(known)) return known;
    }
    for (const OtherType& known : other_types) {
      if (word != known.descr) continue;
      other_ = &known;
      return known.becomes;
    }
    refuse("holds elements of a type that is not read here: save them as float32");
  }
  std::vector<int64_t> lengths() {
    std::vector<int64_t> shape;
    expect('(');
    while (!accept(')')) {
      skip_space();
      int64_t length = -1;
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), length);
      if (error != std::errc() || length < 0 || shape.size() == max_rank) malformed();
      text_.remove_prefix(static_cast<size_t>(end - text_.data()));
      shape.push_back(length);
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return shape;
  }

  std::string_view text_;
  const std::string& where_;
  const OtherType* other_ = nullptr;
};

std::vector<std::byte> converted(std::span<const std::byte> elements, const OtherType& from) {
  const size_t n = elements.size() / from.size, size = element_size(from.becomes);
  std::vector<std::byte> bytes(n * size);
  for (size_t i = 0; i < n; ++i) from.convert(&elements[i * from.size], &bytes[i * size]);
  return bytes;
}

size_t little_endian(std::string_view bytes) {
  size_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace

std::string npy_header(const Array& array) {
  if (array.bytes.size() != byte_size(array.type, array.shape)) {
    throw Error(OC_E_INTERNAL, fmt::format("an array has {} bytes, which does not fit its shape", array.bytes.size()));
  }
  std::string shape;
  for (const int64_t length : array.shape) shape += fmt::format("{}{}", shape.empty() ? "" : ", ", length);
  if (array.shape.size() == 1) shape += ",";
  std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr(array.type), shape);
  if (!array.shape.empty()) header.append(growth_digits - std::to_string(array.shape.front()).size(), ' ');
  header.append(alignment - (prefix_bytes + header.size() + 1) % alignment, ' ');
  header += '\n';
  if (header.size() > 0xFFFF) throw Error(OC_E_INTERNAL, "an array has too many axes to be stored");
  const std::string length{static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
  return std::string(magic) + std::string("\x01\x00", 2) + length + header;
}

Array parse_npy(std::span<const std::byte> data, const std::string& where) {
  const auto refuse = [&](std::string_view reason) { throw Error(OC_E_SAMPLE, fmt::format("{} {}", where, reason)); };
  const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
  if (text.size() < prefix_bytes || !text.starts_with(magic)) refuse("is no .npy array");
  const int version = text[6];
  if (version < 1 || version > 3) refuse("has an unknown .npy version");
  const size_t width = version == 1 ? 2 : 4;  // bytes of the header's length
  const size_t start = 8 + width;
  if (text.size() < start || text.size() - start < little_endian(text.substr(8, width))) refuse("is cut short");
  const std::string_view header = text.substr(start, little_endian(text.substr(8, width)));
  HeaderReader reader(header, where);
  Array array = reader.read();

  const std::span<const std::byte> elements = data.subspan(start + header.size());
  uint64_t wanted = 0;
  try {
    wanted = byte_size(array.type, array.shape);
    if (reader.other() != nullptr) wanted = wanted / element_size(array.type) * reader.other()->size;
  } catch (const Error& error) {
    refuse(fmt::format("cannot be: {}", error.what()));
  }
  if (elements.size() != wanted) {
    refuse(fmt::format("has {} bytes of elements, but {} by its shape", elements.size(), wanted));
  }
  if (reader.other() != nullptr) {
    array.bytes = converted(elements, *reader.other());
  } else {
    array.bytes.assign(elements.begin(), elements.end());
  }
  return array;
}

}  // namespace ocellus::store
