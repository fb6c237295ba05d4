#include "plugins/renderers/mp4/running_text.hpp"

#include <pango/pangocairo.h>

#include <algorithm>
#include <memory>
#include <ocellus/sdk/error.hpp>

namespace ocellus::mp4 {
namespace {

using drawing::Raster;
using drawing::Rgb;

constexpr double kDpi = 72.0;
constexpr double kTint = 0.25;  // of the current unit's colour behind its letters

int to_pixels(int pango_units) {
  return PANGO_PIXELS(pango_units);
}

Rgb mix(Rgb over, Rgb under, int coverage) {
  const auto channel = [coverage](int a, int b) {
    return static_cast<std::uint8_t>((a * coverage + b * (255 - coverage) + 127) / 255);
  };
  return {channel(over.r, under.r), channel(over.g, under.g), channel(over.b, under.b)};
}

// Letters of neighbouring tokens must not become one shape, unless the script demands it.
void forbid_ligatures(PangoLayout* layout) {
  PangoAttrList* attributes = pango_layout_get_attributes(layout);
  pango_attr_list_insert(attributes, pango_attr_font_features_new("liga=0, clig=0, dlig=0"));
  pango_layout_set_attributes(layout, attributes);
}

// One line's coverage, to which runs of glyphs are added one at a time.
class Stencil {
 public:
  Stencil(int width, int height)
      : surface_(cairo_image_surface_create(CAIRO_FORMAT_A8, width, height), cairo_surface_destroy),
        context_(cairo_create(surface_.get()), cairo_destroy) {
    if (cairo_surface_status(surface_.get()) != CAIRO_STATUS_SUCCESS) {
      throw Error(OC_E_MEMORY, "there is no memory for the text of a film");
    }
  }

  // Calls ink(index, coverage) for every pixel that the glyphs cover, and forgets them.
  template <class Ink>
  void stamp(PangoFont* font, PangoGlyphString& glyphs, double x, double baseline, Ink&& ink) {
    cairo_move_to(context_.get(), x, baseline);
    pango_cairo_show_glyph_string(context_.get(), font, &glyphs);
    cairo_surface_flush(surface_.get());
    unsigned char* const data = cairo_image_surface_get_data(surface_.get());
    const int stride = cairo_image_surface_get_stride(surface_.get());
    const int width = cairo_image_surface_get_width(surface_.get());
    for (int y = 0; y < cairo_image_surface_get_height(surface_.get()); ++y) {
      unsigned char* const row = data + static_cast<std::ptrdiff_t>(y) * stride;
      for (int column = 0; column < width; ++column) {
        if (row[column] != 0)
          ink(static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(column), row[column]);
      }
      std::fill(row, row + width, static_cast<unsigned char>(0));
    }
    cairo_surface_mark_dirty(surface_.get());
  }

