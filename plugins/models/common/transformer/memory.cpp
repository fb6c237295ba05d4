#include "plugins/models/common/transformer/memory.hpp"

#include <malloc.h>

namespace ocellus::models {

void keep_freed_memory() {
  constexpr int one_gib = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, one_gib);
  mallopt(M_TRIM_THRESHOLD, one_gib);
}

}  // namespace ocellus::models
