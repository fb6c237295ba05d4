// What is in the files, as far as formats without a reader here let it be seen: text of SVG, streams of PDF.
#include "plugins/renderers/common/picture_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>
#include <zlib.h>

#include <fstream>
#include <ocellus/sdk/error.hpp>
#include <string>

#include "plugins/renderers/common/jpeg.hpp"
#include "plugins/renderers/common/text_block.hpp"

namespace ocellus::drawing {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

size_t count(const std::string& text, const std::string& what) {
  size_t n = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

// The compressed streams of a PDF that are text.
std::string page_of(const std::string& pdf) {
  std::string page;
  for (size_t at = pdf.find("stream\n"); at != std::string::npos; at = pdf.find("\nstream\n", at)) {
    at = pdf.find('\n', at + 1) + 1;
    std::string out(1 << 20, '\0');
    z_stream stream{};
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(pdf.data() + at));
    stream.avail_in = static_cast<uInt>(pdf.size() - at);
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    inflateInit(&stream);
    if (inflate(&stream, Z_FINISH) == Z_STREAM_END) page.append(out, 0, stream.total_out);
    inflateEnd(&stream);
  }
  return page;
}

// A square of pixels, a frame, a line of text.
Canvas drawing(Format format, int frames = 1) {
  Canvas canvas(200, 100, kWhite, medium_of(format));
  Raster square(20, 20);
  square.edit_rows([](int y, std::span<Raster::Pixel> row) {
    for (size_t x = 0; x < row.size(); ++x)
      row[x] = Raster::pack({200, static_cast<std::uint8_t>(x * 7), static_cast<std::uint8_t>(y * 9)});
  });
  canvas.draw(square, 10, 10);
  for (int i = 0; i < frames; ++i) canvas.outline(50 + i, 20, 90 + i, 60, {0, 128, 255}, 2, {0, 0, 200, 100});
  canvas.draw(TextBlock("Star", {}, -1, 100), 100, 40);
  return canvas;
}

TEST(PictureFile, FormatsAreNamedByTheirExtension) {
  EXPECT_EQ(format_named("png"), Format::png);
  EXPECT_EQ(format_named("jpg"), Format::jpg);
  EXPECT_EQ(format_named("pdf"), Format::pdf);
  EXPECT_EQ(format_named("svg"), Format::svg);
  EXPECT_THROW(format_named("gif"), Error);
  EXPECT_EQ(medium_of(Format::jpg), Medium::pixels);
  EXPECT_EQ(medium_of(Format::svg), Medium::vectors);
}

TEST(PictureFile, SameDrawingSameBytesInEveryFormat) {
  for (const Format format : {Format::png, Format::jpg, Format::pdf, Format::svg}) {
    const auto first = encode(drawing(format), format, {});
    // Cairo's counters go on between the two.
    encode(drawing(Format::svg), Format::svg, {});
    EXPECT_GT(first.size(), 300U);
    EXPECT_TRUE(first == encode(drawing(format), format, {})) << static_cast<int>(format);
    EXPECT_FALSE(first == encode(drawing(format, 2), format, {})) << static_cast<int>(format);
  }
}

TEST(PictureFile, SvgHoldsLinesAndLettersAsVectors) {
  const std::string svg = text_of(encode(drawing(Format::svg), Format::svg, {.dpi = 100.0}));
  EXPECT_THAT(svg, HasSubstr("width=\"144pt\" height=\"72pt\""));
  EXPECT_EQ(count(svg, "<image "), 1U);
  EXPECT_EQ(count(svg, "stroke:rgb(0%,50.196078%,100%)"), 1U);
  EXPECT_EQ(count(svg, "xlink:href=\"#glyph"), 4U);
  EXPECT_EQ(count(text_of(encode(drawing(Format::svg, 3), Format::svg, {})), "stroke:rgb(0%,50.196078%,100%)"), 3U);
  // References still find what they name.
  const std::string reference = "href=\"#";
  size_t references = 0;
  for (size_t at = svg.find(reference); at != std::string::npos; at = svg.find(reference, at + 1), ++references) {
    const size_t name = at + reference.size();
    EXPECT_THAT(svg, HasSubstr("id=\"" + svg.substr(name, svg.find('"', name) - name) + "\""));
  }
  EXPECT_GE(references, 6U);  // four letters, the picture, the drawing
}

TEST(PictureFile, PdfHoldsLinesAndLettersAsVectorsAndNoDate) {
  const std::string pdf = text_of(encode(drawing(Format::pdf), Format::pdf, {.dpi = 100.0}));
  EXPECT_THAT(pdf, Not(HasSubstr("Date")));
  EXPECT_EQ(count(pdf, "/Subtype /Image"), 1U);
  EXPECT_THAT(pdf, HasSubstr("DejaVuSans"));
  const auto strokes = [](const std::string& page) { return count(page, " S\n") + count(page, " S "); };
  const std::string page = page_of(pdf);
  EXPECT_THAT(page, HasSubstr("0 0.501961 1 RG"));
  EXPECT_EQ(strokes(page), 1U);
  EXPECT_EQ(strokes(page_of(text_of(encode(drawing(Format::pdf, 3), Format::pdf, {})))), 3U);
}

// Bytes of memory in use by this process.
size_t resident() {
  malloc_trim(0);
  std::ifstream statm("/proc/self/statm");
  size_t pages = 0, in_memory = 0;
  statm >> pages >> in_memory;
  return in_memory * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

TEST(PictureFile, EncodingKeepsNoMemory) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "AddressSanitizer holds freed memory back, and looks for leaks itself";
#endif
  const auto encode_large = [](Format format) {
    Canvas canvas(1000, 1000, kWhite, medium_of(format));
    canvas.draw(Raster(1000, 1000), 0, 0);  // 4 MB
    encode(canvas, format, {});
  };
  for (const Format format : {Format::png, Format::jpg, Format::pdf, Format::svg}) {
    encode_large(format);
    const size_t before = resident();
    for (int i = 0; i < 10; ++i) encode_large(format);
    EXPECT_LT(resident(), before + (20U << 20)) << static_cast<int>(format);
  }
}

TEST(PictureFile, JpegStatesItsDensityAndObeysItsQuality) {
  const auto jpeg = [](int quality) { return text_of(encode(drawing(Format::jpg), Format::jpg, {300.0, quality})); };
  const std::string good = jpeg(95);
  EXPECT_EQ(good.substr(6, 4), "JFIF");
  EXPECT_EQ(good.substr(13, 5), std::string("\x01\x01\x2C\x01\x2C", 5));  // dots an inch, 300, 300
  EXPECT_GT(good.size(), 2 * jpeg(5).size());
  EXPECT_THROW(encode_jpeg(Raster(4, 4), 90, 1e6), Error);
  EXPECT_THROW(encode_jpeg(Raster(4, 4), 90, 0.0), Error);
}

}  // namespace
}  // namespace ocellus::drawing
