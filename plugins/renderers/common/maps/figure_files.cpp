#include "plugins/renderers/common/maps/figure_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ocellus::maps {

FigureFiles::FigureFiles(const MapOptions& options)
    : formats_(without_repetitions(options.format.value())),
      style_{static_cast<double>(options.dpi.value()), static_cast<int>(options.quality.value())} {}

void FigureFiles::write(const Run& run, const Draw& draw, const Open& open) {
  std::map<drawing::Medium, drawing::Canvas> drawings;
  int unknown_glyphs = 0;
  for (const std::string& extension : formats_) {
    const drawing::Format format = drawing::format_named(extension);
    const drawing::Medium medium = drawing::medium_of(format);
    auto drawn = drawings.find(medium);
    if (drawn == drawings.end()) drawn = drawings.emplace(medium, draw(medium)).first;
    const drawing::Canvas& canvas = drawn->second;
    open(extension.c_str(), [&](const char* path) { drawing::write_picture(canvas, format, style_, path); });
    unknown_glyphs = std::max(unknown_glyphs, canvas.unknown_glyphs());
  }
  if (unknown_glyphs == 0 || warned_) return;
  warned_ = true;
  run.host().warn(
      fmt::format("{} letters in the pictures of sample {} are boxes, because no font has them: install "
                  "fonts-noto-core, and fonts-noto-cjk for Chinese, Japanese and Korean. Later samples may lack "
                  "letters too, which is not said again",
                  unknown_glyphs, run.text("id")));
}

}  // namespace ocellus::maps
