// Keeps libpng, libjpeg and OpenCV from writing to the terminal behind the host's back.
#pragma once

#include <cstdio>
#include <mutex>
#include <streambuf>

namespace ocellus::media {

// While one lives, what *this thread* writes to C stdio's `stderr` or to std::cerr is dropped; other threads' lines
// pass. The libraries offer no hook for their warnings that OpenCV would let us set. One at a time: the constructor
// waits.
class QuietStderr {
 public:
  QuietStderr();
  ~QuietStderr();
  QuietStderr(const QuietStderr&) = delete;
  QuietStderr& operator=(const QuietStderr&) = delete;

 private:
  std::unique_lock<std::mutex> lock_;
  std::FILE* saved_file_;
  std::streambuf* saved_buffer_;
};

}  // namespace ocellus::media
