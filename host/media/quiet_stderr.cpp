#include "host/media/quiet_stderr.hpp"

#include <unistd.h>

#include <iostream>

namespace ocellus::media {
namespace {

std::mutex one_at_a_time;
thread_local bool muted = false;

ssize_t write_unless_muted(void*, const char* text, std::size_t size) {
  return muted ? static_cast<ssize_t>(size) : ::write(STDERR_FILENO, text, size);
}

// std::cerr's way to the same filter.
class FilteredBuffer : public std::streambuf {
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const char text = traits_type::to_char_type(c);
    return xsputn(&text, 1) == 1 ? c : traits_type::eof();
  }
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    return write_unless_muted(nullptr, text, static_cast<std::size_t>(size));
  }
};

// Unbuffered like the real one; lives as long as the process, because a thread may still hold it. Null if there is
// no memory for it, and then nothing is muted.
std::FILE* filtered_stderr() {
  static std::FILE* const stream = [] {
    std::FILE* made = ::fopencookie(nullptr, "w", {nullptr, write_unless_muted, nullptr, nullptr});
    if (made) std::setvbuf(made, nullptr, _IONBF, 0);
    return made;
  }();
  return stream;
}

}  // namespace

// The GNU C library documents its standard streams as ordinary variables that may be set.
QuietStderr::QuietStderr() : lock_(one_at_a_time), saved_file_(stderr) {
  static FilteredBuffer buffer;
  saved_buffer_ = std::cerr.rdbuf(&buffer);
  if (auto* const stream = filtered_stderr()) stderr = stream;
  muted = true;
}

QuietStderr::~QuietStderr() {
  muted = false;
  stderr = saved_file_;
  std::cerr.rdbuf(saved_buffer_);
}

}  // namespace ocellus::media
