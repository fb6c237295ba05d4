// What the tokens of a stack are and where they lie.
#pragma once

#include <ocellus/abi/layout.h>

#include <cstdint>
#include <span>

namespace ocellus::models {

// Of `tokens` tokens, the same in all `layers`. Borrows segments, cells and grids. Its token ids are for the caller to
// add, where the tokens are a tokenizer's.
oc_layout layout_of(const char* stack, int64_t layers, int64_t tokens, std::span<const oc_segment> segments,
                    std::span<const oc_cell> cells, std::span<const oc_grid> grids);

}  // namespace ocellus::models
