// The inner loops of row_kernels.hpp, compiled for each kind of processor. Free of libtorch; everything is contiguous
// unless a stride is named.
#pragma once

#include <cstdint>
#include <span>

namespace ocellus::models::simd {

struct Bfloat16;

// Rows of scores [heads, rows, keys]; row i of each head sees its first visible + i * step keys.
struct SoftmaxShape {
  int64_t rows, keys, visible, step;
  float scale;
};

// Rows of x [rows, heads, width].
struct RotationShape {
  int64_t heads, width, row_stride;
};

// T is float or Bfloat16; each loop does the rows first .. end-1.
template <class T>
struct LoopsOf {
  // scratch: keys floats. probabilities: null, or [heads, rows, keys].
  void (*softmax)(T* scores, const SoftmaxShape&, int64_t first, int64_t end, float* scratch, float* probabilities);
  // See row_kernels::softmax_gradient.
  void (*softmax_gradient)(const T* probabilities, T* gradient, const float* along, const SoftmaxShape&, int64_t first,
                           int64_t end);
  void (*rotate)(const T* x, const T* cos, const T* sin, T* out, const RotationShape&, int64_t first, int64_t end);
  void (*rotate_in_float)(const T* x, const float* cos, const float* sin, T* out, const RotationShape&, int64_t first,
                          int64_t end);
};

struct RowLoops {
  const char* instructions;  // "avx512", "avx2" or "portable"
  LoopsOf<float> float32;
  LoopsOf<Bfloat16> bfloat16;
};

// Those that this processor can run, the fastest first.
std::span<const RowLoops* const> runnable_loops();

}  // namespace ocellus::models::simd
