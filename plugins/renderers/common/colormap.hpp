// Named colour maps: a number in [0, 1] becomes a colour.
#pragma once

#include <span>
#include <string_view>

#include "plugins/renderers/common/pixel.hpp"

namespace ocellus::drawing {

// Shown where a map has no value.
inline constexpr Rgb kNanColour{204, 204, 204};

class Colormap {
 public:
  // Every name `by_name` takes: hot, jet, turbo, viridis, inferno, magma.
  static std::span<const std::string_view> names();

  // The map lives as long as the program. Throws OC_E_OPTION, listing the names, for any other name.
  static const Colormap& by_name(std::string_view name);

  // Values outside [0, 1] take the colour of the nearer end, NaN takes kNanColour.
  // At the 256 places of matplotlib's map of the same name at most one level away from it.
  Rgb operator()(float value) const;

  std::string_view name() const { return name_; }

 private:
  using Formula = Rgb (*)(double);
  constexpr Colormap(std::string_view name, Formula formula) : name_(name), formula_(formula) {}

  std::string_view name_;
  Formula formula_;
};

}  // namespace ocellus::drawing
