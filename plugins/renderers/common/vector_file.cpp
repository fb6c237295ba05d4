#include "plugins/renderers/common/vector_file.hpp"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <fmt/format.h>

#include <map>
#include <memory>
#include <new>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <string_view>

namespace ocellus::drawing {
namespace {

// Cairo is C and cannot be unwound through.
cairo_status_t append(void* bytes, const unsigned char* data, unsigned int length) noexcept {
  try {
    const auto* begin = reinterpret_cast<const std::byte*>(data);
    auto& out = *static_cast<std::vector<std::byte>*>(bytes);
    out.insert(out.end(), begin, begin + length);
    return CAIRO_STATUS_SUCCESS;
  } catch (const std::bad_alloc&) {
    return CAIRO_STATUS_NO_MEMORY;
  }
}

using Surface = std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)>;

// Paints the canvas on a page and closes it.
void paint(const Canvas& canvas, double points_per_pixel, const Surface& page) {
  const std::unique_ptr<cairo_t, decltype(&cairo_destroy)> context(cairo_create(page.get()), cairo_destroy);
  cairo_scale(context.get(), points_per_pixel, points_per_pixel);
  cairo_set_source_surface(context.get(), canvas.surface(), 0, 0);
  cairo_paint(context.get());
  cairo_surface_finish(page.get());
  const cairo_status_t status = cairo_surface_status(page.get());
  if (status != CAIRO_STATUS_SUCCESS) {
    throw Error(OC_E_MEMORY, fmt::format("a drawing of {} x {} pixels cannot be encoded: {}", canvas.width(),
                                         canvas.height(), cairo_status_to_string(status)));
  }
}

// Cairo numbers pictures and groups by a counter of the process: `id="image45"`, `"#surface50"`. Here they are counted
// from 0 in each file.
std::vector<std::byte> renumbered(const std::vector<std::byte>& svg) {
  const std::string_view text(reinterpret_cast<const char*>(svg.data()), svg.size());
  std::map<std::string_view, std::size_t> numbers;
  std::string out;
  std::size_t done = 0;
  for (std::size_t quote = text.find('"'); quote != std::string_view::npos; quote = text.find('"', quote + 1)) {
    std::size_t at = quote + 1;
    if (at < text.size() && text[at] == '#') ++at;
    for (const std::string_view kind : {"image", "surface"}) {
      if (text.substr(at, kind.size()) != kind) continue;
      const std::size_t digits = at + kind.size(), end = text.find_first_not_of("0123456789", digits);
      if (end == digits || end == std::string_view::npos || text[end] != '"') continue;
      const std::size_t number = numbers.emplace(text.substr(at, end - at), numbers.size()).first->second;
      out += text.substr(done, digits - done);
      out += std::to_string(number);
      done = end;
    }
  }
  out += text.substr(done);
  const auto* begin = reinterpret_cast<const std::byte*>(out.data());
  return {begin, begin + out.size()};
}

}  // namespace

std::vector<std::byte> encode_pdf(const Canvas& canvas, double dpi) {
  const double scale = 72.0 / dpi;
  std::vector<std::byte> bytes;
  const Surface page(
      cairo_pdf_surface_create_for_stream(append, &bytes, canvas.width() * scale, canvas.height() * scale),
      cairo_surface_destroy);
  // Unless told otherwise, Cairo writes the time.
  cairo_pdf_surface_set_metadata(page.get(), CAIRO_PDF_METADATA_CREATE_DATE, "");
  paint(canvas, scale, page);
  return bytes;
}

std::vector<std::byte> encode_svg(const Canvas& canvas, double dpi) {
  const double scale = 72.0 / dpi;
  std::vector<std::byte> bytes;
  const Surface page(
      cairo_svg_surface_create_for_stream(append, &bytes, canvas.width() * scale, canvas.height() * scale),
      cairo_surface_destroy);
  paint(canvas, scale, page);
  return renumbered(bytes);
}

}  // namespace ocellus::drawing
