// .npz files against those numpy writes (tools/fixtures/store.py), and every way in which one can lie.
#include "host/store/npz.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>
#include <functional>
#include <ocellus/sdk/error.hpp>
#include <random>

#include "tests/support/npz.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::store {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

template <class T>
Array array_of(Array::Type type, std::vector<int64_t> shape, const std::vector<T>& elements) {
  Array array{type, std::move(shape), std::vector<std::byte>(elements.size() * sizeof(T))};
  if (!elements.empty()) std::memcpy(array.bytes.data(), elements.data(), array.bytes.size());
  return array;
}

// What tools/fixtures/store.py has numpy write.
std::vector<NamedArray> arrays() {
  std::vector<uint8_t> pixels(12);
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<uint8_t>(i);
  return {
      {"values", array_of<float>(Array::Type::f32, {2, 3}, {0.5F, -1.25F, 3e-38F, 65504, 0, 1.0F / 3})},
      {"index", array_of<int64_t>(Array::Type::i64, {4}, {-1, 0, int64_t{1} << 40, 7})},
      {"pixels", array_of(Array::Type::u8, {2, 3, 2}, pixels)},
      {"number", array_of<int64_t>(Array::Type::i64, {}, {42})},
      {"nothing", array_of<float>(Array::Type::f32, {0, 5}, {})},
      {"größe", array_of<float>(Array::Type::f32, {1}, {1})},
  };
}

void expect_equal(const std::vector<NamedArray>& found, const std::vector<NamedArray>& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(found[i].first, wanted[i].first);
    EXPECT_EQ(found[i].second.type, wanted[i].second.type) << wanted[i].first;
    EXPECT_EQ(found[i].second.shape, wanted[i].second.shape) << wanted[i].first;
    EXPECT_EQ(found[i].second.bytes, wanted[i].second.bytes) << wanted[i].first;
  }
}

class Npz : public ::testing::Test {
 protected:
  std::string written(const std::vector<NamedArray>& content, uint64_t zip64_from = zip64_limit) const {
    write_npz(folder_ / "a.npz", content, zip64_from);
    return test::read_file(folder_ / "a.npz");
  }

  // The sentence with which the bytes are refused; "" if they are not.
  static std::string refusal(const std::string& bytes) {
    try {
      parse_npz(std::as_bytes(std::span(bytes)), "x.npz");
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), OC_E_SAMPLE);
      EXPECT_TRUE(std::string_view(error.what()).starts_with("x.npz"));
      return error.what();
    }
    return "";
  }

  static std::string refusal(std::string bytes, const std::function<void(std::string&)>& spoil) {
    EXPECT_EQ(refusal(bytes), "");
    spoil(bytes);
    return refusal(bytes);
  }

  static void put(std::string& bytes, size_t at, uint64_t value, size_t width) {
    for (size_t i = 0; i < width; ++i) bytes.at(at + i) = static_cast<char>(value >> (8 * i) & 0xFF);
  }

  test::TemporaryFolder folder_;
};

const fs::path fixtures = fs::path(OCELLUS_TEST_DATA) / "store";

TEST_F(Npz, ReadsWhatNumpyWrites) {
  expect_equal(read_npz(fixtures / "numpy.npz"), arrays());
}

TEST_F(Npz, ReadsWhatItWrites) {
  for (const uint64_t zip64_from : {zip64_limit, uint64_t{0}, uint64_t{170}, uint64_t{400}}) {
    written(arrays(), zip64_from);
    expect_equal(read_npz(folder_ / "a.npz"), arrays());
  }
  written({});
  expect_equal(read_npz(folder_ / "a.npz"), {});
}

// The other reader of this repository, and each .npy byte for byte as numpy has it.
TEST_F(Npz, WritesTheEntriesThatNumpyWrites) {
  const std::string ours = written(arrays()), numpys = test::read_file(fixtures / "numpy.npz");
  const auto known = test::read_npz(folder_ / "a.npz");
  ASSERT_EQ(known.size(), arrays().size());
  for (const auto& [key, array] : arrays()) {
    EXPECT_EQ(known.at(key).shape, array.shape) << key;
    EXPECT_EQ(known.at(key).bytes, array.bytes) << key;
  }
  for (size_t at = ours.find("\x93NUMPY"); at != std::string::npos; at = ours.find("\x93NUMPY", at + 1)) {
    EXPECT_NE(numpys.find(ours.substr(at, ours.find("PK", at) - at)), std::string::npos) << "entry at " << at;
  }
}