 private:
  std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface_;
  std::unique_ptr<cairo_t, decltype(&cairo_destroy)> context_;
};

// Neighbouring glyphs of a run, [first, last), whose letters are of one unit.
struct Piece {
  size_t unit;
  int first, last;
};

// In the order of the text; from right to left their glyphs are in the opposite one.
std::vector<Piece> pieces_of(PangoGlyphItem* run, const std::string& text, const std::vector<size_t>& begins) {
  std::vector<Piece> pieces;
  PangoGlyphItemIter cluster;
  for (bool more = pango_glyph_item_iter_init_start(&cluster, run, text.c_str()) != 0; more;
       more = pango_glyph_item_iter_next_cluster(&cluster) != 0) {
    const auto after = std::upper_bound(begins.begin(), begins.end(), static_cast<size_t>(cluster.start_index));
    const auto unit = static_cast<size_t>(after - begins.begin()) - 1;
    const bool rightwards = cluster.start_glyph < cluster.end_glyph;
    const int first = rightwards ? cluster.start_glyph : cluster.end_glyph + 1;
    const int last = rightwards ? cluster.end_glyph : cluster.start_glyph + 1;
    if (!pieces.empty() && pieces.back().unit == unit) {
      pieces.back().first = std::min(pieces.back().first, first);
      pieces.back().last = std::max(pieces.back().last, last);
    } else {
      pieces.push_back({unit, first, last});
    }
  }
  return pieces;
}

}  // namespace

std::string displayable(std::string_view unit) {
  const std::unique_ptr<char, decltype(&g_free)> valid(g_utf8_make_valid(unit.data(), static_cast<gssize>(unit.size())),
                                                       g_free);
  std::string out;
  for (const char* p = valid.get(); *p != '\0'; p = g_utf8_next_char(p)) {
    const gunichar c = g_utf8_get_char(p);
    if (c == '\r') continue;
    const gunichar shown = c == '\t' ? ' ' : (c < 0x20 && c != '\n') || (c >= 0x7F && c < 0xA0) ? 0xFFFD : c;
    char bytes[6];
    out.append(bytes, static_cast<size_t>(g_unichar_to_utf8(shown, bytes)));
  }
  return out;
}

RunningText::RunningText(std::span<const std::string> units, const drawing::TextStyle& style, int width)
    : width_(width),
      bar_(std::max(2, static_cast<int>(style.points / 3))),
      places_(units.size()),
      has_ink_(units.size(), false) {
  std::string text;
  std::vector<size_t> begins;  // of each unit; units without text begin where the next one does
  for (const std::string& unit : units) {
    begins.push_back(text.size());
    text += unit;
  }
  const drawing::LayoutPointer layout = drawing::make_layout(text, style, width, kDpi);
  forbid_ligatures(layout.get());
  unknown_glyphs_ = pango_layout_get_unknown_glyphs_count(layout.get());
  take_letters(layout.get(), text, begins);
  place_letterless(layout.get(), begins);
}

void RunningText::take_letters(PangoLayout* layout, const std::string& text, const std::vector<size_t>& begins) {
  const std::unique_ptr<PangoLayoutIter, decltype(&pango_layout_iter_free)> at(pango_layout_get_iter(layout),
                                                                               pango_layout_iter_free);
  std::unique_ptr<Stencil> stencil;
  bool new_line = true;
  do {
    if (new_line) {
      int top = 0, bottom = 0;
      pango_layout_iter_get_line_yrange(at.get(), &top, &bottom);
      Line& line = lines_.emplace_back(Line{to_pixels(top), std::max(1, to_pixels(bottom) - to_pixels(top))});
      const size_t n_pixels = static_cast<size_t>(width_) * static_cast<size_t>(line.height);
      line.coverage.resize(n_pixels);
      line.unit.resize(n_pixels);
      stencil = std::make_unique<Stencil>(width_, line.height);
      new_line = false;
    }
    PangoGlyphItem* const run = pango_layout_iter_get_run_readonly(at.get());
    if (run == nullptr) {  // the end of a line
      new_line = true;
      continue;
    }
    PangoRectangle logical;
    pango_layout_iter_get_run_extents(at.get(), nullptr, &logical);
    Line& line = lines_.back();
    const double baseline = static_cast<double>(pango_layout_iter_get_baseline(at.get())) / PANGO_SCALE - line.top;
    std::vector<int> x{logical.x};  // of each glyph, and of the end
    for (int glyph = 0; glyph < run->glyphs->num_glyphs; ++glyph) {
      x.push_back(x.back() + run->glyphs->glyphs[glyph].geometry.width);
    }
    for (const Piece& piece : pieces_of(run, text, begins)) {
      PangoGlyphString glyphs = *run->glyphs;
      glyphs.num_glyphs = piece.last - piece.first;
      glyphs.glyphs += piece.first;
      glyphs.log_clusters += piece.first;
      const int x0 = x[static_cast<size_t>(piece.first)], x1 = x[static_cast<size_t>(piece.last)];
      const double from = static_cast<double>(x0) / PANGO_SCALE;
      stencil->stamp(run->item->analysis.font, glyphs, from, baseline, [&](size_t pixel, std::uint8_t coverage) {
        if (coverage <= line.coverage[pixel]) return;
        line.coverage[pixel] = coverage;
        line.unit[pixel] = static_cast<std::uint32_t>(piece.unit);
        has_ink_[piece.unit] = true;
      });
      // A blank at the end of a line may hang over it.
      const int left = std::clamp(to_pixels(x0), 0, width_ - bar_);
      places_[piece.unit].push_back({lines_.size() - 1, left, std::clamp(to_pixels(x1), left + bar_, width_)});
    }
  } while (pango_layout_iter_next_run(at.get()) != 0);
}

void RunningText::place_letterless(PangoLayout* layout, const std::vector<size_t>& begins) {
  for (size_t unit = 0; unit < places_.size(); ++unit) {
    if (!places_[unit].empty()) continue;
    int line = 0, x = 0;
    pango_layout_index_to_line_x(layout, static_cast<int>(begins[unit]), 0, &line, &x);
    const int left = std::clamp(to_pixels(x), 0, width_ - bar_);
    places_[unit].push_back({std::min(static_cast<size_t>(line), lines_.size() - 1), left, left + bar_});
  }
}

Raster RunningText::draw(int height, size_t current, std::span<const Rgb> colours) const {
  const size_t last = line_of(current);
  const int bottom = lines_[last].top + lines_[last].height;
  size_t first = 0;
  while (first < last && bottom - lines_[first].top > height) ++first;

  Raster panel(width_, height);
  const Rgb mark =
      has_ink_[current] ? mix(colours[current], drawing::kWhite, static_cast<int>(kTint * 255)) : colours[current];
  panel.edit_rows([&](int y, std::span<Raster::Pixel> pixels) {
    std::fill(pixels.begin(), pixels.end(), Raster::pack(drawing::kWhite));
    const int in_text = y + lines_[first].top;
    size_t at = first;
    while (at <= last && in_text >= lines_[at].top + lines_[at].height) ++at;
    if (at > last) return;
    const Line& line = lines_[at];
    for (const Place& place : places_[current]) {
      if (place.line != at) continue;
      std::fill(pixels.begin() + place.x0, pixels.begin() + place.x1, Raster::pack(mark));
    }
    const size_t row = static_cast<size_t>(in_text - line.top) * static_cast<size_t>(width_);
    for (size_t x = 0; x < pixels.size(); ++x) {
      const std::uint8_t coverage = line.coverage[row + x];
      const std::uint32_t unit = line.unit[row + x];
      if (coverage == 0 || unit > current) continue;
      pixels[x] = Raster::pack(mix(colours[unit], Raster::unpack(pixels[x]), coverage));
    }
  });
  return panel;
}

}  // namespace ocellus::mp4
