#include "plugins/models/common/weights/mapped_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

namespace ocellus::models {

namespace {

const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));

// Resident pages of mapped files in this process.
long resident_file_pages() {
  long size = 0, resident = 0, shared = 0;
  std::ifstream("/proc/self/statm") >> size >> resident >> shared;
  return shared;
}

// Adds up the bytes, and so makes all pages resident.
size_t touch(std::span<const std::byte> bytes) {
  size_t sum = 0;
  for (const std::byte byte : bytes) sum += std::to_integer<size_t>(byte);
  return sum;
}

TEST(MappedFile, GivesBackWholePagesThatStayReadable) {
  constexpr size_t pages = 1024;
  const std::filesystem::path path = std::filesystem::temp_directory_path() / ("mapped-" + std::to_string(::getpid()));
  std::ofstream(path, std::ios::binary) << std::string(pages * page, '\1');
  const auto file = MappedFile::open(path);
  std::filesystem::remove(path);
  ASSERT_EQ(touch(file->bytes()), pages * page);
  const long before = resident_file_pages();
  file->give_back(file->bytes().subspan(1, 2 * page));  // one whole page lies in it
  file->give_back(file->bytes().subspan(8 * page, (pages - 8) * page));
  file->give_back(file->bytes().subspan(3, 10));  // none
  EXPECT_NEAR(static_cast<double>(before - resident_file_pages()), static_cast<double>(pages - 7), 64);
  EXPECT_EQ(touch(file->bytes()), pages * page);
}

}  // namespace

}  // namespace ocellus::models
