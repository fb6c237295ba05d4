// The pictures of a film, tiled, each under the cells of the step that is shown.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "plugins/renderers/common/canvas.hpp"
#include "plugins/renderers/common/heat_layer.hpp"
#include "plugins/renderers/common/map_sampler.hpp"
#include "plugins/renderers/mp4/ramp.hpp"

namespace ocellus::mp4 {

struct PanelPicture {
  drawing::ImageView source{};  // borrowed until the panel is made
  int rows = 0, columns = 0;    // of cells
  drawing::Extent extent{};     // of the cells in the picture
  std::string caption{};        // below it; may be empty
};

// A rectangle of a picture that is worth a frame.
struct PanelBox {
  size_t picture = 0;
  drawing::Extent box{};
};

struct PanelStyle {
  Ramp ramp{};
  double alpha = 0.5;  // of the cells over the picture
  bool grid = true;    // a darker line along the first pixels of each cell, where cells have room for it
  double text_points = 13.0;
  std::string font{};
};

// One picture, scaled once.
class PictureTile {
 public:
  PictureTile(const PanelPicture& picture, int width, int height, const PanelStyle& style);

  int width() const { return base_.width(); }
  int height() const { return base_.height(); }

  // Cell k of n covers the pixels [edge k, edge k + 1) of a side, edges rounded: each pixel belongs to one cell, and
  // none of the cells' extent is left over.
  drawing::Raster draw(std::span<const float> values, const drawing::ValueRange& range) const;

 private:
  drawing::Raster base_;
  std::vector<int> across_, down_;  // edges of the cells in pixels
  bool lines_across_, lines_down_;  // there is room for lines
  Ramp ramp_;
  int alpha_;  // of 256
};

class PicturePanel {
 public:
  // In a width x height that all pictures share as large as they can be.
  PicturePanel(std::span<const PanelPicture> pictures, int width, int height, const PanelStyle& style);

  // The panel's top left at (x, y). `values[k]` are the cells of picture k.
  void draw(drawing::Canvas& canvas, int x, int y, std::span<const std::span<const float>> values,
            const drawing::ValueRange& range, std::span<const PanelBox> boxes) const;

  // Where picture k is in the panel.
  drawing::PixelRect place(size_t k) const { return places_[k]; }

 private:
  std::vector<PictureTile> tiles_;
  std::vector<drawing::PixelRect> places_;
  std::vector<std::string> captions_;
  PanelStyle style_;
};

}  // namespace ocellus::mp4
