#include "plugins/renderers/common/chart_files.hpp"

#include "plugins/renderers/common/picture_file.hpp"

namespace ocellus::drawing {

void write_chart(ChartSpec spec, const std::vector<std::string>& formats, const OpenChart& open) {
  for (const std::string& extension : formats) {
    const Format format = format_named(extension);
    spec.medium = medium_of(format);
    const Canvas canvas = draw_chart(spec);
    open(extension.c_str(), [&](const char* path) { write_picture(canvas, format, {.dpi = spec.dpi}, path); });
  }
}

}  // namespace ocellus::drawing
