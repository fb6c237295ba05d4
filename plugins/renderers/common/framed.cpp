#include "plugins/renderers/common/framed.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "plugins/renderers/common/colour_bar.hpp"
#include "plugins/renderers/common/figure_scale.hpp"
#include "plugins/renderers/common/flow.hpp"

namespace ocellus::drawing {
namespace {

constexpr Rgb kGrey{85, 85, 85};
constexpr Rgb kWarning{160, 30, 20};

constexpr double kMarginPoints = 12.0;
constexpr double kGapPoints = 16.0;       // between the columns
constexpr double kLeadingPoints = 5.0;    // between lines of different kinds
constexpr double kMinTextPoints = 324.0;  // width that text gets, however narrow the pictures are
constexpr double kMinColumnPoints = 100.0;
constexpr double kMinBarPoints = 80.0;

class Framed {
 public:
  Framed(const FigureSpec& spec, const std::vector<Pane>& panes) : spec_(spec), panes_(panes) {
    check(spec);
    fill_rows();
    make_bars();
    lay_out_columns();
  }

  Figure compose() {
    const int margin = px(kMarginPoints);
    const int content = std::max(width_, px(kMinTextPoints));
    left_ = margin + (content - width_) / 2;

    Flow flow(margin, content, margin, spec_.dpi, spec_.font);
    write_title(flow);
    write_captions(flow);
    for (Row& row : rows_) {
      if (&row != &rows_.front()) {
        const int overhangs = overhang_below(*(&row - 1)) + overhang_above(row);
        flow.skip_pixels(std::max(px(kGapPoints), overhangs + px(kLeadingPoints)));
      }
      place(flow, row);
    }
    flow.skip_pixels(std::max(px(kLeadingPoints), overhang_below(rows_.back())));
    flow.skip(kLeadingPoints / 2);
    write_explanation(flow);

    Figure figure{Canvas(content + 2 * margin, flow.y() + margin, kWhite, spec_.medium)};
    for (const Row& row : rows_) {
      for (const Slot& slot : row.slots) draw(figure, row, slot);
    }
    flow.draw(figure.canvas);
    return figure;
  }

 private:
  // A view in one of its panes.
  struct Slot {
    const Pane* pane;
    std::size_t view;
    std::size_t column;
    PixelRect place;  // its size, then its place too
  };
  struct Row {
    std::vector<Slot> slots;
    int y = 0;
    int height = 0;
  };
  struct Column {
    int x = 0;      // from the left of the row
    int width = 0;  // without the bar
  };

  int px(double points) const { return to_pixels(points, spec_.dpi); }
  bool is_stacked() const { return spec_.views.size() > 1; }

  ViewStyle framed_style(const MapView& view) const {
    ViewStyle style = style_of(spec_, view);
    style.line_width = spec_.dpi / 72.0;
    style.dpi = spec_.dpi;
    return style;
  }

  PixelRect size_of(const Pane& pane, const MapView& view) const {
    const double longest = spec_.picture_inches * spec_.dpi;
    const double scale = longest / std::max(view.source.width, view.source.height);
    double width = view.source.width * scale, height = view.source.height * scale;
    if (pane.shape == PaneShape::grid) {
      // As high as the picture; a panorama's is higher, so that its cells can be told.
      const double columns = std::max(1, view.map.width), rows = std::max(1, view.map.height);
      height = std::max(height, 1.0 * px(kMinColumnPoints));
      width = std::min(longest, height * columns / rows);
      height = width * rows / columns;
    }
    return {0, 0, std::max(1, static_cast<int>(std::lround(width))),
            std::max(1, static_cast<int>(std::lround(height)))};
  }

  void fill_rows() {
    for (std::size_t p = 0; p < panes_.size(); ++p) {
      if (p == 0 || is_stacked()) rows_.emplace_back();
      for (std::size_t v = 0; v < spec_.views.size(); ++v) {
        rows_.back().slots.push_back({&panes_[p], v, is_stacked() ? v : p, size_of(panes_[p], spec_.views[v])});
      }
    }
  }

  const ColourBar* bar_of(const Slot& slot) const {
    return slot.pane->bar != PaneBar::none && bars_[slot.view] ? &*bars_[slot.view] : nullptr;
  }

  // All bars of a row are as high as the highest of the maps beside them.
  int bar_height(const Row& row) const {
    int height = px(kMinBarPoints);
    for (const Slot& slot : row.slots)
      height = std::max(height, slot.pane->bar != PaneBar::none ? slot.place.height : 0);
    return height;
  }

  void make_bars() {
    bars_.resize(spec_.views.size());
    std::optional<ColourBar>* last = nullptr;
    for (const Row& row : rows_) {
      for (const Slot& slot : row.slots) {
        const MapView& view = spec_.views[slot.view];
        if (slot.pane->bar == PaneBar::none || !view.degenerate.empty()) continue;
        // On one scale, the bar of the last map is the bar of all.
        if (last != nullptr && is_one_scale(spec_)) last->reset();
        last = &bars_[slot.view];
        const ViewStyle style = style_of(spec_, view);
        last->emplace(ColourBarSpec{*spec_.colormap, style.heat.range, spec_.value_label,
                                    slot.pane->bar == PaneBar::levels ? style.levels : std::vector<double>{},
                                    bar_height(row), spec_.dpi, spec_.font});
      }
    }
  }

