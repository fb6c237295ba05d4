// What frames become: a file that takes one picture after the other.
#pragma once

#include "plugins/renderers/common/raster.hpp"

namespace ocellus::mp4 {

// The file is whole once `finish` has returned; without it, the destructor removes what was begun.
class FilmFile {
 public:
  FilmFile() = default;
  FilmFile(const FilmFile&) = delete;
  FilmFile& operator=(const FilmFile&) = delete;
  virtual ~FilmFile() = default;

  // The next frame, of the size that the file was opened with.
  virtual void add(const drawing::Raster& frame) = 0;
  // After the last frame; there must be at least one.
  virtual void finish() = 0;
};

}  // namespace ocellus::mp4