TEST_F(Npz, WritesTheSameBytesEachTime) {
  const std::string first = written(arrays());
  EXPECT_EQ(written(arrays()), first);
  EXPECT_EQ(first.substr(10, 4), std::string("\0\0\x21\0", 4));  // 00:00:00, 1980-01-01
}

TEST_F(Npz, Zip64SaysTheSameInOtherFields) {
  const std::string plain = written(arrays()), wide = written(arrays(), 0);
  EXPECT_GT(wide.size(), plain.size());
  EXPECT_NE(wide.find("PK\x06\x06"), std::string::npos);
  EXPECT_EQ(plain.find("PK\x06\x06"), std::string::npos);
}

TEST_F(Npz, RefusesToWriteWhatItCouldNotRead) {
  const Array one = array_of<float>(Array::Type::f32, {1}, {1});
  EXPECT_THROW(written({{"", one}}), Error);
  EXPECT_THROW(written({{"a", one}, {"a", one}}), Error);
  EXPECT_THROW(written({{std::string(70000, 'k'), one}}), Error);
  EXPECT_THROW(written({{"a", {Array::Type::f32, {2}, one.bytes}}}), Error);
  EXPECT_THROW(written({{"a", {Array::Type::f32, {-1}, {}}}}), Error);
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(Npz, SaysWhatCannotBeReadOrWritten) {
  EXPECT_THROW(read_npz(folder_ / "missing.npz"), Error);
  EXPECT_THROW(read_npz(folder_.path()), Error);
  try {
    write_npz(folder_ / "missing/a.npz", arrays());
    FAIL() << "was written";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_WRITE);
  }
}

TEST_F(Npz, RefusesCompressedArchivesWithAdvice) {
  EXPECT_THAT(refusal(test::read_file(fixtures / "compressed.npz")),
              AllOf(HasSubstr("has a compressed entry, values.npy"), HasSubstr("numpy.savez")));
}

TEST_F(Npz, RefusesEveryTruncation) {
  const std::string whole = written(arrays());
  for (size_t size = 0; size < whole.size(); ++size) EXPECT_NE(refusal(whole.substr(0, size)), "") << size;
}

// Each lie by itself. Two entries, a.npy and b.npy; their offsets follow from the format.
TEST_F(Npz, RefusesLies) {
  const Array one = array_of<float>(Array::Type::f32, {1}, {1});
  const std::string good = written({{"a", one}, {"b", one}});
  const size_t first = good.find("PK\x01\x02"), second = good.find("PK\x01\x02", first + 4),
               end = good.find("PK\x05\x06");
  const size_t entry = good.find("PK\x03\x04", 4);  // where b begins
  const auto lie = [&](size_t at, uint64_t value, size_t width) {
    return refusal(good, [&](std::string& bytes) { put(bytes, at, value, width); });
  };
  EXPECT_THAT(lie(end + 10, 3, 2), HasSubstr("split archive"));
  EXPECT_THAT(refusal(good,
                      [&](std::string& bytes) {
                        put(bytes, end + 8, 1, 2);
                        put(bytes, end + 10, 1, 2);
                      }),
              HasSubstr("directory of another length"));
  EXPECT_THAT(lie(end + 16, 0xFFFFFFF0, 4), HasSubstr("directory that lies outside"));
  EXPECT_THAT(lie(end + 16, 0xFFFFFFFF, 4), HasSubstr("no zip64 end record"));
  EXPECT_THAT(lie(first + 8, 1, 2), HasSubstr("encrypted"));
  EXPECT_THAT(lie(first + 20, 1, 4), HasSubstr("two sizes"));
  EXPECT_THAT(lie(first + 28, 60000, 2), HasSubstr("malformed directory"));
  EXPECT_THAT(lie(first + 42, 1, 4), HasSubstr("no entry where its directory says"));
  EXPECT_THAT(lie(first + 42, 0xFFFFFFFF, 4), HasSubstr("no entry where its directory says"));
  EXPECT_THAT(lie(second + 46, 'c', 1), HasSubstr("two names"));
  EXPECT_THAT(lie(first + 16, 7, 4), HasSubstr("another checksum"));
  EXPECT_THAT(lie(entry - 1, 7, 1), HasSubstr("a.npy has another checksum"));
  for (const uint64_t size : {uint64_t{0x7FFFFFFF}, uint64_t{end}}) {
    EXPECT_THAT(refusal(good,
                        [&](std::string& bytes) {
                          put(bytes, first + 20, size, 4);
                          put(bytes, first + 24, size, 4);
                        }),
                HasSubstr("cut short within a.npy"));
  }
  EXPECT_THAT(refusal(good,
                      [&](std::string& bytes) {  // a reaches into b
                        put(bytes, first + 20, entry, 4);
                        put(bytes, first + 24, entry, 4);
                      }),
              HasSubstr("overlap"));
  EXPECT_THAT(refusal(good,
                      [&](std::string& bytes) {  // both names are a
                        bytes[entry + 30] = 'a';
                        bytes[second + 46] = 'a';
                      }),
              HasSubstr("two entries called a.npy"));
}

