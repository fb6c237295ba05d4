#include "plugins/renderers/common/contour.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>

namespace ocellus::drawing {
namespace {

// The map on the nodes of a lattice, `per_cell` squares a cell. An even number puts nodes on the centres of cells,
// where the interpolated surface has its kinks.
class Lattice {
 public:
  explicit Lattice(const ScalarMap& map) {
    const int side = std::max(map.width, map.height);
    per_cell_ = side <= 128 ? 8 : side <= 512 ? 4 : 2;
    columns_ = map.width * per_cell_ + 1;
    rows_ = map.height * per_cell_ + 1;
    values_.reserve(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_));
    for (int j = 0; j < rows_; ++j) {
      for (int i = 0; i < columns_; ++i) values_.push_back(interpolate(map, i, j));
    }
  }

  int columns() const { return columns_; }
  int rows() const { return rows_; }
  double per_cell() const { return per_cell_; }
  double at(int i, int j) const {
    return values_[static_cast<std::size_t>(j) * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(i)];
  }

 private:
  double interpolate(const ScalarMap& map, int i, int j) const {
    const double u = std::clamp(static_cast<double>(i) / per_cell_ - 0.5, 0.0, map.width - 1.0);
    const double v = std::clamp(static_cast<double>(j) / per_cell_ - 0.5, 0.0, map.height - 1.0);
    const int column = static_cast<int>(u), row = static_cast<int>(v);
    const auto cell = [&map](int r, int c) {
      r = std::min(r, map.height - 1), c = std::min(c, map.width - 1);
      return double{
          map.values[static_cast<std::size_t>(r) * static_cast<std::size_t>(map.width) + static_cast<std::size_t>(c)]};
    };
    return std::lerp(std::lerp(cell(row, column), cell(row, column + 1), u - column),
                     std::lerp(cell(row + 1, column), cell(row + 1, column + 1), u - column), v - row);
  }

  int per_cell_;
  int columns_;
  int rows_;
  std::vector<double> values_;
};

// An edge of the lattice: 2 * node to the right neighbour, 2 * node + 1 to the one below.
using Edge = std::int64_t;

// The crossings of one level, joined through the squares they share: an edge has one crossing and one or two links.
class Crossings {
 public:
  Crossings(const Lattice& lattice, double level) : lattice_(lattice), level_(level) {
    for (int j = 0; j + 1 < lattice.rows(); ++j) {
      for (int i = 0; i + 1 < lattice.columns(); ++i) cross(i, j);
    }
  }

  std::vector<Polyline> joined() {
    std::vector<Polyline> lines;
    // Open lines begin at an end, so they are followed before any closed one.
    for (const auto& [edge, links] : links_) {
      if (!links.visited && !links.second) lines.push_back(follow(edge));
    }
    for (const auto& [edge, links] : links_) {
      if (links.visited) continue;
      lines.push_back(follow(edge));
      lines.back().closed = true;
    }
    return lines;
  }

 private:
  struct Links {
    std::optional<Edge> first, second;
    bool visited = false;
  };

  Edge edge(int i, int j, bool down) const { return 2 * (Edge{j} * lattice_.columns() + i) + (down ? 1 : 0); }

  void join(Edge a, Edge b) {
    const auto link = [this](Edge from, Edge to) {
      Links& links = links_[from];
      (links.first ? links.second : links.first) = to;
    };
    link(a, b);
    link(b, a);
  }

  // The square with the node (i, j) at its top left.
  void cross(int i, int j) {
    const std::array<double, 4> corners{lattice_.at(i, j), lattice_.at(i + 1, j), lattice_.at(i + 1, j + 1),
                                        lattice_.at(i, j + 1)};
    // Side k lies between corner k and the next, clockwise from the top.
    const std::array<Edge, 4> sides{edge(i, j, false), edge(i + 1, j, true), edge(i, j + 1, false), edge(i, j, true)};
    const auto above = [&](std::size_t k) { return corners[k % 4] >= level_; };
    std::vector<std::size_t> crossed;
    for (std::size_t k = 0; k < 4; ++k) {
      if (above(k) != above(k + 1)) crossed.push_back(k);
    }
    if (crossed.size() == 2) join(sides[crossed[0]], sides[crossed[1]]);
    if (crossed.size() == 4) {
      // Nielson and Hamann's asymptotic decider: the corners on the saddle point's side of the level belong together,
      // and the lines cut the other two off.
      const double saddle =
          (corners[0] * corners[2] - corners[1] * corners[3]) / (corners[0] + corners[2] - corners[1] - corners[3]);
      const std::size_t cut = above(0) == (saddle >= level_) ? 1 : 0;
      join(sides[cut], sides[(cut + 3) % 4]);
      join(sides[cut + 1], sides[cut + 2]);
    }
  }

  Point place(Edge edge) const {
    const int i = static_cast<int>(edge / 2 % lattice_.columns()), j = static_cast<int>(edge / 2 / lattice_.columns());
    const bool down = edge % 2 == 1;
    const double from = lattice_.at(i, j), to = lattice_.at(i + (down ? 0 : 1), j + (down ? 1 : 0));
    const double share = (level_ - from) / (to - from);
    return {(i + (down ? 0.0 : share)) / lattice_.per_cell(), (j + (down ? share : 0.0)) / lattice_.per_cell()};
  }

  Polyline follow(Edge edge) {
    Polyline line;
    for (std::optional<Edge> next = edge; next;) {
      Links& links = links_[*next];
      links.visited = true;
      line.points.push_back(place(*next));
      const auto fresh = [this](const std::optional<Edge>& to) { return to && !links_[*to].visited; };
      next = fresh(links.first) ? links.first : fresh(links.second) ? links.second : std::nullopt;
    }
    return line;
  }

  const Lattice& lattice_;
  double level_;
  std::map<Edge, Links> links_;
};

}  // namespace

std::vector<Polyline> iso_lines(const ScalarMap& map, double level) {
  check(map);
  const Lattice lattice(map);
  return Crossings(lattice, level).joined();
}

}  // namespace ocellus::drawing
