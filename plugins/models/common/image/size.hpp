// The two sides of a picture or a grid.
#pragma once

namespace ocellus::models {

struct Size {
  int height = 0;
  int width = 0;

  bool operator==(const Size&) const = default;
};

}  // namespace ocellus::models
