#include "plugins/renderers/grid/grid_figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ocellus/sdk/error.hpp>

#include "plugins/renderers/common/colour_bar.hpp"
#include "plugins/renderers/common/flow.hpp"

namespace ocellus::grid {
namespace {

using drawing::Canvas;
using drawing::ColourBar;
using drawing::Flow;
using drawing::MapView;
using drawing::PixelRect;
using drawing::Rgb;

constexpr Rgb kGrey{85, 85, 85};
constexpr Rgb kWarning{160, 30, 20};
constexpr Rgb kFrame{255, 0, 0};

constexpr double kMarginPoints = 12.0;
constexpr double kGapPoints = 12.0;
constexpr double kLeadingPoints = 4.0;
constexpr double kFramePoints = 1.5;
constexpr double kMinColumnPoints = 60.0;
constexpr double kMinBarPoints = 60.0;
constexpr double kMaxBarPoints = 288.0;
constexpr double kMinTextPoints = 324.0;

class Composer {
 public:
  explicit Composer(const GridSpec& spec) : spec_(spec) {
    for (const auto& row : spec.rows) n_columns_ = std::max(n_columns_, static_cast<int>(row.size()));
    measure();
  }

  GridFigure compose(const VisitMap& visit) {
    const int margin = px(kMarginPoints);
    const int content = std::max(width_, px(kMinTextPoints));
    left_ = margin + (content - width_) / 2;
    Flow flow(margin, content, margin, spec_.dpi, spec_.font);
    write_head(flow);
    const int top = flow.y() + (spec_.bars == Bars::none ? 0 : overhang_above_);
    for (const auto& row : spec_.rows) place(flow, row);
    if (one_bar_) flow.skip_pixels(std::max(0, top + one_bar_height_ + one_bar_->overhang_below() - flow.y()));
    write_foot(flow);

    GridFigure figure{Canvas(content + 2 * margin, flow.y() + margin, drawing::kWhite, spec_.medium), cells_, {}};
    for (std::size_t map = 0; map < spec_.maps.size(); ++map) {
      visit(map, [&](const MapView& view) { draw_map(figure, map, view); });
    }
    if (one_bar_) {
      const int x = left_ + width_ - one_bar_->width();
      figure.colour_bars.push_back(one_bar_->draw(figure.canvas, x, cells_top_));
    }
    flow.draw(figure.canvas);
    return figure;
  }

 private:
  int px(double points) const { return drawing::to_pixels(points, spec_.dpi); }

  // Of the map's picture.
  PixelRect size_of(std::size_t map) const {
    const GridMap& of = spec_.maps[map];
    const double scale = spec_.cell_inches * spec_.dpi / std::max({of.width, of.height, 1});
    return {0, 0, std::max(1, static_cast<int>(std::lround(of.width * scale))),
            std::max(1, static_cast<int>(std::lround(of.height * scale)))};
  }

  ColourBar bar_of(std::size_t map, int height) const {
    const bool one_bar = spec_.bars == Bars::one;
    return ColourBar(
        {*spec_.colormap, spec_.maps[map].range, one_bar ? spec_.value_label : "", {}, height, spec_.dpi, spec_.font});
  }

  // A bar for each map stands at the first of its cells that has colours.
  bool has_bar(const Cell& cell, bool below_its_map) const {
    return spec_.bars == Bars::each && (cell.show == Show::map || (cell.show == Show::overlay && !below_its_map)) &&
           spec_.maps[cell.map].has_colours;
  }
  bool shows_map(std::size_t map) const {
    for (const auto& row : spec_.rows) {
      if (std::any_of(row.begin(), row.end(),
                      [&](const Cell& cell) { return cell.show == Show::map && cell.map == map; }))
        return true;
    }
    return false;
  }

  int bar_height(std::size_t map) const { return std::max(size_of(map).height, px(kMinBarPoints)); }

