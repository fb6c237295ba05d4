#include "plugins/models/common/transformer/memory.hpp"

#include <malloc.h>

namespace ocellus::models {

namespace {

constexpr int one_gib = 1 << 30, default_threshold = 128 << 10;

}  // namespace

void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, one_gib);
  mallopt(M_TRIM_THRESHOLD, one_gib);
}

MappingsOfTheirOwn::MappingsOfTheirOwn() {
  mallopt(M_MMAP_THRESHOLD, default_threshold);
}

MappingsOfTheirOwn::~MappingsOfTheirOwn() {
  mallopt(M_MMAP_THRESHOLD, one_gib);
}

}  // namespace ocellus::models
