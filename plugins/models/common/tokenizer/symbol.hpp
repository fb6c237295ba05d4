// What a model makes of a piece of text.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ocellus::models {

// A vocabulary entry standing for bytes [begin, end) of a piece.
struct Symbol {
  std::uint32_t id;
  std::size_t begin, end;
};

}  // namespace ocellus::models
