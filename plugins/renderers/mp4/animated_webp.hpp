// A film as an animated WebP picture: for pages and slides that take pictures and no films.
#pragma once

#include <filesystem>
#include <memory>

#include "plugins/renderers/mp4/film_file.hpp"

namespace ocellus::mp4 {

struct WebpStyle {
  int width = 0, height = 0;
  int fps = 2;
  int quality = 80;  // from 1 to 100 as libwebp counts, with loss
};

// Repeats for ever. The same frames and style give the same bytes. `add` and `finish` throw OC_E_MEMORY when there is
// no memory, `finish` OC_E_WRITE when bytes do not arrive; nothing is written before.
class AnimatedWebp : public FilmFile {
 public:
  AnimatedWebp(std::filesystem::path path, const WebpStyle& style);
  ~AnimatedWebp() override;

  void add(const drawing::Raster& frame) override;
  void finish() override;

 private:
  struct Encoder;

  std::filesystem::path path_;
  WebpStyle style_;
  std::unique_ptr<Encoder> encoder_;
};

}  // namespace ocellus::mp4
