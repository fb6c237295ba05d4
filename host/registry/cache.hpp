// Remembers what scanning a file said until the file changes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "host/registry/scan.hpp"

namespace ocellus::registry {

// What tells one state of a file from another. The change time catches a file that was replaced under its old
// modification time.
struct FileStamp {
  int64_t modified_ns = 0, changed_ns = 0;
  uint64_t size = 0;
  bool operator==(const FileStamp&) const = default;
};

// The cache is an aid: one that cannot be read is empty, one that cannot be written is not kept.
class Cache {
 public:
  // `file` may be empty: nothing is kept.
  explicit Cache(std::filesystem::path file);

  // What a scan of this state of the file said, if it is known.
  std::optional<ScanResult> find(const std::filesystem::path& library, const FileStamp& stamp) const;
  void put(const std::filesystem::path& library, const FileStamp& stamp, ScanResult result);

  // Writes by rename if something was put; entries of files that are gone are dropped.
  void save() const;

 private:
  struct Entry {
    FileStamp stamp;
    ScanResult result;
  };
  void read();

  std::filesystem::path file_;
  std::map<std::filesystem::path, Entry> entries_;
  bool changed_ = false;
};

}  // namespace ocellus::registry
