// What the colours of a figure's maps stand for.
#pragma once

#include <string>

#include "plugins/renderers/common/figure.hpp"

namespace ocellus::drawing {

// Throws what drawing the figure throws for a specification that cannot be.
void check(const FigureSpec& spec);

// Whether one range holds for the colours of all views.
bool is_one_scale(const FigureSpec& spec);

// The colours of a view, its iso-lines and its borders; sizes of lines and letters are the caller's.
ViewStyle style_of(const FigureSpec& spec, const MapView& view);

// "colours linear from 0 (minimum of the map) to 0.25 (maximum)"
std::string range_sentence(const FigureSpec& spec, const MapView& view);

}  // namespace ocellus::drawing
