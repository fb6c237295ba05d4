#include "plugins/renderers/mp4/film.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plugins/renderers/common/text_block.hpp"

namespace ocellus::mp4 {
namespace {

using drawing::Canvas;
using drawing::Rgb;
using drawing::TextBlock;
using drawing::ValueRange;

constexpr double kDpi = 72.0;  // one pixel a point
constexpr Rgb kGrey{85, 85, 85};
constexpr Rgb kImageWord{130, 130, 130};
constexpr int kMargin = 16;
constexpr const char* kLeftToRight = "\u200e";  // the direction of a line whose only letters may have the other one

// Of the header, the keys and the captions: by the height of the frame.
double small(const FilmStyle& style) {
  return std::max(8.0, style.height / 52.0);
}
int line(double points) {
  return static_cast<int>(std::lround(points * 1.5));
}

void include(ValueRange& range, bool& first, float value) {
  range.min = first ? value : std::min(range.min, value);
  range.max = first ? value : std::max(range.max, value);
  first = false;
}

}  // namespace

std::optional<size_t> unit_with(const StoredSteps& steps, const std::string& phrase) {
  const size_t at = phrase.empty() ? std::string::npos : steps.text().find(phrase);
  if (at == std::string::npos) return std::nullopt;
  for (size_t unit = 0; unit < steps.units().size(); ++unit) {
    if (steps.units()[unit].end > at) return unit;
  }
  return std::nullopt;
}

Film::Film(const StoredSteps& steps, std::vector<PanelPicture> pictures, size_t first_unit, FilmBoxes boxes,
           FilmWords words, const FilmStyle& style)
    : steps_(steps),
      pictures_(std::move(pictures)),
      first_unit_(first_unit),
      known_boxes_(std::move(boxes.known)),
      words_(std::move(words)),
      style_(style) {
  style_.panel.text_points = small(style_);
  style_.panel.font = style_.font;
  const int inner = style_.width - 2 * kMargin;
  header_ = kMargin + line(1.4 * small(style_)) + 2 * line(small(style_)) + kMargin / 2;
  footer_ = line(small(style_)) + kMargin;
  text_width_ = std::max(1, pictures_.empty() ? inner : (inner - kMargin) / 2);
  const int panel_height = std::max(1, style_.height - header_ - footer_);

  std::vector<std::string> units;
  bool begun = false;
  for (size_t unit = first_unit_; unit <= steps_.steps().back().unit; ++unit) {
    const Unit& of = steps_.units()[unit];
    std::string shown = of.image >= 0
                            ? fmt::format("[image {}]", of.image)
                            : displayable(std::string_view(steps_.text()).substr(of.begin, of.end - of.begin));
    if (!begun) shown.erase(0, std::min(shown.find_first_not_of(" \n"), shown.size()));
    begun = begun || !shown.empty();
    units.push_back(std::move(shown));
  }
  text_.emplace(units, drawing::TextStyle{.points = style_.text_points, .family = style_.font}, text_width_);
  if (!pictures_.empty()) {
    panel_.emplace(pictures_, std::max(1, inner - kMargin - text_width_), panel_height, style_.panel);
  }
  if (boxes.of_answer && steps_.first_of_answer() < steps_.units().size()) {
    const size_t begin = steps_.units()[steps_.first_of_answer()].begin;
    answer_boxes_ = boxes_in(std::string_view(steps_.text()).substr(begin));
    for (AnswerBox& box : answer_boxes_) box.end += begin;
  }
}

std::string Film::word_of(size_t frame) const {
  const Unit& unit = steps_.units()[steps_.steps()[frame].unit];
  std::string word = steps_.text().substr(unit.begin, unit.end - unit.begin);
  for (size_t at = word.find('\n'); at != std::string::npos; at = word.find('\n', at)) word.replace(at, 1, "\u21b5");
  return fmt::format("\u201c\u2068{}\u2069\u201d", drawing::printable(word));
}

Film::Look Film::look(size_t layer, size_t frame) const {
  Look look;
  const Step& step = steps_.steps()[frame];
  const std::vector<float> weights = steps_.unit_weights(layer, frame);
  // The current unit shows its own colour; an image stands for hundreds of tokens, beside which words would be nothing.
  const auto is_word = [&](size_t unit) { return unit != step.unit && steps_.units()[unit].image < 0; };
  bool first = true;
  for (size_t unit = first_unit_; unit <= step.unit; ++unit) {
    if (is_word(unit)) include(look.words, first, weights[unit]);
  }
  for (size_t unit = first_unit_; unit <= step.unit; ++unit) {
    look.colours.push_back(unit == step.unit ? style_.current
                           : is_word(unit)   ? style_.panel.ramp(weights[unit], look.words)
                                             : kImageWord);
  }
  first = true;
  for (size_t k = 0; k < pictures_.size(); ++k) {
    look.values.push_back(steps_.cell_weights(layer, frame, k));
    for (const float value : look.values.back()) include(look.cells, first, value);
  }
  look.boxes = known_boxes_;
  for (const AnswerBox& box : answer_boxes_) {
    if (steps_.units()[step.unit].end >= box.end) look.boxes.push_back({0, box.box});
  }
  return look;
}

void Film::draw_key(Canvas& canvas, int x, int y, const std::string& what, const ValueRange& range) const {
  const int length = std::clamp(text_width_ / 4, 2, 120);
  const drawing::TextStyle text{.points = small(style_), .colour = kGrey, .max_lines = 1, .family = style_.font};
  const TextBlock left(fmt::format("{} {:.2g}", what, range.min), text, -1, kDpi);
  const TextBlock right(fmt::format("{:.2g}", range.max), text, -1, kDpi);
  const int gap = static_cast<int>(small(style_) / 2);
  canvas.draw(left, x, y);
  drawing::Raster bar(length, std::max(2, left.height() * 2 / 3));
  bar.edit_rows([&](int, std::span<drawing::Raster::Pixel> pixels) {
    for (size_t at = 0; at < pixels.size(); ++at) {
      const float share = static_cast<float>(at) / static_cast<float>(length - 1);
      pixels[at] = drawing::Raster::pack(style_.panel.ramp(share, {0.0F, 1.0F}));
    }
  });
  canvas.draw(bar, x + left.width() + gap, y + left.height() / 6);
  canvas.draw(right, x + left.width() + length + 2 * gap, y);
}

void Film::draw(size_t layer, size_t frame, Canvas& canvas) const {
  const Look shown = look(layer, frame);
  const Step& step = steps_.steps()[frame];
  canvas.fill({0, 0, canvas.width(), canvas.height()}, drawing::kWhite);
  const int inner = std::max(1, style_.width - 2 * kMargin);

  std::string title =
      fmt::format("step {}/{} · {} · layer {}", frame, n_frames() - 1, word_of(frame), steps_.layers()[layer]);
  if (step.log_probability) title += fmt::format(" · probability {:.2g}", std::exp(*step.log_probability));
  std::string aligned = steps_.is_upstream()
                            ? "attention of the row that read the blue word (align=upstream: one step late)"
                            : "attention of the row that produced the blue word (align=produced)";
  if (style_.panel.ramp.gamma != 1.0)
    aligned += fmt::format(" · colours: share of the range ^ {:g}", style_.panel.ramp.gamma);
  if (!words_.begins.empty()) aligned += " · " + words_.begins;
  int y = kMargin;
  const auto write = [&](const std::string& text, double points, bool bold, Rgb colour) {
    const drawing::TextStyle look_of{
        .points = points, .bold = bold, .colour = colour, .max_lines = 1, .family = style_.font};
    canvas.draw(TextBlock(text, look_of, inner, kDpi), kMargin, y);
    y += line(points);
  };
  write(title, 1.4 * small(style_), true, drawing::kBlack);
  write(aligned, small(style_), false, kGrey);
  write(words_.facts, small(style_), false, kGrey);

  const int panel_height = std::max(1, style_.height - header_ - footer_);
  canvas.draw(text_->draw(panel_height, step.unit - first_unit_, shown.colours), kMargin, header_);
  const int key_y = style_.height - kMargin - line(small(style_)) + static_cast<int>(small(style_) / 4);
  draw_key(canvas, kMargin, key_y, "words", shown.words);
  if (panel_) {
    const int x = style_.width - kMargin - std::max(1, inner - kMargin - text_width_);
    panel_->draw(canvas, x, header_, shown.values, shown.cells, shown.boxes);
    draw_key(canvas, x, key_y, "cells", shown.cells);
  }
}

Canvas Film::draw_strip(size_t layer, std::span<const size_t> frames, int columns) const {
  constexpr int kTile = 480;
  const int rows = (static_cast<int>(frames.size()) + columns - 1) / columns;
  PanelStyle style = style_.panel;
  style.text_points = 24.0;
  const int caption = line(style.text_points);
  std::vector<PanelPicture> pictures = pictures_;
  double aspect = 0.0;  // height over width of all pictures, one above the other
  for (PanelPicture& picture : pictures) {
    picture.caption.clear();
    aspect += 1.0 * picture.source.height / picture.source.width;
  }
  const int tile_height = std::clamp(static_cast<int>(kTile * aspect), 1, 3 * kTile);
  std::optional<PicturePanel> panel;
  if (!pictures.empty()) panel.emplace(pictures, kTile, tile_height, style);
  Canvas canvas(kMargin + std::min(columns, static_cast<int>(frames.size())) * (kTile + kMargin),
                kMargin + rows * (tile_height + caption + kMargin));
  for (size_t k = 0; k < frames.size(); ++k) {
    const Look shown = look(layer, frames[k]);
    const int x = kMargin + static_cast<int>(k) % columns * (kTile + kMargin);
    const int y = kMargin + static_cast<int>(k) / columns * (tile_height + caption + kMargin);
    if (panel) panel->draw(canvas, x, y, shown.values, shown.cells, shown.boxes);
    const TextBlock word(fmt::format("{}{} {}", kLeftToRight, frames[k], word_of(frames[k])),
                         {.points = style.text_points, .max_lines = 1, .centred = true, .family = style_.font}, kTile,
                         kDpi);
    canvas.draw(word, x, y + tile_height);
  }
  return canvas;
}

}  // namespace ocellus::mp4
