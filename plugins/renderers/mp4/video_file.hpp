// A film as an MP4 file that plays in browsers, players and slides.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "plugins/renderers/mp4/film_file.hpp"

struct AVCodec;

namespace ocellus::mp4 {

enum class VideoFormat { h264, vp9 };

struct VideoEncoder {
  const AVCodec* codec;
  VideoFormat format;
};

// By name, nullptr where FFmpeg was built without it.
using FindCodec = std::function<const AVCodec*(const char* name)>;

// H.264 by libx264, else VP9 by libvpx: what browsers play out of an MP4 file. Others that FFmpeg may have (MPEG-4 part
// 2, HEVC) they do not, so throws OC_E_UNSUPPORTED where it has neither.
VideoEncoder choose_encoder(const FindCodec& find);
// The same of the FFmpeg that this library is linked with.
VideoEncoder choose_encoder();

struct VideoStyle {
  int width = 0, height = 0;  // of the frames; odd ones are padded by one pixel, because chroma has half the resolution
  int fps = 2;
  int crf = 20;  // constant quality as libx264 counts, 0 the best to 51
};

// YUV 4:2:0, BT.709 and tagged so, the index before the pictures ("faststart"), no dates, and a fixed number of
// threads: the same frames and style give the same bytes. All members throw OC_E_WRITE when bytes do not arrive,
// OC_E_MEMORY when there is no memory, OC_E_INTERNAL for what the encoder refuses.
class VideoFile : public FilmFile {
 public:
  VideoFile(std::filesystem::path path, const VideoEncoder& encoder, const VideoStyle& style);
  ~VideoFile() override;

  void add(const drawing::Raster& frame) override;
  void finish() override;

 private:
  struct Streams;

  void drain();

  std::filesystem::path path_;
  std::unique_ptr<Streams> streams_;  // none once the file is whole
};

}  // namespace ocellus::mp4
