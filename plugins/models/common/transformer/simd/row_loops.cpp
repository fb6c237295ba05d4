// Compiled once for each kind of processor, with OCELLUS_SIMD as the name of its table (see CMakeLists.txt).
#include "plugins/models/common/transformer/simd/row_loops.hpp"

#include "plugins/models/common/transformer/simd/lanes.hpp"

// Inlined, so that a whole vector's n is a constant.
#define OCELLUS_LANES [&](int64_t i, int64_t n) __attribute__((always_inline))

namespace ocellus::models::simd {

namespace {

constexpr float lowest = -__builtin_inff();

// f(i, n) for the n elements from i on, n being lane_count until the last.
template <class F>
OCELLUS_INLINE void for_lanes(int64_t size, const F& f) {
  int64_t i = 0;
  for (; i + lane_count <= size; i += lane_count) f(i, lane_count);
  if (i < size) f(i, size - i);
}

// `wide` has room for `visible` floats and may be the row itself.
template <class T>
OCELLUS_INLINE void softmax_row(T* row, int64_t visible, float scale, float* wide) {
  Floats best = all(lowest);
  for_lanes(
      visible, OCELLUS_LANES { best = larger(load(row + i, n, lowest) * scale, best); });
  const float top = largest(best);
  Floats sums{};
  for_lanes(
      visible, OCELLUS_LANES {
        const Floats value = exp(load(row + i, n, lowest) * scale - top);
        sums += value;
        store(wide + i, n, value);
      });
  const float share = 1 / sum(sums);
  for_lanes(
      visible, OCELLUS_LANES {
        const Floats value = load(wide + i, n, 0) * share;
        store(wide + i, n, value);
        if constexpr (sizeof(T) != sizeof(float)) store(row + i, n, value);
      });
}

template <class T>
void softmax(T* scores, const SoftmaxShape& shape, int64_t first, int64_t end, float* scratch, float* probabilities) {
  for (int64_t row = first; row < end; ++row) {
    T* const values = scores + row * shape.keys;
    const int64_t visible = shape.visible + row % shape.rows * shape.step;
    float* wide = probabilities != nullptr ? probabilities + row * shape.keys : scratch;
    if constexpr (sizeof(T) == sizeof(float)) wide = values;
    softmax_row(values, visible, shape.scale, wide);
    const size_t unseen = static_cast<size_t>(shape.keys - visible);
    std::memset(values + visible, 0, unseen * sizeof(T));
    if (probabilities == nullptr) continue;
    if constexpr (sizeof(T) == sizeof(float)) {
      std::memcpy(probabilities + row * shape.keys, values, static_cast<size_t>(shape.keys) * sizeof(float));
    } else {
      std::memset(wide + visible, 0, unseen * sizeof(float));
    }
  }
}

// Of the scores before their scale: p * (g - along) * scale.
template <class T>
void softmax_gradient(const T* probabilities, T* gradient, const float* along, const SoftmaxShape& shape, int64_t first,
                      int64_t end) {
  for (int64_t row = first; row < end; ++row) {
    const T* const p = probabilities + row * shape.keys;
    T* const g = gradient + row * shape.keys;
    const float mean = along[row];
    const int64_t visible = shape.visible + row % shape.rows * shape.step;
    for_lanes(
        visible, OCELLUS_LANES { store(g + i, n, load(p + i, n, 0) * (load(g + i, n, 0) - mean) * shape.scale); });
    std::memset(g + visible, 0, static_cast<size_t>(shape.keys - visible) * sizeof(T));
  }
}

// Products and sum are rounded as the wider of T and Table rounds.
template <class T, class Table>
void rotate(const T* x, const Table* cos, const Table* sin, T* out, const RotationShape& shape, int64_t first,
            int64_t end) {
  const int64_t half = shape.width / 2;
  for (int64_t row = first; row < end; ++row) {
    const Table* const c = cos + row * shape.width;
    const Table* const s = sin + row * shape.width;
    for (int64_t head = 0; head < shape.heads; ++head) {
      const T* const from = x + row * shape.row_stride + head * shape.width;
      T* const to = out + (row * shape.heads + head) * shape.width;
      for_lanes(
          half, OCELLUS_LANES {
            const int64_t j = i + half;
            const Floats low = load(from + i, n, 0), high = load(from + j, n, 0);
            store(to + i, n, as<Table>(low * load(c + i, n, 0)) + as<Table>(-high * load(s + i, n, 0)));
            store(to + j, n, as<Table>(high * load(c + j, n, 0)) + as<Table>(low * load(s + j, n, 0)));
          });
    }
  }
}

}  // namespace

#define OCELLUS_TEXT_OF(name) #name
#define OCELLUS_TEXT(name) OCELLUS_TEXT_OF(name)

extern const RowLoops OCELLUS_SIMD;
const RowLoops OCELLUS_SIMD{
    OCELLUS_TEXT(OCELLUS_SIMD),
    {softmax<float>, softmax_gradient<float>, rotate<float, float>, rotate<float, float>},
    {softmax<Bfloat16>, softmax_gradient<Bfloat16>, rotate<Bfloat16, Bfloat16>, rotate<Bfloat16, float>}};

}  // namespace ocellus::models::simd
