#include "plugins/renderers/common/colormap.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ocellus/sdk/error.hpp>
#include <string>

namespace ocellus::drawing {
namespace {

// A channel that is linear between stops, both coordinates in [0, 1].
struct Stop {
  double at;
  double level;
};

std::uint8_t to_level(double unit) {
  return static_cast<std::uint8_t>(unit * 255.0 + 0.5);
}

std::uint8_t channel(std::span<const Stop> stops, double t) {
  const auto upper = std::find_if(stops.begin() + 1, stops.end() - 1, [t](const Stop& stop) { return t < stop.at; });
  const Stop& a = *(upper - 1);
  const Stop& b = *upper;
  return to_level(a.level + (b.level - a.level) * (t - a.at) / (b.at - a.at));
}

// MATLAB's hot and jet as matplotlib's segment data defines them.
Rgb hot(double t) {
  static constexpr Stop red[] = {{0.0, 0.0416}, {0.365079, 1.0}, {1.0, 1.0}};
  static constexpr Stop green[] = {{0.0, 0.0}, {0.365079, 0.0}, {0.746032, 1.0}, {1.0, 1.0}};
  static constexpr Stop blue[] = {{0.0, 0.0}, {0.746032, 0.0}, {1.0, 1.0}};
  return {channel(red, t), channel(green, t), channel(blue, t)};
}

Rgb jet(double t) {
  static constexpr Stop red[] = {{0.0, 0.0}, {0.35, 0.0}, {0.66, 1.0}, {0.89, 1.0}, {1.0, 0.5}};
  static constexpr Stop green[] = {{0.0, 0.0}, {0.125, 0.0}, {0.375, 1.0}, {0.64, 1.0}, {0.91, 0.0}, {1.0, 0.0}};
  static constexpr Stop blue[] = {{0.0, 0.5}, {0.11, 1.0}, {0.34, 1.0}, {0.65, 0.0}, {1.0, 0.0}};
  return {channel(red, t), channel(green, t), channel(blue, t)};
}

// Evenly spaced knots joined by lines: minimax fits of our own, at most 1.1 levels away from the 256-entry maps.
// viridis, inferno and magma are by van der Walt and Smith (CC0), turbo is by A. Mikhailov.
using Knots = std::array<Rgb, 33>;

constexpr Knots kTurbo{{{49, 18, 60},   {58, 42, 115},  {64, 64, 162},  {69, 86, 199},  {71, 107, 228}, {71, 127, 247},
                        {67, 147, 255}, {55, 168, 251}, {41, 187, 236}, {28, 205, 216}, {23, 220, 195}, {29, 232, 176},
                        {48, 242, 153}, {76, 249, 126}, {107, 254, 99}, {138, 255, 76}, {163, 253, 60}, {184, 247, 52},
                        {204, 237, 52}, {222, 224, 55}, {237, 208, 58}, {248, 192, 58}, {253, 174, 53}, {254, 152, 44},
                        {252, 128, 34}, {245, 104, 23}, {236, 82, 14},  {225, 64, 9},   {210, 49, 5},   {193, 35, 2},
                        {172, 23, 1},   {149, 12, 1},   {122, 4, 3}}};

constexpr Knots kViridis{
    {{68, 1, 84},    {71, 13, 96},   {72, 24, 106},  {72, 35, 116},  {71, 45, 123},  {69, 54, 129},  {66, 64, 134},
     {63, 73, 137},  {59, 82, 139},  {55, 90, 141},  {51, 99, 141},  {47, 106, 142}, {44, 114, 142}, {41, 122, 142},
     {38, 129, 142}, {35, 137, 142}, {33, 144, 141}, {31, 152, 139}, {30, 159, 136}, {33, 166, 133}, {39, 174, 128},
     {49, 181, 123}, {61, 188, 116}, {76, 194, 108}, {92, 201, 99},  {110, 206, 88}, {129, 212, 76}, {150, 216, 64},
     {171, 220, 49}, {192, 223, 37}, {213, 226, 25}, {234, 229, 25}, {253, 231, 36}}};

constexpr Knots kInferno{
    {{0, 0, 3},      {3, 3, 18},     {10, 7, 36},     {21, 11, 55},    {33, 12, 74},   {46, 10, 91},   {60, 9, 101},
     {74, 11, 107},  {87, 16, 110},  {99, 20, 111},   {112, 25, 110},  {125, 30, 109}, {137, 34, 106}, {150, 39, 102},
     {163, 43, 98},  {175, 49, 92},  {187, 55, 85},   {198, 61, 77},   {209, 69, 69},  {219, 79, 60},  {228, 89, 50},
     {235, 101, 40}, {241, 113, 30}, {246, 127, 20},  {249, 141, 9},   {251, 156, 5},  {252, 171, 15}, {251, 186, 31},
     {249, 202, 50}, {245, 217, 73}, {242, 232, 101}, {242, 245, 134}, {252, 255, 165}}};

constexpr Knots kMagma{{{0, 0, 3},       {3, 3, 17},      {10, 8, 34},     {19, 13, 51},    {29, 17, 70},
                        {40, 18, 90},    {54, 16, 107},   {67, 15, 118},   {80, 18, 124},   {93, 23, 127},
                        {105, 28, 129},  {118, 33, 129},  {130, 38, 130},  {143, 42, 129},  {156, 46, 127},
                        {169, 50, 125},  {182, 55, 122},  {195, 59, 117},  {208, 65, 112},  {219, 72, 106},
                        {230, 81, 99},   {239, 92, 94},   {245, 105, 92},  {249, 120, 92},  {251, 135, 97},
                        {253, 150, 104}, {254, 165, 113}, {254, 180, 123}, {254, 195, 135}, {254, 209, 148},
                        {253, 224, 161}, {252, 238, 176}, {252, 253, 191}}};

template <const Knots& knots>
Rgb interpolate(double t) {
  const double position = t * static_cast<double>(knots.size() - 1);
  const std::size_t i = std::min(static_cast<std::size_t>(position), knots.size() - 2);
  const double f = position - static_cast<double>(i);
  const auto mix = [f](std::uint8_t a, std::uint8_t b) { return to_level((a + (b - a) * f) / 255.0); };
  return {mix(knots[i].r, knots[i + 1].r), mix(knots[i].g, knots[i + 1].g), mix(knots[i].b, knots[i + 1].b)};
}

constexpr std::array<std::string_view, 6> kNames{"hot", "jet", "turbo", "viridis", "inferno", "magma"};

}  // namespace

std::span<const std::string_view> Colormap::names() {
  return kNames;
}

const Colormap& Colormap::by_name(std::string_view name) {
  static constexpr std::array<Colormap, kNames.size()> maps{Colormap{kNames[0], hot},
                                                            Colormap{kNames[1], jet},
                                                            Colormap{kNames[2], interpolate<kTurbo>},
                                                            Colormap{kNames[3], interpolate<kViridis>},
                                                            Colormap{kNames[4], interpolate<kInferno>},
                                                            Colormap{kNames[5], interpolate<kMagma>}};
  const auto found = std::find_if(maps.begin(), maps.end(), [name](const Colormap& map) { return map.name() == name; });
  if (found == maps.end()) {
    throw Error(OC_E_OPTION,
                fmt::format("there is no colour map '{}'; choose one of {}", name, fmt::join(kNames, ", ")));
  }
  return *found;
}

Rgb Colormap::operator()(float value) const {
  if (std::isnan(value)) return kNanColour;
  return formula_(std::clamp(static_cast<double>(value), 0.0, 1.0));
}

}  // namespace ocellus::drawing
