#include "host/run/fingerprint.hpp"

#include <fstream>
#include <string>

#include "host/store/sha256.hpp"

namespace ocellus::run {
namespace {

constexpr uint64_t hash_whole_below = uint64_t{64} << 20;
constexpr uint64_t end_bytes = uint64_t{1} << 20;

std::string hash_of_ends(const std::filesystem::path& file, uint64_t size) {
  std::ifstream in(file, std::ios::binary);
  std::string bytes(2 * end_bytes, '\0');
  in.read(bytes.data(), end_bytes);
  in.seekg(static_cast<std::streamoff>(size - end_bytes));
  in.read(bytes.data() + end_bytes, end_bytes);
  return sha256_hex(std::as_bytes(std::span(bytes)));
}

}  // namespace

nlohmann::ordered_json fingerprint(const std::vector<std::filesystem::path>& files) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const std::filesystem::path& file : files) {
    const uint64_t size = std::filesystem::file_size(file);
    nlohmann::ordered_json entry{{"file", file.filename().string()}, {"bytes", size}};
    if (size <= hash_whole_below) {
      entry["sha256"] = store::sha256_file(file);
    } else {
      entry["sha256_ends"] = hash_of_ends(file, size);
    }
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace ocellus::run
