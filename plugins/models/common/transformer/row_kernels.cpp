#include "plugins/models/common/transformer/row_kernels.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <type_traits>
#include <vector>

#include "plugins/models/common/transformer/simd/row_loops.hpp"

namespace ocellus::models::row_kernels {

namespace {

// Elements below which another thread costs more than it gives.
constexpr int64_t elements_per_thread = 1 << 15;

const simd::RowLoops& row_loops() {
  return *simd::runnable_loops().front();
}

// f(first, end) over parts of `rows`, each of `width` elements.
template <class F>
void for_rows(int64_t rows, int64_t width, const F& f) {
  at::parallel_for(0, rows, std::max<int64_t>(1, elements_per_thread / std::max<int64_t>(1, width)), f);
}

// f(loops, example of their pointers) for the type of x.
template <class F>
void with_loops(const at::Tensor& x, const F& f) {
  if (x.scalar_type() == at::kFloat) {
    f(row_loops().float32, static_cast<float*>(nullptr));
  } else {
    f(row_loops().bfloat16, static_cast<simd::Bfloat16*>(nullptr));
  }
}

template <class T>
T* data(const at::Tensor& x) {
  return static_cast<T*>(x.mutable_data_ptr());
}

template <class T>
const T* const_data(const at::Tensor& x) {
  return static_cast<const T*>(x.const_data_ptr());
}

}  // namespace

bool take(const at::Tensor& x) {
  return x.is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
}

const char* instructions() {
  return row_loops().instructions;
}

void softmax(const at::Tensor& scores, double scale, int64_t visible, int64_t step, float* probabilities) {
  const int64_t rows = scores.size(1), keys = scores.size(2);
  const simd::SoftmaxShape shape{rows, keys, visible, step, static_cast<float>(scale)};
  with_loops(scores, [&](const auto& loops, auto* type) {
    auto* const values = data<std::remove_pointer_t<decltype(type)>>(scores);
    for_rows(scores.size(0) * rows, keys, [&](int64_t first, int64_t end) {
      std::vector<float> scratch(static_cast<size_t>(keys));
      loops.softmax(values, shape, first, end, scratch.data(), probabilities);
    });
  });
}

void softmax_gradient(const at::Tensor& probabilities, const at::Tensor& gradient, const at::Tensor& along,
                      double scale, int64_t visible, int64_t step) {
  const int64_t rows = gradient.size(1), keys = gradient.size(2);
  const simd::SoftmaxShape shape{rows, keys, visible, step, static_cast<float>(scale)};
  with_loops(gradient, [&](const auto& loops, auto* type) {
    using T = std::remove_pointer_t<decltype(type)>;
    for_rows(gradient.size(0) * rows, keys, [&](int64_t first, int64_t end) {
      loops.softmax_gradient(const_data<T>(probabilities), data<T>(gradient), along.const_data_ptr<float>(), shape,
                             first, end);
    });
  });
}

at::Tensor rotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin) {
  const int64_t rows = x.size(0), heads = x.size(1), width = x.size(2);
  const at::Tensor out = at::empty({rows, heads, width}, x.options());
  const simd::RotationShape shape{heads, width, x.stride(0)};
  with_loops(x, [&](const auto& loops, auto* type) {
    using T = std::remove_pointer_t<decltype(type)>;
    for_rows(rows, heads * width, [&](int64_t first, int64_t end) {
      if (cos.scalar_type() == x.scalar_type()) {
        loops.rotate(const_data<T>(x), const_data<T>(cos), const_data<T>(sin), data<T>(out), shape, first, end);
      } else {
        loops.rotate_in_float(const_data<T>(x), const_data<float>(cos), const_data<float>(sin), data<T>(out), shape,
                              first, end);
      }
    });
  });
  return out;
}

}  // namespace ocellus::models::row_kernels
