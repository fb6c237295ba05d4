#include "plugins/renderers/common/map_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ocellus/sdk/error.hpp>

#include "plugins/renderers/common/contour.hpp"
#include "plugins/renderers/common/label_placement.hpp"
#include "plugins/renderers/common/rimmed.hpp"
#include "plugins/renderers/common/text_block.hpp"

namespace ocellus::drawing {
namespace {

constexpr Rgb kHatching{85, 85, 85};

void draw_hatching(Canvas& canvas, const PixelRect& area, double line_width) {
  canvas.fill(area, kWhite, 0.5);
  canvas.hatch(area, kHatching, line_width, 10 * line_width);
  canvas.outline(area.x, area.y, area.x + area.width, area.y + area.height, kHatching, 2 * line_width, area);
}

Extent in_pixels(const Extent& box, const PixelRect& area) {
  return {area.x + box.x0 * area.width, area.y + box.y0 * area.height, area.x + box.x1 * area.width,
          area.y + box.y1 * area.height};
}

// Faint lines, whole pixels wide and on whole pixels: an odd one begins where the cell does. None on the edges of the
// picture.
void draw_cell_borders(Canvas& canvas, const PixelRect& area, const MapView& view, const ViewStyle& style) {
  constexpr double opacity = 0.3;
  const double width = std::max(1.0, std::round(style.line_width / 2));
  const double centre = std::fmod(width, 2.0) / 2;
  const std::vector<int> xs = cell_edges(view.map.width, view.extent.x0, view.extent.x1, area.width);
  const std::vector<int> ys = cell_edges(view.map.height, view.extent.y0, view.extent.y1, area.height);
  std::vector<Polyline> lines;
  for (const int x : xs) {
    if (x == 0 || x == area.width) continue;
    const double at = area.x + x + centre;
    lines.push_back({{{at, 1.0 * area.y + ys.front()}, {at, 1.0 * area.y + ys.back()}}});
  }
  for (const int y : ys) {
    if (y == 0 || y == area.height) continue;
    const double at = area.y + y + centre;
    lines.push_back({{{1.0 * area.x + xs.front(), at}, {1.0 * area.x + xs.back(), at}}});
  }
  canvas.stroke_dashed(lines, kWhite, opacity, width, area);
}

// From the picture's frame to that of the map; without those that lie beside the map.
std::vector<Mark> marks_on_map(const MapView& view) {
  const double width = view.extent.x1 - view.extent.x0, height = view.extent.y1 - view.extent.y0;
  std::vector<Mark> marks;
  for (const Mark& mark : view.marks) {
    const Extent box{(mark.box.x0 - view.extent.x0) / width, (mark.box.y0 - view.extent.y0) / height,
                     (mark.box.x1 - view.extent.x0) / width, (mark.box.y1 - view.extent.y0) / height};
    if (box.x0 >= 1 || box.x1 <= 0 || box.y0 >= 1 || box.y1 <= 0) continue;
    marks.push_back(mark);
    marks.back().box = box;
  }
  return marks;
}

// Black on white with a frame, so that they read on any picture; a line leads to a box that is not next to its tag.
class Tags {
 public:
  Tags(const MapView& view, const PixelRect& area, const ViewStyle& style, std::string Mark::*text)
      : area_(area), line_width_(style.line_width), pad_(std::max(1, static_cast<int>(std::lround(2 * line_width_)))) {
    const TextStyle letters{.points = style.tag_points, .max_lines = 1, .family = style.font};
    for (const Mark& mark : view.marks) {
      if ((mark.*text).empty()) continue;
      const TextBlock& block = texts_.emplace_back(mark.*text, letters, -1, style.dpi);
      const Extent box = in_pixels(mark.box, area);
      const int x = static_cast<int>(std::lround(box.x0)), y = static_cast<int>(std::lround(box.y0));
      boxes_.push_back({{x, y, static_cast<int>(std::lround(box.x1)) - x, static_cast<int>(std::lround(box.y1)) - y},
                        block.width() + 2 * pad_,
                        block.height() + 2});
    }
    places_ = place_labels(boxes_, area);
  }

  // Every tag stands at its own box.
  bool at_home() const {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (!places_[i] || !adjoins(*places_[i], boxes_[i].box)) return false;
    }
    return true;
  }

