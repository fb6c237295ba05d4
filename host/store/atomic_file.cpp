#include "host/store/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <system_error>
#include <utility>

namespace ocellus::store {
namespace {

constexpr const char* temporary_prefix = ".tmp-";

std::filesystem::path temporary_for(const std::filesystem::path& path) {
  static std::atomic<unsigned> count{0};
  return path.parent_path() /
         fmt::format("{}{}-{}.{}", temporary_prefix, ::getpid(), ++count, path.filename().string());
}

[[noreturn]] void cannot_write(const std::filesystem::path& path, int error) {
  throw Error(OC_E_WRITE, fmt::format("{} cannot be written: {}", path.string(), std::strerror(error)));
}

}  // namespace

PendingFile::PendingFile(std::filesystem::path final_path) : final_(std::move(final_path)) {
  do {  // a killed process of the same id may have left one of that name
    temporary_ = temporary_for(final_);
    lock_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (lock_ < 0 && errno == EEXIST);
  if (lock_ < 0) cannot_write(final_, errno);
  ::flock(lock_, LOCK_EX | LOCK_NB);
}

PendingFile::~PendingFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  ::close(lock_);
}

void PendingFile::commit() {
  // Opened anew: a writer may have put another file in the place of the empty one.
  const int written = ::open(temporary_.c_str(), O_RDONLY | O_CLOEXEC);
  if (written < 0) cannot_write(final_, errno);
  const int error = ::fsync(written) == 0 ? 0 : errno;
  ::close(written);
  if (error != 0) cannot_write(final_, error);
  if (::rename(temporary_.c_str(), final_.c_str()) != 0) cannot_write(final_, errno);
  temporary_.clear();
}

void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  PendingFile pending(path);
  const int file = ::open(pending.temporary().c_str(), O_WRONLY | O_CLOEXEC);
  int error = file < 0 ? errno : 0;
  while (error == 0 && !bytes.empty()) {
    const ssize_t n = ::write(file, bytes.data(), bytes.size());
    if (n >= 0) {
      bytes = bytes.subspan(static_cast<size_t>(n));
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  if (file >= 0 && ::close(file) != 0 && error == 0) error = errno;
  if (error != 0) cannot_write(path, error);
  pending.commit();
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  write_file(path, std::as_bytes(std::span(text)));
}

size_t remove_abandoned(const std::filesystem::path& folder) {
  size_t removed = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (!entry.path().filename().string().starts_with(temporary_prefix)) continue;
    const int file = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) continue;
    // The lock goes with the process that held it.
    if (::flock(file, LOCK_EX | LOCK_NB) == 0 && ::unlink(entry.path().c_str()) == 0) ++removed;
    ::close(file);
  }
  return removed;
}

}  // namespace ocellus::store
