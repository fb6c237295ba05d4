// Sixteen numbers at a time, by the compiler's vector extension: one register with AVX-512, two with AVX2. Included by
// row_loops.cpp alone, which is compiled once for each kind of processor; so nothing here may be an ordinary inline
// function, of which the linker would keep one copy for all.
#pragma once

#include <cstdint>
#include <cstring>

#define OCELLUS_INLINE __attribute__((always_inline)) static inline

// Vectors go to inlined functions only, so that it does not matter how a call would pass them.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace ocellus::models::simd {

struct Bfloat16 {
  uint16_t bits;
};

namespace {

constexpr int64_t lane_count = 16;

using Floats = float __attribute__((vector_size(64)));
using Words = uint32_t __attribute__((vector_size(64)));
using Integers = int32_t __attribute__((vector_size(64)));
using Halves = uint16_t __attribute__((vector_size(32)));

OCELLUS_INLINE Floats all(float value) {
  return Floats{} + value;
}

// To nearest, ties to even; what is not a number stays so.
OCELLUS_INLINE Words bfloat16_bits(Floats values) {
  Words words, is_number;
  const Integers equal = values == values;
  std::memcpy(&words, &values, sizeof words);
  std::memcpy(&is_number, &equal, sizeof equal);
  const Words rounded = (words + 0x7fffu + (words >> 16 & 1u)) >> 16;
  return (rounded & is_number) | (~is_number & 0x7fc0u);
}

OCELLUS_INLINE Floats widened(Halves halves) {
  const Words words = __builtin_convertvector(halves, Words) << 16;
  Floats values;
  std::memcpy(&values, &words, sizeof values);
  return values;
}

// The first n <= lane_count elements; the others of the vector are `fill`, a number that both types have.
OCELLUS_INLINE Floats load(const float* from, int64_t n, float fill) {
  Floats values = all(fill);
  std::memcpy(&values, from, static_cast<size_t>(n) * sizeof *from);
  return values;
}

OCELLUS_INLINE Floats load(const Bfloat16* from, int64_t n, float fill) {
  Halves halves = __builtin_convertvector(bfloat16_bits(all(fill)), Halves);
  std::memcpy(&halves, from, static_cast<size_t>(n) * sizeof *from);
  return widened(halves);
}

OCELLUS_INLINE void store(float* to, int64_t n, Floats values) {
  std::memcpy(to, &values, static_cast<size_t>(n) * sizeof *to);
}

OCELLUS_INLINE void store(Bfloat16* to, int64_t n, Floats values) {
  const Halves halves = __builtin_convertvector(bfloat16_bits(values), Halves);
  std::memcpy(to, &halves, static_cast<size_t>(n) * sizeof *to);
}

// The values as a T would keep them.
template <class T>
OCELLUS_INLINE Floats as(Floats values) {
  if constexpr (sizeof(T) == sizeof(float)) return values;
  return widened(__builtin_convertvector(bfloat16_bits(values), Halves));
}

OCELLUS_INLINE Floats larger(Floats a, Floats b) {
  return a > b ? a : b;
}

OCELLUS_INLINE float sum(Floats values) {
  float total = 0;
  for (int64_t i = 0; i < lane_count; ++i) total += values[i];
  return total;
}

OCELLUS_INLINE float largest(Floats values) {
  float best = values[0];
  for (int64_t i = 1; i < lane_count; ++i) best = values[i] > best ? values[i] : best;
  return best;
}

// e^x for x <= 0 within 2 units of the last place; 0 below -87.3, where the result would be no normal number. What is
// not a number stays so.
OCELLUS_INLINE Floats exp(Floats x) {
  // x = n ln 2 + r with |r| <= ln 2 / 2; ln 2 in two parts; Taylor's series of e^r.
  constexpr float log2e = 1.44269504f, ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
  constexpr float no_fraction = 12582912.0f;  // 1.5 * 2^23: adding it rounds to a whole number
  const Floats bounded = x < -87.3f ? all(-87.3f) : x;
  const Floats n = (bounded * log2e + no_fraction) - no_fraction;
  const Floats r = (bounded - n * ln2_high) - n * ln2_low;
  Floats series = r * (1.0f / 5040) + 1.0f / 720;
  series = series * r + 1.0f / 120;
  series = series * r + 1.0f / 24;
  series = series * r + 1.0f / 6;
  series = series * r + 0.5f;
  series = series * r + 1.0f;
  series = series * r + 1.0f;
  const Integers exponent = (__builtin_convertvector(n, Integers) + 127) << 23;
  Floats power;
  std::memcpy(&power, &exponent, sizeof power);
  return x < -87.3f ? Floats{} : series * power;
}

}  // namespace

}  // namespace ocellus::models::simd
