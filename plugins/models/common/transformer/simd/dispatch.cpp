#include <vector>

#include "plugins/models/common/transformer/simd/row_loops.hpp"

namespace ocellus::models::simd {

extern const RowLoops portable;
#ifdef __x86_64__
extern const RowLoops avx2, avx512;
#endif

std::span<const RowLoops* const> runnable_loops() {
  static const std::vector<const RowLoops*> runnable = [] {
    std::vector<const RowLoops*> found;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq")) {
      found.push_back(&avx512);
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found.push_back(&avx2);
#endif
    found.push_back(&portable);
    return found;
  }();
  return runnable;
}

}  // namespace ocellus::models::simd
