// What stands between two matrix products, in one pass over memory and without a temporary: loops over rows, on the
// CPU, for float32 and bfloat16. Sums and exponentials are float32; a bfloat16 result is rounded wherever the sequence
// of operators that Hugging Face runs rounds it. Rows are shared among the runtime's threads, and a row's numbers
// depend on nothing but the row.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace ocellus::models::row_kernels {

// Whether the kernels take this tensor: else its layer runs libtorch's operators, one after another.
bool take(const at::Tensor& x);

// What the loops were compiled for, of the kinds that there are: "avx512", "avx2" or "portable".
const char* instructions();

// scores [heads, rows, keys], contiguous, become softmax(scores * scale) in place. Row i of a head sees its first
// visible + i * step keys; the others become 0. `probabilities`, if not null, takes [heads, rows, keys] in float32
// before the cast.
void softmax(const at::Tensor& scores, double scale, int64_t visible, int64_t step, float* probabilities);

// The way back of softmax(scores * scale): `gradient` [heads, rows, keys], of the probabilities, becomes that of the
// scores in place. `probabilities` are those that softmax gave, of the same type; `along` [heads, rows], in float32, is
// the sum of gradient * probability over each row. Keys that a row does not see get 0.
void softmax_gradient(const at::Tensor& probabilities, const at::Tensor& gradient, const at::Tensor& along,
                      double scale, int64_t visible, int64_t step);

// x [rows, heads, d], whose last two dimensions are contiguous, with element i turned against element i + d/2; cos and
// sin [rows, 1, d] are float32 or of x's type.
at::Tensor rotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin);

}  // namespace ocellus::models::row_kernels
