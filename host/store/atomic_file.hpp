// Files that appear whole or not at all: written under a temporary name beside their own, flushed, then renamed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace ocellus::store {

// A file on its way. Whoever fills it writes to `temporary()`, which exists and is empty. The temporary name ends as
// the final one does, so that writers who choose a format by extension choose the right one.
class PendingFile {
 public:
  // Throws Error(OC_E_WRITE) if the temporary file cannot be made.
  explicit PendingFile(std::filesystem::path final_path);
  // Removes what was not committed.
  ~PendingFile();
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  const std::filesystem::path& temporary() const { return temporary_; }

  // Flushes to the disk and renames, replacing an older file. Called once. Throws Error(OC_E_WRITE).
  void commit();

 private:
  std::filesystem::path final_, temporary_;
  int lock_ = -1;  // an open descriptor that holds a lock while the file is being made: remove_abandoned looks at it
};

// Throws Error(OC_E_WRITE) with the path and the system's reason.
void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_file(const std::filesystem::path& path, std::string_view text);

// Removes the temporary files that killed processes left in `folder`; those of running ones, this one included, stay.
// Returns how many there were; a folder that cannot be read has none.
size_t remove_abandoned(const std::filesystem::path& folder);

}  // namespace ocellus::store
