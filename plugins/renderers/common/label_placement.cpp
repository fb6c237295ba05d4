#include "plugins/renderers/common/label_placement.hpp"

#include <algorithm>
#include <cstdint>

namespace ocellus::drawing {
namespace {

bool overlap(const PixelRect& a, const PixelRect& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

bool inside(const PixelRect& a, const PixelRect& area) {
  return a.x >= area.x && a.y >= area.y && a.x + a.width <= area.x + area.width &&
         a.y + a.height <= area.y + area.height;
}

// Squared distance of the nearest points of two rectangles.
std::int64_t distance(const PixelRect& a, const PixelRect& b) {
  const std::int64_t dx = std::max({0, b.x - a.x - a.width, a.x - b.x - b.width});
  const std::int64_t dy = std::max({0, b.y - a.y - a.height, a.y - b.y - b.height});
  return dx * dx + dy * dy;
}

// Places worth trying, the best first.
std::vector<PixelRect> candidates(const LabelledBox& item, const PixelRect& area) {
  const PixelRect& box = item.box;
  const int w = item.label_width, h = item.label_height;
  std::vector<PixelRect> places;
  const auto add = [&](int x, int y) {
    const PixelRect place{x, y, w, h};
    if (inside(place, area)) places.push_back(place);
  };
  const int right = box.x + box.width, bottom = box.y + box.height;
  const bool fits = w <= box.width && h <= box.height;
  const bool small = std::int64_t{3} * w * h <= std::int64_t{box.width} * box.height;
  if (fits && small) add(box.x, box.y);
  for (const int x : {box.x, right - w}) add(x, box.y - h), add(x, bottom);
  for (const int y : {box.y, bottom - h}) add(right, y), add(box.x - w, y);
  if (fits) add(box.x, box.y);
  const std::size_t adjacent = places.size();
  const int step = std::max(1, h / 2);
  for (int y = area.y; y + h <= area.y + area.height; y += step) {
    for (int x = area.x; x + w <= area.x + area.width; x += step) add(x, y);
  }
  std::stable_sort(places.begin() + static_cast<std::ptrdiff_t>(adjacent), places.end(),
                   [&box](const PixelRect& a, const PixelRect& b) { return distance(a, box) < distance(b, box); });
  return places;
}

}  // namespace

std::vector<std::optional<PixelRect>> place_labels(std::span<const LabelledBox> boxes, const PixelRect& area) {
  std::vector<std::optional<PixelRect>> placed;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const auto on_a_label = [&placed](const PixelRect& place) {
      return std::any_of(placed.begin(), placed.end(),
                         [&place](const std::optional<PixelRect>& other) { return other && overlap(*other, place); });
    };
    const auto on_another_box = [&](const PixelRect& place) {
      for (std::size_t k = 0; k < boxes.size(); ++k) {
        if (k != i && overlap(boxes[k].box, place)) return true;
      }
      return false;
    };
    std::optional<PixelRect> free, free_of_boxes;
    for (const PixelRect& place : candidates(boxes[i], area)) {
      if (on_a_label(place)) continue;
      if (!free) free = place;
      if (on_another_box(place)) continue;
      free_of_boxes = place;
      break;
    }
    placed.push_back(free_of_boxes ? free_of_boxes : free);
  }
  return placed;
}

bool adjoins(const PixelRect& label, const PixelRect& box) {
  const int across = std::min(label.x + label.width, box.x + box.width) - std::max(label.x, box.x);
  const int down = std::min(label.y + label.height, box.y + box.height) - std::max(label.y, box.y);
  return (across > 0 && down >= 0) || (across >= 0 && down > 0);
}

}  // namespace ocellus::drawing
