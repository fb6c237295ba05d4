// One paragraph in any script: shaped, wrapped and measured before it is drawn.
#pragma once

#include <pango/pango.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "plugins/renderers/common/pixel.hpp"

namespace ocellus::drawing {

struct TextStyle {
  double points = 10.0;
  bool bold = false;
  Rgb colour = kBlack;
  int max_lines = 0;     // what does not fit ends in an ellipsis; 0 = no limit
  bool centred = false;  // else at the side where the paragraph's script begins
  std::string family{};  // tried before the fonts that TextBlock names; empty = those alone
};

// `text` as one line that is safe to lay out: invalid UTF-8 becomes U+FFFD, so do control characters, line breaks
// and tabs become a space, what follows the first 4096 characters an ellipsis; no space is left at either end.
std::string printable(std::string_view text);

// `printable(text)`, cut behind its first `n` characters as a reader counts them (grapheme clusters, UAX #29), an
// ellipsis in the place of what is cut.
std::string shortened(std::string_view text, std::size_t n);

struct UnrefObject {
  void operator()(void* object) const;
};
using LayoutPointer = std::unique_ptr<PangoLayout, UnrefObject>;

// `text` laid out as it is, line breaks included, in the fonts that TextBlock describes: for those who draw its letters
// by themselves. Lines are at most `max_width` pixels long; max_width < 0 = of any length.
LayoutPointer make_layout(const std::string& text, const TextStyle& style, int max_width, double dpi);

// Fonts: the family of the style, DejaVu Sans, then Noto Sans CJK SC, then whatever fontconfig offers. Neither screen
// nor locale has a say: grey antialiasing, no hinting, language guessed from the text (ja with kana, ko with hangul,
// zh-cn with Han, else en), so that Han letters come in the form of their language. Belongs to the thread that made it,
// as Pango's default font map does.
class TextBlock {
 public:
  // Lays `printable(text)` out, without hyphens of its own, in lines at most `max_width` pixels long; max_width < 0 =
  // one line of any length.
  TextBlock(std::string_view text, const TextStyle& style, int max_width, double dpi);

  // The box in pixels: max_width (or the line's own width) by the height of all lines.
  int width() const { return width_; }
  int height() const { return height_; }

  int lines() const;
  bool ellipsised() const;
  int unknown_glyphs() const;
  Rgb colour() const { return colour_; }

  // Stays owned by the block.
  PangoLayout* layout() const { return layout_.get(); }

 private:
  LayoutPointer layout_;
  Rgb colour_;
  int width_ = 0;
  int height_ = 0;
};

}  // namespace ocellus::drawing
