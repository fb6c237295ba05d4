#include "plugins/renderers/grid/arrangement.hpp"

#include <algorithm>

namespace ocellus::grid {
namespace {

// Cells that stand above each other.
using Column = std::vector<Cell>;

}  // namespace

std::vector<std::vector<Cell>> arrange(const ArrangementSpec& spec) {
  const bool above = spec.style == Style::both && !spec.beside;
  const std::size_t height = above ? 2 : 1;
  std::vector<std::vector<Column>> lines(1);
  // In a figure of a fixed width, the place of the source stays empty in later lines.
  const std::size_t lead = spec.original && !spec.originals && spec.in_row > 0 ? 1 : 0;
  std::size_t width = 0;
  const auto put = [&](Show show, std::size_t map, Show below = Show::nothing) {
    if (width > 0 && lines.back().size() == width) {
      lines.emplace_back();
      if (lead > 0) lines.back().push_back(Column(height));
    }
    Column& column = lines.back().emplace_back(Column(height));
    column.front() = {show, map};
    if (above) column.back() = {below, map};
  };
  const std::size_t per_map = (spec.style == Style::both && spec.beside ? 2 : 1) + (spec.originals ? 1 : 0);
  width = spec.in_row > 0 ? lead + spec.in_row * per_map : std::max<std::size_t>(spec.columns, 1);
  if (spec.original && !spec.originals) put(Show::source, 0);
  for (std::size_t map = 0; map < spec.n_maps; ++map) {
    if (spec.originals) put(Show::source, map);
    if (spec.style == Style::overlay) {
      put(Show::overlay, map);
    } else {
      put(Show::map, map, Show::overlay);
      if (spec.style == Style::both && spec.beside) put(Show::overlay, map);
    }
  }
  std::vector<std::vector<Cell>> rows;
  for (const std::vector<Column>& line : lines) {
    for (std::size_t row = 0; row < height; ++row) {
      std::vector<Cell>& cells = rows.emplace_back();
      for (const Column& column : line) cells.push_back(column[row]);
    }
  }
  return rows;
}

}  // namespace ocellus::grid
