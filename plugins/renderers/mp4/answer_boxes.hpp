// Places that an answer names, as "(120,80),(430,600)": corners in thousandths of the picture's width and height.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "plugins/renderers/common/map_sampler.hpp"

namespace ocellus::mp4 {

struct AnswerBox {
  drawing::Extent box;
  size_t end;  // byte of the text behind its last parenthesis
};

// In the order of the text. Corners may come in any order; what has a coordinate over 1000, or no area, is no box.
std::vector<AnswerBox> boxes_in(std::string_view text);

}  // namespace ocellus::mp4