// A .npy with this header (padded) and elements, in an archive whose checksum is right.
class NpyHeader : public Npz {
 protected:
  std::string with_header(const std::string& header, size_t n_elements = 4) const {
    // An array whose own header is replaced: long enough for any header of these tests.
    Array space = array_of<uint8_t>(Array::Type::u8, {300}, std::vector<uint8_t>(300, 0));
    std::string bytes = written({{"a", space}});
    const size_t begin = bytes.find("\x93NUMPY"), end = bytes.find("PK\x01\x02");
    const size_t size = end - begin, header_size = size - 10 - n_elements;
    std::string npy = bytes.substr(begin, 8);
    npy += static_cast<char>(header_size & 0xFF);
    npy += static_cast<char>(header_size >> 8);
    npy += header + std::string(header_size - header.size(), ' ') + std::string(n_elements, '\0');
    bytes.replace(begin, size, npy);
    const uLong crc = crc32_z(0, reinterpret_cast<const Bytef*>(npy.data()), npy.size());
    put(bytes, end + 16, crc, 4);
    return bytes;
  }
};

TEST_F(NpyHeader, MayBeWrittenInOtherWays) {
  for (const char* header : {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
                             "{'shape':(1,),'descr':'<f4','fortran_order':False}",
                             "{ 'fortran_order' : False , 'shape' : ( 1 , ), 'descr' : '<f4' }\n"}) {
    EXPECT_EQ(refusal(with_header(header)), "") << header;
  }
}

TEST_F(NpyHeader, IsRefusedWithAReason) {
  const auto reason = [this](const std::string& descr, const std::string& order, const std::string& shape) {
    return refusal(with_header("{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }"));
  };
  EXPECT_EQ(reason("'<f4'", "False", "(1,)"), "");
  EXPECT_THAT(reason("'<f2'", "False", "(1,)"), HasSubstr("has 4 bytes of elements, but 2 by its shape"));
  EXPECT_THAT(reason("'<f8'", "False", "(1,)"), HasSubstr("has 4 bytes of elements, but 8 by its shape"));
  EXPECT_THAT(reason("'>f4'", "False", "(1,)"),
              HasSubstr("a.npy holds elements of a type that is not read here: save them as float32"));
  EXPECT_THAT(reason("'|O'", "False", "(1,)"),
              HasSubstr("a.npy holds elements of a type that is not read here: save them as float32"));
  EXPECT_THAT(reason("[('x', '<f4')]", "False", "(1,)"), HasSubstr("has fields"));
  EXPECT_THAT(reason("'<f4'", "True", "(1,)"), HasSubstr("is not in C order"));
  EXPECT_THAT(reason("'<f4'", "False", "(2,)"), HasSubstr("has 4 bytes of elements, but 8 by its shape"));
  EXPECT_THAT(reason("'<f4'", "False", "(4611686018427387904, 4)"), HasSubstr("too large"));
  for (const char* shape : {"(-1,)", "(1", "1", "(1 1)", "(1,,)", "('1',)", "(99999999999999999999,)", "[1]"}) {
    EXPECT_THAT(reason("'<f4'", "False", shape), HasSubstr("malformed .npy header")) << shape;
  }
  for (const char* header : {"", "{}", "{'descr': '<f4'}", "{'descr': '<f4", "{'x': 1}", "nonsense",
                             "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} more"}) {
    EXPECT_THAT(refusal(with_header(header)), HasSubstr("malformed .npy header")) << header;
  }
}

// Flipped bits anywhere: an Error or arrays, and never a read outside the bytes (the sanitizers' lane sees those).
TEST_F(Npz, SurvivesDamage) {
  std::mt19937 random(3);
  for (const std::string& whole : {written(arrays()), written(arrays(), 0), test::read_file(fixtures / "numpy.npz")}) {
    size_t refused = 0;
    for (int round = 0; round < 3000; ++round) {
      std::string bytes = whole;
      for (size_t flips = 1 + random() % 4; flips > 0; --flips) {
        bytes[random() % bytes.size()] ^= static_cast<char>(1U << random() % 8);
      }
      refused += refusal(bytes) != "";
    }
    EXPECT_GT(refused, 2000U);
  }
}

}  // namespace
}  // namespace ocellus::store
