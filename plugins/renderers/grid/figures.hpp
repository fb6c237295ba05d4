// Which maps share a figure, and in which order.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/renderers/grid/map_facts.hpp"

namespace ocellus::grid {

// What differs from cell to cell.
enum class By { layer, head, method, weights, question, image, model };

By by_named(std::string_view word);

// Whether the cells may be of several samples.
constexpr bool is_over_samples(By by) {
  return by == By::question || by == By::image || by == By::model;
}

struct Figure {
  std::vector<size_t> maps;  // places among the facts, in the order of the cells
  size_t in_row = 0;         // that many maps belong side by side; 0 = any number
  std::string part;          // of the file's name, what tells the figure from others of its first map; may be empty
};

// The layer that stands in the file's name of a figure whose first map is `first`; -1 = none.
int32_t layer_of_file(By by, const MapFacts& first);

// Maps that differ in nothing but `by` share a figure, in the order in which they were made:
//   layer, head         of one method and one image
//   method, weights     of one image, all of them: of methods that have the same layers a row is a layer
//   question            of one picture and layer
//   image               of one question and layer
//   model               of one picture, question and place among the method's layers
// `head` shows maps of single heads and nothing else, and `layer` all others; `weights` shows maps that say which they
// are made with. Over samples, a map that no other can stand beside is left out. More than `per_file` maps go on in
// further figures.
std::vector<Figure> figures_of(By by, const std::vector<MapFacts>& maps, size_t per_file);

}  // namespace ocellus::grid
