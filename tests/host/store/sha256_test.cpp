// Vectors of FIPS 180-4 and NIST's examples.
#include "host/store/sha256.hpp"

#include <gtest/gtest.h>

#include <ocellus/sdk/error.hpp>
#include <string>

#include "tests/support/temporary_folder.hpp"

namespace ocellus::store {
namespace {

std::string hash(const std::string& text) {
  return sha256_hex(std::as_bytes(std::span(text)));
}

TEST(Sha256, HasThePublishedValues) {
  EXPECT_EQ(hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hash(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// Around the places where padding needs another block.
TEST(Sha256, DoesNotDependOnHowTheBytesArrive) {
  for (const size_t size : {1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 200}) {
    std::string text(size, '\0');
    for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 7);
    for (const size_t piece : {1, 3, 63, 64, 65}) {
      Sha256 in_pieces;
      for (size_t at = 0; at < size; at += piece) {
        in_pieces.update(std::as_bytes(std::span(text)).subspan(at, std::min(piece, size - at)));
      }
      EXPECT_EQ(in_pieces.finish(), hash(text)) << size << " in pieces of " << piece;
    }
  }
}

TEST(Sha256, HashesFiles) {
  const test::TemporaryFolder folder;
  const std::string large((size_t{1} << 20) + 17, 'x');
  EXPECT_EQ(sha256_file(test::write_file(folder / "large", large)), hash(large));
  EXPECT_EQ(sha256_file(test::write_file(folder / "empty", "")), hash(""));
  EXPECT_THROW(sha256_file(folder / "missing"), Error);
  EXPECT_THROW(sha256_file(folder.path()), Error);
}

}  // namespace
}  // namespace ocellus::store
