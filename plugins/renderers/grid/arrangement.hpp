// Where the cells of a figure stand.
#pragma once

#include <cstddef>
#include <vector>

namespace ocellus::grid {

enum class Show { nothing, source, map, overlay };

struct Cell {
  Show show = Show::nothing;
  std::size_t map = 0;  // of the figure; a source is that map's picture
};

enum class Style { map, overlay, both };

struct ArrangementSpec {
  std::size_t n_maps = 0;
  std::size_t columns = 4;  // at most, unless `in_row` says so
  std::size_t in_row = 0;   // that many maps belong side by side; 0 = any number
  Style style = Style::map;
  bool beside = false;     // with Style::both, an overlay beside its map instead of below it
  bool original = false;   // the source first
  bool originals = false;  // ... before each map, because each is of another picture
};

// Rows of cells from the top; rows may differ in length.
std::vector<std::vector<Cell>> arrange(const ArrangementSpec& spec);

}  // namespace ocellus::grid
