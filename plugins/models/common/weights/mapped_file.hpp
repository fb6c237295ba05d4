// A file in memory without reading it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace ocellus::models {

// The whole of a regular file, mapped read-only: pages are loaded when first touched and belong to the page cache, so
// two processes that open one model share them. Whoever shortens the file meanwhile ends this process (SIGBUS).
class MappedFile {
 public:
  // Throws Error(OC_E_MODEL) naming the file and the system's reason.
  static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);

  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  // Starts on a page boundary; valid as long as this object.
  std::span<const std::byte> bytes() const { return {data_, size_}; }

  // Takes the whole pages of `part`, which lies in bytes(), out of this process's memory. They stay valid: whoever
  // reads them again gets them from the page cache.
  void give_back(std::span<const std::byte> part) const;

 private:
  MappedFile(const std::byte* data, std::size_t size) : data_(data), size_(size) {}

  const std::byte* data_;  // null for an empty file
  std::size_t size_;
};

}  // namespace ocellus::models