  void lay_out_columns() {
    std::vector<int> bars;  // widths
    for (Row& row : rows_) {
      for (const Slot& slot : row.slots) {
        columns_.resize(std::max(columns_.size(), slot.column + 1), {0, px(kMinColumnPoints)});
        bars.resize(columns_.size());
        columns_[slot.column].width = std::max(columns_[slot.column].width, slot.place.width);
        row.height = std::max(row.height, slot.place.height);
        if (const ColourBar* bar = bar_of(slot)) {
          bars[slot.column] = px(kGapPoints) / 2 + bar->width();
          row.height = std::max(row.height, bar_height(row));
        }
      }
    }
    int x = 0;
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      columns_[k].x = x;
      x += columns_[k].width + bars[k] + px(kGapPoints);
    }
    width_ = x - px(kGapPoints);
  }

  int overhang_above(const Row& row) const {
    int overhang = 0;
    for (const Slot& slot : row.slots) {
      if (const ColourBar* bar = bar_of(slot)) overhang = std::max(overhang, bar->overhang_above());
    }
    return overhang;
  }
  int overhang_below(const Row& row) const {
    int overhang = 0;
    for (const Slot& slot : row.slots) {
      if (const ColourBar* bar = bar_of(slot)) overhang = std::max(overhang, bar->overhang_below());
    }
    return overhang;
  }

  void write_title(Flow& flow) const {
    for (std::size_t i = 0; i < spec_.title.size(); ++i) {
      flow.paragraph(spec_.title[i], {.points = 12.0, .bold = i == 0, .max_lines = 4});
      flow.skip(kLeadingPoints / 2);
    }
    for (const std::string& line : spec_.subtitle) {
      flow.paragraph(line, {.points = 9.0, .colour = kGrey, .max_lines = 2});
    }
    if (!spec_.title.empty() || !spec_.subtitle.empty()) flow.skip(2 * kLeadingPoints);
  }

  void write_captions(Flow& flow) const {
    std::vector<std::pair<std::string, PixelRect>> captions;
    for (const Slot& slot : rows_.front().slots) {
      const MapView& view = spec_.views[slot.view];
      const std::string name = view.note.empty() ? view.name : view.name + " · " + view.note;
      const Column& column = columns_[slot.column];
      captions.push_back({is_stacked() ? name : slot.pane->caption, {left_ + column.x, 0, column.width, 0}});
    }
    const int above = flow.y();
    flow.captions(captions);
    const bool has_captions = flow.y() > above;
    if (has_captions) flow.skip(kLeadingPoints);
    // A bar needs room for the label at its end, which may stand beside the captions of one view, not above them.
    if (!has_captions || is_stacked()) flow.skip_pixels(overhang_above(rows_.front()));
  }

  // Pictures centred in their columns and in the row, which the flow then leaves behind.
  void place(Flow& flow, Row& row) const {
    row.y = flow.y();
    for (Slot& slot : row.slots) {
      const Column& column = columns_[slot.column];
      slot.place.x = left_ + column.x + (column.width - slot.place.width) / 2;
      slot.place.y = row.y + (row.height - slot.place.height) / 2;
    }
    flow.skip_pixels(row.height);
  }

  void draw(Figure& figure, const Row& row, const Slot& slot) const {
    const MapView& view = spec_.views[slot.view];
    slot.pane->draw(figure.canvas, slot.place, view, framed_style(view));
    (figure.*(slot.pane->places)).push_back(slot.place);
    if (const ColourBar* bar = bar_of(slot)) {
      const Column& column = columns_[slot.column];
      const int x = left_ + column.x + column.width + px(kGapPoints) / 2;
      figure.colour_bars.push_back(bar->draw(figure.canvas, x, row.y + (row.height - bar_height(row)) / 2));
    }
  }

  void write_explanation(Flow& flow) const {
    for (const MapView& view : spec_.views) {
      if (&view != &spec_.views.front()) flow.skip(kLeadingPoints / 2);
      const std::string name = is_stacked() && !view.name.empty() ? view.name + ": " : "";
      if (view.degenerate.empty()) {
        flow.paragraph(name + range_sentence(spec_, view), {.points = 8.0, .colour = kGrey});
      } else {
        flow.paragraph(name + view.degenerate, {.points = 10.0, .colour = kWarning, .max_lines = 4});
      }
      for (const Mark& mark : view.marks) {
        if (mark.label.empty()) continue;
        flow.skip(kLeadingPoints / 2);
        flow.legend(mark.colour, name + mark.label);
      }
    }
  }

  const FigureSpec& spec_;
  const std::vector<Pane>& panes_;
  std::vector<Row> rows_;
  std::vector<Column> columns_;
  std::vector<std::optional<ColourBar>> bars_;  // by view
  int width_ = 0;                               // of the rows
  int left_ = 0;
};

}  // namespace

Figure draw_framed(const FigureSpec& spec, const std::vector<Pane>& panes) {
  return Framed(spec, panes).compose();
}

}  // namespace ocellus::drawing
