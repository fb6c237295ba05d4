#include "plugins/models/common/tokenizer/tokenizer_file.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <fstream>
#include <ocellus/sdk/error.hpp>

namespace ocellus::models {

std::string read_tokenizer_file(const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);  // fails for what is no regular file
  std::string content(error ? 0 : size, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (error || !file)
    throw Error(OC_E_MODEL, fmt::format("{} cannot be read; check that it is a readable file", path.string()));
  return content;
}

}  // namespace ocellus::models
