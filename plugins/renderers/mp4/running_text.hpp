// The text of a film. It is laid out once, so that letters stand still from frame to frame and only colours change.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "plugins/renderers/common/raster.hpp"
#include "plugins/renderers/common/text_block.hpp"

namespace ocellus::mp4 {

// `unit` as a piece of the text that is safe to lay out: line breaks stay, tabs become a space, control characters
// U+FFFD, invalid UTF-8 too.
std::string displayable(std::string_view unit);

class RunningText {
 public:
  // `units` in the order of the text, each displayable, some perhaps empty. One pixel is 1/72 inch.
  RunningText(std::span<const std::string> units, const drawing::TextStyle& style, int width);

  // The units up to `current`, each in its colour, on white; the current one on a tint of its colour, and a bar of it
  // where it has no letter of its own (a line break, the second half of a ligature). Lines at the top give way, so that
  // the end of the current unit is always in sight.
  drawing::Raster draw(int height, size_t current, std::span<const drawing::Rgb> colours) const;

  // Of letters that no font has.
  int unknown_glyphs() const { return unknown_glyphs_; }
  // Of the line where the unit ends.
  size_t line_of(size_t unit) const { return places_[unit].empty() ? 0 : places_[unit].back().line; }

 private:
  // Pixels of the panel's width, from `top` in the whole text. `unit` is whose letter covers a pixel.
  struct Line {
    int top, height;
    std::vector<std::uint8_t> coverage{};
    std::vector<std::uint32_t> unit{};
  };
  // Where letters of a unit stand: columns [x0, x1) of a line.
  struct Place {
    size_t line;
    int x0, x1;
  };

  void take_letters(PangoLayout* layout, const std::string& text, const std::vector<size_t>& begins);
  void place_letterless(PangoLayout* layout, const std::vector<size_t>& begins);

  int width_;
  int bar_;  // least width of a place
  std::vector<Line> lines_;
  std::vector<std::vector<Place>> places_;  // of each unit
  std::vector<bool> has_ink_;               // of each unit
  int unknown_glyphs_ = 0;
};

}  // namespace ocellus::mp4
