#include "host/store/npy.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <limits>

namespace ocellus::store {
namespace {

using testing::ElementsAre;

// A whole .npy of one axis, with `elements` of numpy's type `descr`.
template <class T>
Array read(const std::string& descr, const std::vector<T>& elements) {
  const std::string header =
      "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + std::to_string(elements.size()) + ",), }";
  std::string npy = std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header;
  const size_t begin = npy.size();
  npy.resize(begin + elements.size() * sizeof(T));
  std::memcpy(&npy[begin], elements.data(), elements.size() * sizeof(T));
  return parse_npy(std::as_bytes(std::span(npy)), "it");
}

template <class T>
std::vector<T> values(const Array& array) {
  std::vector<T> values(array.bytes.size() / sizeof(T));
  std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
  return values;
}

TEST(Npy, SmallerIntegersBecomeInt64) {
  const auto expect = [](const Array& array, int64_t first, int64_t second) {
    EXPECT_EQ(array.type, Array::Type::i64);
    EXPECT_THAT(values<int64_t>(array), ElementsAre(first, second));
  };
  expect(read<int32_t>("<i4", {-5, 1 << 30}), -5, 1 << 30);
  expect(read<int16_t>("<i2", {-5, 30000}), -5, 30000);
  expect(read<int8_t>("|i1", {-5, 100}), -5, 100);
  expect(read<uint32_t>("<u4", {5, 4000000000U}), 5, 4000000000);
  expect(read<uint16_t>("<u2", {5, 60000}), 5, 60000);
}

TEST(Npy, BooleansBecomeBytes) {
  const Array array = read<uint8_t>("|b1", {1, 0});
  EXPECT_EQ(array.type, Array::Type::u8);
  EXPECT_THAT(values<uint8_t>(array), ElementsAre(1, 0));
}

TEST(Npy, OtherPrecisionsBecomeFloat32) {
  const Array doubles = read<double>("<f8", {0.1, -2, 1e300});
  EXPECT_EQ(doubles.type, Array::Type::f32);
  EXPECT_THAT(values<float>(doubles), ElementsAre(0.1F, -2.0F, std::numeric_limits<float>::infinity()));
  // 1, -2, the largest, the smallest normal, the smallest subnormal, -0, infinity
  const Array halves = read<uint16_t>("<f2", {0x3C00, 0xC000, 0x7BFF, 0x0400, 0x0001, 0x8000, 0x7C00});
  EXPECT_EQ(halves.type, Array::Type::f32);
  EXPECT_THAT(values<float>(halves),
              ElementsAre(1.0F, -2.0F, 65504.0F, 0x1p-14F, 0x1p-24F, -0.0F, std::numeric_limits<float>::infinity()));
  EXPECT_TRUE(std::isnan(values<float>(read<uint16_t>("<f2", {0x7E00}))[0]));
}

}  // namespace
}  // namespace ocellus::store