  void measure() {
    column_ = px(kMinColumnPoints);
    int total_height = 0;
    std::optional<std::size_t> coloured;
    for (std::size_t map = 0; map < spec_.maps.size(); ++map) {
      column_ = std::max(column_, size_of(map).width);
      if (!spec_.maps[map].has_colours) continue;
      if (!coloured) coloured = map;
      if (spec_.bars != Bars::each) continue;
      const ColourBar bar = bar_of(map, bar_height(map));
      bars_ = std::max(bars_, px(kGapPoints) / 2 + bar.width());
      overhang_above_ = std::max(overhang_above_, bar.overhang_above());
      overhang_below_ = std::max(overhang_below_, bar.overhang_below());
    }
    for (const auto& row : spec_.rows) total_height += row_height(row);
    width_ = n_columns_ * (column_ + bars_ + px(kGapPoints)) - px(kGapPoints);
    if (spec_.bars == Bars::one && coloured) {
      one_bar_height_ = std::clamp(total_height, px(kMinBarPoints), px(kMaxBarPoints));
      one_bar_.emplace(bar_of(*coloured, one_bar_height_));
      overhang_above_ = one_bar_->overhang_above();
      width_ += px(kGapPoints) + one_bar_->width();
    }
  }

  int row_height(const std::vector<Cell>& row) const {
    int height = 1;
    for (const Cell& cell : row) {
      if (cell.show == Show::nothing) continue;
      height = std::max(height, has_bar(cell, shows_map(cell.map)) ? bar_height(cell.map) : size_of(cell.map).height);
    }
    return height;
  }

  int column_x(std::size_t column) const {
    return left_ + static_cast<int>(column) * (column_ + bars_ + px(kGapPoints));
  }

  // Is a map's picture all that is shown of it?
  bool stands_for_map(std::size_t map) const {
    for (const auto& row : spec_.rows) {
      if (std::any_of(row.begin(), row.end(),
                      [&](const Cell& cell) { return cell.show != Show::source && cell.map == map; }))
        return false;
    }
    return true;
  }

  std::string title_of(const Cell& cell) const {
    switch (cell.show) {
      case Show::source:
        return stands_for_map(cell.map) ? spec_.maps[cell.map].title : "Original";
      case Show::map:
        return spec_.maps[cell.map].title;
      case Show::overlay:
        return shows_map(cell.map) ? "Overlay" : spec_.maps[cell.map].title;
      case Show::nothing:
        break;
    }
    return "";
  }

  // Those of the first of its map's cells.
  std::vector<std::string> notes_of(const Cell& cell) const {
    const bool first = cell.show == Show::map || (cell.show == Show::overlay && !shows_map(cell.map)) ||
                       (cell.show == Show::source && stands_for_map(cell.map));
    return first ? spec_.maps[cell.map].notes : std::vector<std::string>{};
  }

  void write_head(Flow& flow) const {
    if (!spec_.heading.empty()) flow.paragraph(spec_.heading, {.points = 16.0, .bold = true, .max_lines = 2});
    for (std::size_t i = 0; i < spec_.title.size(); ++i) {
      flow.paragraph(spec_.title[i], {.points = 11.0, .bold = i == 0, .max_lines = 3});
      flow.skip(kLeadingPoints / 2);
    }
    if (!spec_.subtitle.empty()) flow.paragraph(spec_.subtitle, {.points = 9.0, .colour = kGrey, .max_lines = 2});
    if (!spec_.heading.empty() || !spec_.title.empty() || !spec_.subtitle.empty()) flow.skip(2 * kLeadingPoints);
  }

  void place(Flow& flow, const std::vector<Cell>& row) {
    const double points = std::clamp(3.2 * spec_.cell_inches, 7.0, 12.0);
    using Captions = std::vector<std::pair<std::string, PixelRect>>;
    Captions titles;
    std::vector<Captions> notes;  // by line
    for (std::size_t k = 0; k < row.size(); ++k) {
      const PixelRect column{column_x(k), 0, column_, 0};
      titles.emplace_back(spec_.cell_titles ? title_of(row[k]) : "", column);
      const std::vector<std::string> lines = notes_of(row[k]);
      notes.resize(std::max(notes.size(), lines.size()));
      for (std::size_t i = 0; i < lines.size(); ++i) notes[i].emplace_back(lines[i], column);
    }
    const int before = flow.y();
    flow.captions(titles, {.points = points, .bold = true, .max_lines = 2});
    for (const Captions& line : notes) flow.captions(line, {.points = 0.75 * points, .colour = kGrey, .max_lines = 2});
    if (flow.y() > before) flow.skip(kLeadingPoints / 2);
    if (spec_.bars == Bars::each || cells_.empty()) flow.skip_pixels(overhang_above_);
    if (cells_.empty()) cells_top_ = flow.y();
    const int height = row_height(row);
    std::vector<PixelRect>& places = cells_.emplace_back();
    for (std::size_t k = 0; k < row.size(); ++k) {
      PixelRect& cell = places.emplace_back(PixelRect{});
      if (row[k].show == Show::nothing) continue;
      cell = size_of(row[k].map);
      cell.x = column_x(k) + (column_ - cell.width) / 2;
      cell.y = flow.y() + (height - cell.height) / 2;
    }
    flow.skip_pixels(height + overhang_below_);
    flow.skip(2 * kLeadingPoints);
  }

