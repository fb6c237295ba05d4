// SHA-256 (FIPS 180-4), for file hashes and fingerprints.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace ocellus::store {

class Sha256 {
 public:
  void update(std::span<const std::byte> bytes);
  // 64 lower-case hexadecimal digits; the object is used up.
  std::string finish();

 private:
  void block(const std::byte* data);

  std::array<uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::byte, 64> rest_{};
  size_t n_rest_ = 0;
  uint64_t n_bytes_ = 0;
};

std::string sha256_hex(std::span<const std::byte> bytes);

// Throws Error(OC_E_MODEL) if the file cannot be read.
std::string sha256_file(const std::filesystem::path& path);

}  // namespace ocellus::store
