// File formats, their bytes, and the library itself.
#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "tests/plugins/renderers/overlay/overlay_fixture.hpp"

namespace ocellus::overlay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(OverlayTest, WritesEveryFormatAskedFor) {
  const auto draw = [&] {
    open("style=panel+contour,format=png+jpg+pdf+svg,top=2,boxes=on", 300, 200);
    host_->boxes = {{"square", 0, 0, 100, 20, 160, 60}};
    map(spot(4, 6, 2, 1), 4, 6).commit();
    EXPECT_EQ(render(), OC_OK);
    std::vector<std::string> contents;
    for (const std::string& file : host_->files) contents.push_back(bytes(file));
    return contents;
  };
  const std::vector<std::string> first = draw();
  EXPECT_THAT(host_->files,
              ElementsAre("raw-attention.panel.png", "raw-attention.panel.jpg", "raw-attention.panel.pdf",
                          "raw-attention.panel.svg", "raw-attention.contour.png", "raw-attention.contour.jpg",
                          "raw-attention.contour.pdf", "raw-attention.contour.svg"));
  for (const size_t at : {0U, 4U}) {
    EXPECT_EQ(first[at].substr(1, 3), "PNG");
    EXPECT_EQ(first[at + 1].substr(6, 4), "JFIF");
    EXPECT_EQ(first[at + 2].substr(0, 5), "%PDF-");
    EXPECT_THAT(first[at + 3], HasSubstr("<svg "));
  }
  EXPECT_TRUE(first == draw());
}

TEST_F(OverlayTest, VectorFormatsKeepMarksAsVectors) {
  const auto strokes = [&](const std::string& more) {
    open("style=contour,format=svg" + more, 300, 200);
    map(spot(4, 6, 2, 1), 4, 6).commit();
    EXPECT_EQ(render(), OC_OK);
    const std::string svg = bytes("raw-attention.svg");
    size_t n = 0;
    for (size_t at = svg.find("stroke:rgb("); at != std::string::npos; at = svg.find("stroke:rgb(", at + 1)) ++n;
    return n;
  };
  EXPECT_EQ(strokes(",levels=3"), 6U);             // a rim and a line each
  EXPECT_EQ(strokes(",levels=3,top=2"), 6U + 6U);  // two frames and the one of the legend, a rim and a line each
}

TEST_F(OverlayTest, DrawsTheSameBytesTwice) {
  const auto draw = [&] {
    open("style=panel+overlay+heatmap,boxes=on,top=1", 300, 200);
    host_->boxes = {{"square", 0, 0, 100, 20, 160, 60}};
    map(spot(4, 6, 2, 1), 4, 6).number("mass.image0", 0.42).commit();
    EXPECT_EQ(render(), OC_OK);
    return bytes("raw-attention.panel.png") + bytes("raw-attention.overlay.png") + bytes("raw-attention.heatmap.png");
  };
  const std::string first = draw();
  EXPECT_GT(first.size(), 3000U);
  EXPECT_TRUE(first == draw());
}

TEST(OverlayLibrary, ExportsItsEntryAlone) {
  const std::string command = "nm -D --defined-only '" OCELLUS_BUILD_DIR "/lib/ocellus/plugins/overlay.so'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  ASSERT_NE(pipe, nullptr);
  std::vector<std::string> symbols;
  for (std::array<char, 512> line{}; std::fgets(line.data(), line.size(), pipe.get()) != nullptr;) {
    const std::string text = line.data();
    symbols.push_back(text.substr(text.rfind(' ') + 1));
  }
  EXPECT_THAT(symbols, ElementsAre(std::string(OC_PACKAGE_ENTRY) + "\n"));
}

}  // namespace
}  // namespace ocellus::overlay
