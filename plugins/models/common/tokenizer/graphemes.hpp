// Extended grapheme clusters (Unicode standard annex 29): what a reader takes for one character.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace ocellus::models {

// Calls `visit` with each cluster of `text`, which must be UTF-8, in order.
void for_each_grapheme(std::string_view text, const std::function<void(std::string_view cluster)>& visit);

}  // namespace ocellus::models
