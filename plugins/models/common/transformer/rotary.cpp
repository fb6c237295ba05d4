#include "plugins/models/common/transformer/rotary.hpp"

#include <ATen/ATen.h>

#include "plugins/models/common/transformer/row_kernels.hpp"

namespace ocellus::models {

at::Tensor inverse_frequencies(int64_t dim, double base) {
  const at::Tensor exponents = at::arange(0, dim, 2, at::kLong).to(at::kFloat) / static_cast<double>(dim);
  return at::reciprocal(at::pow(base, exponents));
}

RotaryTable RotaryTable::of(const at::Tensor& angles, at::ScalarType type) {
  const at::Tensor both = at::cat({angles, angles}, -1).unsqueeze(1);
  return {both.cos().to(type), both.sin().to(type)};
}

RotaryTable RotaryTable::inverse() const {
  return {cos, -sin};
}

at::Tensor RotaryTable::rotate(const at::Tensor& x) const {
  if (row_kernels::take(x)) return row_kernels::rotate(x, cos, sin);
  const int64_t half = x.size(-1) / 2;
  const at::Tensor turned = at::cat({-x.narrow(-1, half, half), x.narrow(-1, 0, half)}, -1);
  return (x * cos + turned * sin).to(x.scalar_type());
}

}  // namespace ocellus::models
