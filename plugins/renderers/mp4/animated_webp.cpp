#include "plugins/renderers/mp4/animated_webp.hpp"

#include <fmt/format.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include <algorithm>
#include <cmath>
#include <ocellus/sdk/error.hpp>
#include <span>
#include <utility>

#include "plugins/renderers/common/picture_file.hpp"

namespace ocellus::mp4 {
namespace {

using drawing::Raster;

// libwebp's scale from fast to small, 0 to 6.
constexpr int kMethod = 2;
constexpr int kMostSide = 16383;

[[noreturn]] void no_memory() {
  throw Error(OC_E_MEMORY, "there is no memory to encode an animated WebP; ask for a smaller width and height");
}

}  // namespace

struct AnimatedWebp::Encoder {
  std::unique_ptr<WebPAnimEncoder, decltype(&WebPAnimEncoderDelete)> frames{nullptr, WebPAnimEncoderDelete};
  WebPConfig config{};
  int64_t n_frames = 0;

  int milliseconds(int fps) const {
    return static_cast<int>(std::lround(1000.0 * static_cast<double>(n_frames) / fps));
  }
};

AnimatedWebp::AnimatedWebp(std::filesystem::path path, const WebpStyle& style)
    : path_(std::move(path)), style_(style), encoder_(std::make_unique<Encoder>()) {
  if (std::max(style.width, style.height) > kMostSide) {
    throw Error(OC_E_OPTION, fmt::format("a WebP picture has at most {} pixels a side", kMostSide));
  }
  WebPAnimEncoderOptions options;
  WebPAnimEncoderOptionsInit(&options);
  encoder_->frames.reset(WebPAnimEncoderNew(style.width, style.height, &options));
  WebPConfigInit(&encoder_->config);
  encoder_->config.quality = static_cast<float>(style.quality);
  encoder_->config.method = kMethod;
  if (encoder_->frames == nullptr) no_memory();
}

AnimatedWebp::~AnimatedWebp() = default;

void AnimatedWebp::add(const Raster& frame) {
  WebPPicture picture;
  WebPPictureInit(&picture);
  picture.use_argb = 1;
  picture.width = style_.width;
  picture.height = style_.height;
  if (WebPPictureAlloc(&picture) == 0) no_memory();
  constexpr std::uint32_t kOpaque = 0xFF000000U;
  for (int y = 0; y < style_.height; ++y) {
    const auto row = frame.row(y);
    std::transform(row.begin(), row.end(), picture.argb + static_cast<std::ptrdiff_t>(y) * picture.argb_stride,
                   [](Raster::Pixel pixel) { return pixel | kOpaque; });
  }
  const int added =
      WebPAnimEncoderAdd(encoder_->frames.get(), &picture, encoder_->milliseconds(style_.fps), &encoder_->config);
  WebPPictureFree(&picture);
  if (added == 0) no_memory();
  ++encoder_->n_frames;
}

void AnimatedWebp::finish() {
  WebPData data;
  WebPDataInit(&data);
  const std::unique_ptr<WebPData, decltype(&WebPDataClear)> owner(&data, WebPDataClear);
  // No picture = the time at which the last one ends.
  if (WebPAnimEncoderAdd(encoder_->frames.get(), nullptr, encoder_->milliseconds(style_.fps), nullptr) == 0 ||
      WebPAnimEncoderAssemble(encoder_->frames.get(), &data) == 0) {
    no_memory();
  }
  drawing::write_bytes(std::as_bytes(std::span(data.bytes, data.size)), path_);
}

}  // namespace ocellus::mp4
