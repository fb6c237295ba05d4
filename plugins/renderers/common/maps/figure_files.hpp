// A figure as files of the formats that were asked for.
#pragma once

#include <functional>
#include <ocellus/sdk/run.hpp>
#include <string>
#include <vector>

#include "plugins/renderers/common/canvas.hpp"
#include "plugins/renderers/common/maps/map_options.hpp"
#include "plugins/renderers/common/picture_file.hpp"

namespace ocellus::maps {

class FigureFiles {
 public:
  // `options` outlives it; bound.
  explicit FigureFiles(const MapOptions& options);

  using Draw = std::function<drawing::Canvas(drawing::Medium)>;
  // Has the host name a file and calls `write(path)`; see Run::output.
  using Open = std::function<void(const char* extension, const std::function<void(const char* path)>& write)>;

  // Draws once for all formats of a medium. Says once, for the sample that `run` is at, that letters are missing.
  void write(const Run& run, const Draw& draw, const Open& open);

 private:
  std::vector<std::string> formats_;
  drawing::FileStyle style_;
  bool warned_ = false;
};

}  // namespace ocellus::maps
