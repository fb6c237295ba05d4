#include "plugins/renderers/common/text_block.hpp"

#include <pango/pangocairo.h>

#include <cstddef>
#include <vector>

namespace ocellus::drawing {
namespace {

constexpr char kFontFamilies[] = "DejaVu Sans, Noto Sans CJK SC, sans-serif";
constexpr std::size_t kMaxCharacters = 4096;
constexpr gunichar kReplacement = 0xFFFD;

gunichar visible(gunichar c) {
  const bool line_break = c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
  if (line_break || c == '\t') return ' ';
  return c < 0x20 || (c >= 0x7F && c < 0xA0) ? kReplacement : c;
}

void append(std::string& out, gunichar c) {
  char bytes[6];
  out.append(bytes, static_cast<std::size_t>(g_unichar_to_utf8(c, bytes)));
}

const char* guess_language(const std::string& text) {
  bool han = false;
  for (const char* p = text.c_str(); *p != '\0'; p = g_utf8_next_char(p)) {
    switch (g_unichar_get_script(g_utf8_get_char(p))) {
      case G_UNICODE_SCRIPT_HIRAGANA:
      case G_UNICODE_SCRIPT_KATAKANA:
        return "ja";
      case G_UNICODE_SCRIPT_HANGUL:
        return "ko";
      case G_UNICODE_SCRIPT_HAN:
        han = true;
        break;
      default:
        break;
    }
  }
  return han ? "zh-cn" : "en";
}

}  // namespace

std::string printable(std::string_view text) {
  const std::unique_ptr<char, decltype(&g_free)> valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())),
                                                       g_free);
  std::string out;
  std::size_t count = 0;
  bool after_return = false;
  for (const char* p = valid.get(); *p != '\0'; p = g_utf8_next_char(p)) {
    const gunichar c = g_utf8_get_char(p);
    const bool second_half = c == '\n' && after_return;
    after_return = c == '\r';
    if (second_half) continue;
    if (count++ == kMaxCharacters) {
      append(out, 0x2026);
      break;
    }
    append(out, visible(c));
  }
  const std::size_t begin = out.find_first_not_of(' ');
  return begin == std::string::npos ? "" : out.substr(begin, out.find_last_not_of(' ') + 1 - begin);
}

std::string shortened(std::string_view text, std::size_t n) {
  std::string out = printable(text);
  const auto length = static_cast<std::size_t>(g_utf8_strlen(out.data(), static_cast<gssize>(out.size())));
  std::vector<PangoLogAttr> marks(length + 1);
  pango_get_log_attrs(out.data(), static_cast<int>(out.size()), -1, pango_language_from_string(guess_language(out)),
                      marks.data(), static_cast<int>(marks.size()));
  std::size_t seen = 0;
  for (std::size_t i = 0; i < length; ++i) {
    if (marks[i].is_cursor_position == 0 || seen++ < n) continue;
    out.resize(static_cast<std::size_t>(g_utf8_offset_to_pointer(out.data(), static_cast<glong>(i)) - out.data()));
    append(out, 0x2026);
    break;
  }
  return out;
}

void UnrefObject::operator()(void* object) const {
  g_object_unref(object);
}

LayoutPointer make_layout(const std::string& text, const TextStyle& style, int max_width, double dpi) {
  const std::unique_ptr<PangoContext, UnrefObject> context(
      pango_font_map_create_context(pango_cairo_font_map_get_default()));
  pango_cairo_context_set_resolution(context.get(), dpi);
  const std::unique_ptr<cairo_font_options_t, decltype(&cairo_font_options_destroy)> options(
      cairo_font_options_create(), cairo_font_options_destroy);
  cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context.get(), options.get());

  pango_context_set_language(context.get(), pango_language_from_string(guess_language(text)));

  const std::unique_ptr<PangoFontDescription, decltype(&pango_font_description_free)> font(pango_font_description_new(),
                                                                                           pango_font_description_free);
  const std::string families = style.family.empty() ? kFontFamilies : style.family + ", " + kFontFamilies;
  pango_font_description_set_family(font.get(), families.c_str());
  pango_font_description_set_size(font.get(), static_cast<int>(style.points * PANGO_SCALE + 0.5));
  pango_font_description_set_weight(font.get(), style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);

  LayoutPointer layout(pango_layout_new(context.get()));
  pango_layout_set_font_description(layout.get(), font.get());
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment(layout.get(), style.centred ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
  pango_layout_set_width(layout.get(), max_width < 0 ? -1 : max_width * PANGO_SCALE);
  const std::unique_ptr<PangoAttrList, decltype(&pango_attr_list_unref)> attributes(pango_attr_list_new(),
                                                                                    pango_attr_list_unref);
  pango_attr_list_insert(attributes.get(), pango_attr_insert_hyphens_new(FALSE));
  pango_layout_set_attributes(layout.get(), attributes.get());
  if (style.max_lines > 0) {
    pango_layout_set_height(layout.get(), -style.max_lines);  // negative: a number of lines
    pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
  }
  pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
  return layout;
}

TextBlock::TextBlock(std::string_view text, const TextStyle& style, int max_width, double dpi)
    : layout_(make_layout(printable(text), style, max_width, dpi)), colour_(style.colour) {
  pango_layout_get_pixel_size(layout_.get(), &width_, &height_);
  if (max_width >= 0) width_ = max_width;
}

int TextBlock::lines() const {
  return pango_layout_get_line_count(layout_.get());
}

bool TextBlock::ellipsised() const {
  return pango_layout_is_ellipsized(layout_.get()) != FALSE;
}

int TextBlock::unknown_glyphs() const {
  return pango_layout_get_unknown_glyphs_count(layout_.get());
}

}  // namespace ocellus::drawing
