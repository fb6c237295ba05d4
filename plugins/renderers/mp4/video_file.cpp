#include "plugins/renderers/mp4/video_file.hpp"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
}

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <utility>

#include "plugins/renderers/mp4/yuv.hpp"

namespace ocellus::mp4 {
namespace {

using drawing::Raster;

// Of the encoder. Its output depends on their number, so that is fixed and not the machine's.
constexpr int kThreads = 4;
// Colours change from frame to frame, and nothing moves but lines of text: looking for motion, cuts and fades only
// costs time (a quarter of a film's; its size and its quality stay, docs/benchmarks.md).
constexpr const char* kStillPictures = "me=dia:subme=0:scenecut=0:weightp=0:rc-lookahead=2";
// Between frames that can be jumped to.
constexpr int kKeyFrameSeconds = 5;

// Throws unless a function of libav succeeded.
int expect(int result, const char* what, const std::filesystem::path& path) {
  if (result >= 0) return result;
  std::array<char, AV_ERROR_MAX_STRING_SIZE> reason{};
  av_strerror(result, reason.data(), reason.size());
  const bool system = result == AVERROR(ENOSPC) || result == AVERROR(EIO) || result == AVERROR(EACCES) ||
                      result == AVERROR(ENOENT) || result == AVERROR(EDQUOT) || result == AVERROR(EROFS);
  const oc_status status = result == AVERROR(ENOMEM) ? OC_E_MEMORY : system ? OC_E_WRITE : OC_E_INTERNAL;
  throw Error(status,
              fmt::format("the film '{}' cannot be written, {} failed: {}", path.string(), what, reason.data()));
}

template <class T>
T* expect(T* made, const char* what) {
  if (made == nullptr) throw Error(OC_E_MEMORY, fmt::format("there is no memory for {} of a film", what));
  return made;
}

int even(int side) {
  return side + side % 2;
}

struct Free {
  void operator()(AVFormatContext* format) const {
    avio_closep(&format->pb);
    avformat_free_context(format);
  }
  void operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

void set(AVCodecContext& codec, const char* option, const std::string& value, const std::filesystem::path& path) {
  expect(av_opt_set(codec.priv_data, option, value.c_str(), 0), option, path);
}

void set_quality(AVCodecContext& codec, VideoFormat format, int crf, const std::filesystem::path& path) {
  if (format == VideoFormat::h264) {
    set(codec, "preset", "veryfast", path);
    set(codec, "x264-params", kStillPictures, path);
    set(codec, "crf", fmt::format("{}", crf), path);
    return;
  }
  codec.bit_rate = 0;  // with crf: constant quality
  set(codec, "crf", fmt::format("{}", crf * 63 / 51), path);
  set(codec, "deadline", "good", path);
  set(codec, "cpu-used", "5", path);
}

Owned<AVCodecContext> open_codec(const VideoEncoder& encoder, const VideoStyle& style, bool global_header,
                                 const std::filesystem::path& path) {
  Owned<AVCodecContext> codec(expect(avcodec_alloc_context3(encoder.codec), "the encoder"));
  codec->width = even(style.width);
  codec->height = even(style.height);
  codec->time_base = {1, style.fps};
  codec->framerate = {style.fps, 1};
  codec->sample_aspect_ratio = {1, 1};
  codec->pix_fmt = AV_PIX_FMT_YUV420P;
  codec->color_range = AVCOL_RANGE_MPEG;
  codec->color_primaries = AVCOL_PRI_BT709;
  codec->color_trc = AVCOL_TRC_BT709;
  codec->colorspace = AVCOL_SPC_BT709;
  codec->chroma_sample_location = AVCHROMA_LOC_CENTER;
  codec->gop_size = kKeyFrameSeconds * style.fps;
  codec->max_b_frames = 0;  // frames are stored in the order they are shown: the film begins at 0 in every player
  codec->thread_count = kThreads;
  codec->flags |= AV_CODEC_FLAG_BITEXACT;
  if (global_header) codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  set_quality(*codec, encoder.format, style.crf, path);
  expect(avcodec_open2(codec.get(), encoder.codec, nullptr), "opening the encoder", path);
  return codec;
}

// A row of a frame, the last one for those below it, its last pixel repeated as far as the film is wider.
std::span<const Raster::Pixel> padded_row(const Raster& frame, int y, int width, std::vector<Raster::Pixel>& memory) {
  const auto row = frame.row(std::min(y, frame.height() - 1));
  if (frame.width() == width) return row;
  memory.assign(row.begin(), row.end());
  memory.push_back(row.back());
  return memory;
}

}  // namespace

VideoEncoder choose_encoder(const FindCodec& find) {
  if (const AVCodec* codec = find("libx264")) return {codec, VideoFormat::h264};
  if (const AVCodec* codec = find("libvpx-vp9")) return {codec, VideoFormat::vp9};
  throw Error(OC_E_UNSUPPORTED,
              "no film can be made: FFmpeg's libavcodec on this machine has neither libx264 (H.264) nor libvpx-vp9; "
              "install one that has, as Debian's, or take format=webp or frames=png");
}

VideoEncoder choose_encoder() {
  return choose_encoder([](const char* name) { return avcodec_find_encoder_by_name(name); });
}

struct VideoFile::Streams {
  Owned<AVFormatContext> format;
  Owned<AVCodecContext> codec;
  Owned<AVFrame> frame;
  Owned<AVPacket> packet;
  AVStream* stream = nullptr;               // of `format`
  std::vector<Raster::Pixel> above, below;  // rows of a frame of odd width
  int64_t n_frames = 0;
};

VideoFile::VideoFile(std::filesystem::path path, const VideoEncoder& encoder, const VideoStyle& style)
    : path_(std::move(path)), streams_(std::make_unique<Streams>()) {
  av_log_set_level(AV_LOG_QUIET);  // failures become sentences of ours
  Streams& to = *streams_;
  const std::string url = "file:" + path_.string();  // or a colon in the name would be a protocol's
  AVFormatContext* format = nullptr;
  expect(avformat_alloc_output_context2(&format, nullptr, "mp4", url.c_str()), "opening the file", path_);
  to.format.reset(format);
  to.format->flags |= AVFMT_FLAG_BITEXACT;
  to.codec = open_codec(encoder, style, (format->oformat->flags & AVFMT_GLOBALHEADER) != 0, path_);
  to.stream = expect(avformat_new_stream(format, nullptr), "the stream");
  to.stream->time_base = to.codec->time_base;
  to.stream->avg_frame_rate = to.codec->framerate;
  expect(avcodec_parameters_from_context(to.stream->codecpar, to.codec.get()), "describing the stream", path_);
  to.packet.reset(expect(av_packet_alloc(), "a packet"));
  to.frame.reset(expect(av_frame_alloc(), "a frame"));
  to.frame->format = to.codec->pix_fmt;
  to.frame->width = to.codec->width;
  to.frame->height = to.codec->height;
  to.frame->color_range = to.codec->color_range;
  to.frame->color_primaries = to.codec->color_primaries;
  to.frame->color_trc = to.codec->color_trc;
  to.frame->colorspace = to.codec->colorspace;
  to.frame->chroma_location = to.codec->chroma_sample_location;
  expect(av_frame_get_buffer(to.frame.get(), 0), "making a frame", path_);

  expect(avio_open(&format->pb, url.c_str(), AVIO_FLAG_WRITE), "opening the file", path_);
  try {
    AVDictionary* options = nullptr;
    av_dict_set(&options, "movflags", "+faststart", 0);
    const int result = avformat_write_header(format, &options);
    av_dict_free(&options);
    expect(result, "writing its header", path_);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
    throw;
  }
}

VideoFile::~VideoFile() {
  if (streams_ == nullptr) return;
  streams_.reset();
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

void VideoFile::add(const Raster& frame) {
  Streams& to = *streams_;
  const int width = to.codec->width, height = to.codec->height;
  if (even(frame.width()) != width || even(frame.height()) != height) {
    throw Error(OC_E_INTERNAL, fmt::format("a frame of {} x {} does not belong into a film of {} x {}", frame.width(),
                                           frame.height(), width, height));
  }
  AVFrame& yuv = *to.frame;
  expect(av_frame_make_writable(&yuv), "making a frame", path_);
  const auto line = [&yuv](int plane, int y) { return yuv.data[plane] + std::ptrdiff_t{yuv.linesize[plane]} * y; };
  for (int y = 0; y < height; y += 2) {
    to_yuv(padded_row(frame, y, width, to.above), padded_row(frame, y + 1, width, to.below),
           {line(0, y), line(0, y + 1), line(1, y / 2), line(2, y / 2)});
  }
  yuv.pts = to.n_frames++;
  expect(avcodec_send_frame(to.codec.get(), &yuv), "encoding", path_);
  drain();
}

void VideoFile::drain() {
  Streams& to = *streams_;
  for (;;) {
    const int result = avcodec_receive_packet(to.codec.get(), to.packet.get());
    if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return;
    expect(result, "encoding", path_);
    to.packet->duration = 1;  // or the last frame would not be shown
    av_packet_rescale_ts(to.packet.get(), to.codec->time_base, to.stream->time_base);
    to.packet->stream_index = to.stream->index;
    expect(av_interleaved_write_frame(to.format.get(), to.packet.get()), "writing", path_);
  }
}

void VideoFile::finish() {
  Streams& to = *streams_;
  expect(avcodec_send_frame(to.codec.get(), nullptr), "encoding", path_);
  drain();
  expect(av_write_trailer(to.format.get()), "writing its index", path_);
  expect(avio_closep(&to.format->pb), "closing it", path_);
  streams_.reset();
}

}  // namespace ocellus::mp4
