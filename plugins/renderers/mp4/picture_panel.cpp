#include "plugins/renderers/mp4/picture_panel.hpp"

#include <algorithm>
#include <cmath>

#include "plugins/renderers/common/rimmed.hpp"
#include "plugins/renderers/common/text_block.hpp"

namespace ocellus::mp4 {
namespace {

using drawing::PixelRect;
using drawing::Raster;
using drawing::Rgb;

constexpr int kOpaque = 256;
constexpr int kGap = 8;               // between tiles
constexpr int kLeastCellForLine = 6;  // pixels; lines of smaller cells would hide what they part
constexpr Rgb kCaption{85, 85, 85};
constexpr Rgb kFrame{0, 230, 255};

// alpha * over + (1 - alpha) * under of each channel, rounded; red and blue are computed side by side in one word, for
// which 16 bits a channel are enough.
class Mix {
 public:
  Mix(Rgb over, int alpha)
      : under_share_(static_cast<Raster::Pixel>(kOpaque - alpha)),
        red_blue_((Raster::pack(over) & kRedBlue) * static_cast<Raster::Pixel>(alpha) + kHalf),
        green_((Raster::pack(over) >> 8 & kGreen) * static_cast<Raster::Pixel>(alpha) + (kHalf & kLow)) {}

  Raster::Pixel operator()(Raster::Pixel under) const {
    const Raster::Pixel red_blue = (under & kRedBlue) * under_share_ + red_blue_;
    const Raster::Pixel green = (under >> 8 & kGreen) * under_share_ + green_;
    return (red_blue >> 8 & kRedBlue) | (green & kGreen << 8);
  }

