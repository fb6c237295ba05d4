// Drawings as files.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "plugins/renderers/common/canvas.hpp"

namespace ocellus::drawing {

enum class Format { png, jpg, pdf, svg };

// By its file extension: "png", "jpg", "pdf", "svg". Throws OC_E_OPTION for any other.
Format format_named(std::string_view extension);

// What a canvas is made of that becomes such a file.
Medium medium_of(Format format);

struct FileStyle {
  double dpi = 200.0;
  int jpeg_quality = 90;  // from 1 to 100
};

// The same drawing and style give the same bytes. Throws OC_E_OPTION for a dpi that the format cannot state,
// OC_E_MEMORY when there is no memory.
std::vector<std::byte> encode(const Canvas& canvas, Format format, const FileStyle& style);

// Writes the bytes to `path`, replacing what is there. Throws OC_E_WRITE, and removes what it began, when they do not
// all arrive.
void write_bytes(std::span<const std::byte> bytes, const std::filesystem::path& path);

// The same with encode's bytes.
void write_picture(const Canvas& canvas, Format format, const FileStyle& style, const std::filesystem::path& path);

}  // namespace ocellus::drawing