  void draw(Canvas& canvas) const {
    std::vector<Polyline> leaders;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (!places_[i] || adjoins(*places_[i], boxes_[i].box)) continue;
      leaders.push_back({{middle(*places_[i]), middle(boxes_[i].box)}});
    }
    draw_lines(canvas, leaders, kWhite, line_width_, area_);
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (!places_[i]) continue;
      const PixelRect& place = *places_[i];
      canvas.fill(place, kBlack);
      canvas.fill({place.x + 1, place.y + 1, place.width - 2, place.height - 2}, kWhite);
      canvas.draw(texts_[i], place.x + pad_, place.y + 1);
    }
  }

 private:
  static Point middle(const PixelRect& rect) { return {rect.x + rect.width / 2.0, rect.y + rect.height / 2.0}; }

  PixelRect area_;
  double line_width_;
  int pad_;
  std::vector<TextBlock> texts_;
  std::vector<LabelledBox> boxes_;
  std::vector<std::optional<PixelRect>> places_;
};

void draw_marks(Canvas& canvas, const PixelRect& area, const MapView& view, const ViewStyle& style) {
  std::vector<Frame> frames;
  for (const Mark& mark : view.marks) frames.push_back({in_pixels(mark.box, area), mark.colour});
  draw_frames(canvas, frames, style.line_width, area);
  const Tags tags(view, area, style, &Mark::tag);
  if (tags.at_home()) {
    tags.draw(canvas);
  } else {
    Tags(view, area, style, &Mark::short_tag).draw(canvas);
  }
}

}  // namespace

void check(const MapView& view) {
  const ImageView& source = view.source;
  if (source.width < 1 || source.height < 1 ||
      source.rgb.size() != static_cast<std::size_t>(source.width) * static_cast<std::size_t>(source.height) * 3) {
    throw Error(OC_E_INTERNAL,
                fmt::format("{} bytes are no RGB picture of {} x {} pixels; this is a fault of the caller",
                            source.rgb.size(), source.width, source.height));
  }
  if (view.degenerate.empty()) check(view.map);
}

void draw_source(Canvas& canvas, const PixelRect& area, const MapView& view, const ViewStyle&) {
  canvas.draw(Raster::scaled(view.source, area.width, area.height), area.x, area.y);
}

void draw_heat(Canvas& canvas, const PixelRect& area, const MapView& view, const ViewStyle& style) {
  Raster raster = Raster::scaled(view.source, area.width, area.height);
  if (view.degenerate.empty()) paint_heat(raster, view.map, view.extent, style.heat);
  canvas.draw(raster, area.x, area.y);
  if (!view.degenerate.empty()) {
    draw_hatching(canvas, area, style.line_width);
  } else if (style.cell_borders) {
    draw_cell_borders(canvas, area, view, style);
  }
  draw_marks(canvas, area, view, style);
}

void draw_map_alone(Canvas& canvas, const PixelRect& area, const MapView& view, const ViewStyle& style) {
  if (view.degenerate.empty()) {
    Raster raster(area.width, area.height);
    HeatStyle opaque = style.heat;
    opaque.alpha = 1.0;
    paint_heat(raster, view.map, view.extent, opaque);
    canvas.draw(raster, area.x, area.y);
  } else {
    draw_hatching(canvas, area, style.line_width);
  }
  draw_marks(canvas, area, view, style);
}

void draw_cells(Canvas& canvas, const PixelRect& area, const MapView& view, const ViewStyle& style) {
  MapView alone = view;
  alone.marks = marks_on_map(view);
  alone.extent = {};
  ViewStyle cells = style;
  cells.heat.interpolation = Interpolation::nearest;
  draw_map_alone(canvas, area, alone, cells);
  // Around them: the last colour of some maps is white, as the paper is.
  const double line = std::max(1.0, std::round(style.line_width / 2)), half = line / 2;
  canvas.outline(area.x - half, area.y - half, area.x + area.width + half, area.y + area.height + half, kHatching, line,
                 {0, 0, canvas.width(), canvas.height()});
}

void draw_contours(Canvas& canvas, const PixelRect& area, const MapView& view, const ViewStyle& style) {
  draw_source(canvas, area, view, style);
  if (view.degenerate.empty()) {
    if (style.cell_borders) draw_cell_borders(canvas, area, view, style);
    const Extent whole = in_pixels(view.extent, area);
    for (const double level : style.levels) {
      std::vector<Polyline> lines = iso_lines(view.map, level);
      for (Polyline& line : lines) {
        for (Point& point : line.points) {
          point.x = whole.x0 + point.x / view.map.width * (whole.x1 - whole.x0);
          point.y = whole.y0 + point.y / view.map.height * (whole.y1 - whole.y0);
        }
      }
      const Rgb colour = style.heat.colormap(normalise(static_cast<float>(level), style.heat.range));
      draw_lines(canvas, lines, colour, 1.5 * style.line_width, area);
    }
  } else {
    draw_hatching(canvas, area, style.line_width);
  }
  draw_marks(canvas, area, view, style);
}

}  // namespace ocellus::drawing
