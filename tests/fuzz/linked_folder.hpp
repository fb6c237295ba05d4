// A folder with one file, the fuzzer's bytes, for parsers that take a folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "tests/fuzz/memory_file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::test {

// One at a time: all stand in the same place.
class LinkedFolder {
 public:
  LinkedFolder(const char* name, const std::uint8_t* data, std::size_t size) : file_(data, size) {
    static const TemporaryFolder folder;
    path_ = folder.path();
    std::filesystem::remove(path_ / name);
    std::filesystem::create_symlink(file_.path(), path_ / name);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  MemoryFile file_;
  std::filesystem::path path_;
};

}  // namespace ocellus::test