  void write_foot(Flow& flow) const {
    for (const std::string& remark : spec_.remarks) {
      flow.paragraph(remark, {.points = 8.0, .colour = kGrey, .max_lines = 6});
      flow.skip(kLeadingPoints / 2);
    }
    for (const std::string& warning : spec_.warnings) {
      flow.paragraph(warning, {.points = 9.0, .colour = kWarning, .max_lines = 6});
      flow.skip(kLeadingPoints / 2);
    }
  }

  void draw_map(GridFigure& figure, std::size_t map, const MapView& view) const {
    drawing::check(view);
    const GridMap& of = spec_.maps[map];
    drawing::ViewStyle style{{*spec_.colormap, of.range, spec_.interpolation, spec_.alpha}};
    style.line_width = spec_.dpi / 72.0;
    style.dpi = spec_.dpi;
    style.font = spec_.font;
    style.cell_borders = spec_.cell_borders;
    for (std::size_t r = 0; r < spec_.rows.size(); ++r) {
      for (std::size_t k = 0; k < spec_.rows[r].size(); ++k) {
        const Cell& cell = spec_.rows[r][k];
        if (cell.show == Show::nothing || cell.map != map) continue;
        const PixelRect& place = cells_[r][k];
        switch (cell.show) {
          case Show::source:
            figure.canvas.draw(drawing::Raster::scaled(view.source, place.width, place.height), place.x, place.y);
            break;
          case Show::map:
            drawing::draw_map_alone(figure.canvas, place, view, style);
            break;
          default:
            drawing::draw_heat(figure.canvas, place, view, style);
        }
        if (has_bar(cell, shows_map(map))) {
          const int height = bar_height(map), x = column_x(k) + column_ + px(kGapPoints) / 2;
          figure.colour_bars.push_back(
              bar_of(map, height).draw(figure.canvas, x, place.y + (place.height - height) / 2));
        }
        if (of.framed && cell.show != Show::source) draw_frame(figure.canvas, place);
      }
    }
  }

  // Around the cell, so that it hides nothing.
  void draw_frame(Canvas& canvas, const PixelRect& cell) const {
    const double line = std::max(1.0, std::round(kFramePoints * spec_.dpi / 72.0)), half = line / 2;
    canvas.outline(cell.x - half, cell.y - half, cell.x + cell.width + half, cell.y + cell.height + half, kFrame, line,
                   {0, 0, canvas.width(), canvas.height()});
  }

  const GridSpec& spec_;
  int n_columns_ = 0;
  int column_ = 0;  // width of a picture's place
  int bars_ = 0;    // width of what stands beside each
  int width_ = 0, left_ = 0, cells_top_ = 0;
  int overhang_above_ = 0, overhang_below_ = 0;  // of bars, beyond their colours
  std::optional<ColourBar> one_bar_;
  int one_bar_height_ = 0;
  std::vector<std::vector<PixelRect>> cells_;
};

}  // namespace

GridFigure draw_grid(const GridSpec& spec, const VisitMap& visit) {
  // More pixels than a canvas can have would not even fit an int.
  const double longest = spec.dpi * spec.cell_inches;
  if (!(longest >= 16.0 && longest <= drawing::Raster::kMaxSide)) {
    throw Error(OC_E_OPTION, fmt::format("cells of {} inches at dpi={} are not possible; choose 16 to {} pixels a cell",
                                         spec.cell_inches, spec.dpi, drawing::Raster::kMaxSide));
  }
  return Composer(spec).compose(visit);
}

}  // namespace ocellus::grid
