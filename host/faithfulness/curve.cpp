#include "host/faithfulness/curve.hpp"

#include <algorithm>
#include <array>

namespace ocellus::faithfulness {

std::span<const AreaName> area_names() {
  static constexpr std::array<AreaName, 5> names{{{"insertion", &Areas::insertion},
                                                  {"deletion", &Areas::deletion},
                                                  {"gap", &Areas::gap},
                                                  {"flip_area", &Areas::flip_area},
                                                  {"flips", &Areas::flips}}};
  return names;
}

std::vector<size_t> masked_counts(size_t cells, size_t steps) {
  std::vector<size_t> counts;
  for (size_t step = 0; step <= steps; ++step) counts.push_back((2 * step * cells + steps) / (2 * steps));
  return counts;
}

double trapezoid(std::span<const double> x, std::span<const double> y) {
  double area = 0;
  for (size_t i = 1; i < x.size(); ++i) area += (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2;
  return area;
}

Areas areas_of(const Curve& curve) {
  Areas areas;
  areas.insertion = trapezoid(curve.x, curve.insertion);
  areas.deletion = trapezoid(curve.x, curve.deletion);
  areas.gap = areas.insertion - areas.deletion;
  const auto flip = std::find_if(curve.tokens.begin(), curve.tokens.end(),
                                 [&](int64_t token) { return token != curve.tokens.front(); });
  if (flip == curve.tokens.end()) return areas;
  areas.flips = 1;
  areas.flip_area = curve.x[static_cast<size_t>(flip - curve.tokens.begin())];
  return areas;
}

Areas mean_of(std::span<const Areas> areas) {
  Areas mean;
  for (const auto& [name, member] : area_names()) {
    double sum = 0;
    for (const Areas& of : areas) sum += of.*member;
    mean.*member = sum / static_cast<double>(areas.size());
  }
  return mean;
}

Curve mean_of(std::span<const Curve> curves) {
  Curve mean = curves.front();
  mean.tokens.clear();
  for (const auto line : {&Curve::deletion, &Curve::insertion}) {
    for (size_t i = 0; i < mean.x.size(); ++i) {
      double sum = 0;
      for (const Curve& of : curves) sum += (of.*line)[i];
      (mean.*line)[i] = sum / static_cast<double>(curves.size());
    }
  }
  return mean;
}

}  // namespace ocellus::faithfulness
