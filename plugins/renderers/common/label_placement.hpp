// Where labels of boxes can stand so that each is readable.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "plugins/renderers/common/pixel.hpp"

namespace ocellus::drawing {

struct LabelledBox {
  PixelRect box;
  int label_width = 0;
  int label_height = 0;
};

// A place for each label, in order: inside `area`, on no label placed before and, as long as there is such a place, on
// no other box. A label stands in the corner of its own box if it fills at most a third of it, else beside it, else in
// the corner after all, else as near as possible. None where no place is left.
std::vector<std::optional<PixelRect>> place_labels(std::span<const LabelledBox> boxes, const PixelRect& area);

// Whether a label shares a part of an edge with its box or lies on it, so that nobody asks which box it belongs to.
bool adjoins(const PixelRect& label, const PixelRect& box);

}  // namespace ocellus::drawing