 private:
  static constexpr Raster::Pixel kRedBlue = 0xFF00FF, kGreen = 0xFF, kHalf = 0x800080, kLow = 0xFFFF;
  Raster::Pixel under_share_, red_blue_, green_;
};

bool has_room_for_lines(const std::vector<int>& edges) {
  for (size_t cell = 0; cell + 1 < edges.size(); ++cell) {
    const int length = edges[cell + 1] - edges[cell];
    if (length > 0 && length < kLeastCellForLine) return false;
  }
  return true;
}

struct Tiling {
  int columns = 1;
  int width = 0, height = 0;  // of the space of one tile
};

// The number of columns that shows the smallest picture largest.
Tiling tiling_of(std::span<const PanelPicture> pictures, int width, int height, int caption) {
  Tiling best;
  double best_scale = 0.0;
  const auto n = static_cast<int>(pictures.size());
  for (int columns = 1; columns <= n; ++columns) {
    const int rows = (n + columns - 1) / columns;
    const Tiling tiling{columns, (width - kGap * (columns - 1)) / columns,
                        (height - kGap * (rows - 1)) / rows - caption};
    double scale = 1e9;
    for (const PanelPicture& picture : pictures) {
      scale = std::min({scale, 1.0 * tiling.width / picture.source.width, 1.0 * tiling.height / picture.source.height});
    }
    if (scale <= best_scale) continue;
    best_scale = scale;
    best = tiling;
  }
  return best;
}

}  // namespace

PictureTile::PictureTile(const PanelPicture& picture, int width, int height, const PanelStyle& style)
    : base_(Raster::scaled(picture.source, width, height)),
      across_(drawing::cell_edges(picture.columns, picture.extent.x0, picture.extent.x1, width)),
      down_(drawing::cell_edges(picture.rows, picture.extent.y0, picture.extent.y1, height)),
      lines_across_(style.grid && has_room_for_lines(across_)),
      lines_down_(style.grid && has_room_for_lines(down_)),
      ramp_(style.ramp),
      alpha_(static_cast<int>(std::lround(style.alpha * kOpaque))) {}

Raster PictureTile::draw(std::span<const float> values, const drawing::ValueRange& range) const {
  const size_t columns = across_.size() - 1;
  std::vector<Mix> cells;
  for (const float value : values) cells.emplace_back(ramp_(value, range), alpha_);
  const Mix line(drawing::kBlack, kOpaque / 2);
  Raster tile(base_.width(), base_.height());
  size_t row = 0;
  tile.edit_rows([&](int y, std::span<Raster::Pixel> pixels) {
    const auto source = base_.row(y);
    std::copy(source.begin(), source.end(), pixels.begin());
    while (row + 1 < down_.size() && y >= down_[row + 1]) ++row;
    if (y < down_[row] || row + 1 == down_.size()) return;
    const auto part = [&](size_t cell) {
      return pixels.subspan(static_cast<size_t>(across_[cell]), static_cast<size_t>(across_[cell + 1] - across_[cell]));
    };
    for (size_t cell = 0; cell < columns; ++cell) {
      const Mix mix = cells[row * columns + cell];
      for (Raster::Pixel& pixel : part(cell)) pixel = mix(pixel);
    }
    const bool on_line = lines_down_ && y == down_[row] && y > 0;
    for (size_t cell = 0; cell < columns; ++cell) {
      auto dark = part(cell);
      if (!on_line) dark = dark.first(lines_across_ && across_[cell] > 0 && !dark.empty() ? 1 : 0);
      for (Raster::Pixel& pixel : dark) pixel = line(pixel);
    }
  });
  return tile;
}

PicturePanel::PicturePanel(std::span<const PanelPicture> pictures, int width, int height, const PanelStyle& style)
    : style_(style) {
  bool any_caption = false;
  for (const PanelPicture& picture : pictures) any_caption = any_caption || !picture.caption.empty();
  const int caption = any_caption ? static_cast<int>(style.text_points * 1.6) : 0;
  const Tiling tiling = tiling_of(pictures, width, height, caption);
  for (size_t k = 0; k < pictures.size(); ++k) {
    const drawing::ImageView& source = pictures[k].source;
    const double scale = std::min(1.0 * tiling.width / source.width, 1.0 * tiling.height / source.height);
    const auto scaled = [scale](int side, int most) {
      return std::clamp(static_cast<int>(std::lround(side * scale)), 1, std::max(1, most));
    };
    const int w = scaled(source.width, tiling.width), h = scaled(source.height, tiling.height);
    const int column = static_cast<int>(k) % tiling.columns, row = static_cast<int>(k) / tiling.columns;
    places_.push_back(
        {column * (tiling.width + kGap) + (tiling.width - w) / 2, row * (tiling.height + caption + kGap), w, h});
    tiles_.emplace_back(pictures[k], w, h, style);
    captions_.push_back(pictures[k].caption);
  }
}

void PicturePanel::draw(drawing::Canvas& canvas, int x, int y, std::span<const std::span<const float>> values,
                        const drawing::ValueRange& range, std::span<const PanelBox> boxes) const {
  for (size_t k = 0; k < tiles_.size(); ++k) {
    const PixelRect at{x + places_[k].x, y + places_[k].y, places_[k].width, places_[k].height};
    canvas.draw(tiles_[k].draw(values[k], range), at.x, at.y);
    std::vector<drawing::Frame> frames;
    for (const auto& [picture, box] : boxes) {
      if (picture != k) continue;
      frames.push_back(
          {{at.x + box.x0 * at.width, at.y + box.y0 * at.height, at.x + box.x1 * at.width, at.y + box.y1 * at.height},
           kFrame});
    }
    drawing::draw_frames(canvas, frames, 2.0, at);
    if (captions_[k].empty()) continue;
    const drawing::TextBlock caption(
        captions_[k], {.points = style_.text_points, .colour = kCaption, .max_lines = 1, .family = style_.font},
        std::max(at.width, 40), 72.0);
    canvas.draw(caption, at.x, at.y + at.height + 2);
  }
}

}  // namespace ocellus::mp4
