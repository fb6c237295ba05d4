// safetensors files put together byte by byte, so that they can also be wrong.
#pragma once

#include <gtest/gtest.h>
#include <ocellus/sdk/error.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace ocellus::models {

// Length, header and data, with a length that may lie.
inline std::string file_with_length(std::uint64_t length, std::string_view header, std::string_view data) {
  std::string file;
  for (int shift = 0; shift < 64; shift += 8) file += static_cast<char>(length >> shift & 0xff);
  return file.append(header).append(data);
}

inline std::string hand_made(std::string_view header, std::string_view data) {
  return file_with_length(header.size(), header, data);
}

// A file of one-byte tensors "a" and so on, one for each letter of `names`, which are also their values.
inline std::string letters(std::string_view names) {
  std::string header = "{";
  for (std::size_t i = 0; i < names.size(); ++i)
    header += std::string(i > 0 ? "," : "") + "\"" + names[i] + R"(":{"dtype":"U8","shape":[1],"data_offsets":[)" +
              std::to_string(i) + "," + std::to_string(i + 1) + "]}";
  return hand_made(header + "}", names);
}

// The sentence of the Error(OC_E_MODEL) that `call` throws; fails the test if it throws none.
template <class Call>
std::string complaint(Call call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_MODEL);
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

// An empty folder that is removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ocellus-weights-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }

  std::filesystem::path write(const std::string& name, std::string_view content) const {
    std::ofstream(path_ / name, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace ocellus::models
