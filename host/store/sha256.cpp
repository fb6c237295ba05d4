#include "host/store/sha256.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <ocellus/sdk/error.hpp>
#include <vector>

namespace ocellus::store {
namespace {

constexpr size_t file_chunk = size_t{1} << 20;

}  // namespace

std::string sha256_file(const std::filesystem::path& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::vector<char> chunk(file_chunk);
  Sha256 hash;
  while (file.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || file.gcount() > 0) {
    hash.update(std::as_bytes(std::span(chunk)).first(static_cast<size_t>(file.gcount())));
  }
  if (!file.is_open() || file.bad()) {
    throw Error(OC_E_MODEL, fmt::format("{} cannot be read: {}", path.string(), std::strerror(errno)));
  }
  return hash.finish();
}

}  // namespace ocellus::store
