#include "plugins/renderers/common/colormap.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <ocellus/sdk/error.hpp>
#include <ostream>
#include <string>
#include <vector>

namespace ocellus::drawing {

std::ostream& operator<<(std::ostream& out, Rgb c) {
  return out << +c.r << ' ' << +c.g << ' ' << +c.b;
}

namespace {

// matplotlib 3.11.2: round(255 * colormaps[name](i)) for i in kPlaces.
constexpr int kPlaces[] = {0, 32, 64, 96, 128, 160, 192, 224, 255};
const std::map<std::string, std::vector<Rgb>> kMatplotlib{
    {"hot",
     {{11, 0, 0},
      {95, 0, 0},
      {179, 0, 0},
      {255, 8, 0},
      {255, 92, 0},
      {255, 176, 0},
      {255, 255, 7},
      {255, 255, 133},
      {255, 255, 255}}},
    {"jet",
     {{0, 0, 128},
      {0, 0, 255},
      {0, 128, 255},
      {22, 255, 225},
      {125, 255, 122},
      {228, 255, 19},
      {255, 148, 0},
      {255, 30, 0},
      {128, 0, 0}}},
    {"turbo",
     {{48, 18, 59},
      {70, 107, 227},
      {40, 188, 235},
      {50, 242, 152},
      {164, 252, 60},
      {238, 207, 58},
      {251, 126, 33},
      {208, 47, 5},
      {122, 4, 3}}},
    {"viridis",
     {{68, 1, 84},
      {71, 45, 123},
      {59, 82, 139},
      {44, 114, 142},
      {33, 145, 140},
      {40, 174, 128},
      {94, 201, 98},
      {173, 220, 48},
      {253, 231, 37}}},
    {"inferno",
     {{0, 0, 4},
      {33, 12, 74},
      {87, 16, 110},
      {138, 34, 106},
      {188, 55, 84},
      {228, 90, 49},
      {249, 142, 9},
      {249, 203, 53},
      {252, 255, 164}}},
    {"magma",
     {{0, 0, 4},
      {29, 17, 71},
      {81, 18, 124},
      {131, 38, 129},
      {183, 55, 121},
      {231, 82, 99},
      {252, 137, 97},
      {254, 196, 136},
      {252, 253, 191}}},
};

TEST(Colormap, IsAtMostOneLevelFromMatplotlib) {
  ASSERT_EQ(Colormap::names().size(), kMatplotlib.size());
  for (const auto& [name, colours] : kMatplotlib) {
    const Colormap& map = Colormap::by_name(name);
    for (std::size_t i = 0; i < colours.size(); ++i) {
      const Rgb drawn = map(static_cast<float>(kPlaces[i]) / 255.0F);
      EXPECT_LE(std::abs(drawn.r - colours[i].r), 1) << name << " at " << kPlaces[i] << ": " << drawn;
      EXPECT_LE(std::abs(drawn.g - colours[i].g), 1) << name << " at " << kPlaces[i] << ": " << drawn;
      EXPECT_LE(std::abs(drawn.b - colours[i].b), 1) << name << " at " << kPlaces[i] << ": " << drawn;
    }
  }
}

TEST(Colormap, GrowsBrighterWhereItIsMeantTo) {
  for (const char* name : {"viridis", "inferno", "magma", "hot"}) {
    const Colormap& map = Colormap::by_name(name);
    double darkest = -1.0;
    for (int i = 0; i <= 1000; ++i) {
      const Rgb c = map(static_cast<float>(i) / 1000.0F);
      const double luminance = 0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b;
      EXPECT_GE(luminance, darkest - 1.0) << name << " at " << i;  // 1: rounding of the channels
      darkest = std::max(darkest, luminance);
    }
    EXPECT_GT(darkest, 190.0) << name;
  }
}

TEST(Colormap, ClampsOutsideAndMarksNan) {
  for (const std::string_view name : Colormap::names()) {
    const Colormap& map = Colormap::by_name(name);
    EXPECT_EQ(map(-0.5F), map(0.0F));
    EXPECT_EQ(map(7.0F), map(1.0F));
    EXPECT_EQ(map(std::numeric_limits<float>::infinity()), map(1.0F));
    EXPECT_EQ(map(std::numeric_limits<float>::quiet_NaN()), kNanColour);
    EXPECT_EQ(map.name(), name);
  }
}

TEST(Colormap, NamesTheChoicesWhenThereIsNoSuchMap) {
  try {
    Colormap::by_name("rainbow");
    FAIL() << "rainbow was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_OPTION);
    EXPECT_NE(std::string(error.what()).find("hot, jet, turbo, viridis, inferno, magma"), std::string::npos);
  }
}

}  // namespace
}  // namespace ocellus::drawing
