#include "plugins/renderers/common/picture_file.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <ocellus/sdk/error.hpp>
#include <utility>

#include "plugins/renderers/common/jpeg.hpp"
#include "plugins/renderers/common/png.hpp"
#include "plugins/renderers/common/vector_file.hpp"

namespace ocellus::drawing {

Format format_named(std::string_view extension) {
  static constexpr std::array<std::pair<std::string_view, Format>, 4> formats{
      {{"png", Format::png}, {"jpg", Format::jpg}, {"pdf", Format::pdf}, {"svg", Format::svg}}};
  for (const auto& [name, format] : formats) {
    if (name == extension) return format;
  }
  throw Error(OC_E_OPTION, fmt::format("there is no picture format '{}'; choose png, jpg, pdf or svg", extension));
}

Medium medium_of(Format format) {
  return format == Format::pdf || format == Format::svg ? Medium::vectors : Medium::pixels;
}

std::vector<std::byte> encode(const Canvas& canvas, Format format, const FileStyle& style) {
  switch (format) {
    case Format::jpg:
      return encode_jpeg(canvas.pixels(), style.jpeg_quality, style.dpi);
    case Format::pdf:
      return encode_pdf(canvas, style.dpi);
    case Format::svg:
      return encode_svg(canvas, style.dpi);
    case Format::png:
      break;
  }
  return encode_png(canvas.pixels(), style.dpi);
}

void write_bytes(std::span<const std::byte> bytes, const std::filesystem::path& path) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  const bool opened = file.is_open();
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) {
    std::error_code ignored;
    // Not what could not be opened, and never a device.
    if (opened && std::filesystem::is_regular_file(path, ignored)) std::filesystem::remove(path, ignored);
    throw Error(OC_E_WRITE, fmt::format("cannot write the picture '{}'; check that its folder exists, may be written "
                                        "and has space",
                                        path.string()));
  }
}

void write_picture(const Canvas& canvas, Format format, const FileStyle& style, const std::filesystem::path& path) {
  write_bytes(encode(canvas, format, style), path);
}

}  // namespace ocellus::drawing
