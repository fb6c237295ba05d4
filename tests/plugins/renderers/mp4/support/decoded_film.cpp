#include "tests/plugins/renderers/mp4/support/decoded_film.hpp"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

#include <array>
#include <stdexcept>

#include "tests/support/temporary_folder.hpp"

namespace ocellus::test {
namespace {

void expect(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

void append(DecodedFilm& film, const AVFrame& frame, SwsContext* scaler) {
  std::vector<uint8_t> rgb(static_cast<size_t>(frame.width) * static_cast<size_t>(frame.height) * 3);
  const std::array<uint8_t*, 1> to{rgb.data()};
  const std::array<int, 1> stride{frame.width * 3};
  sws_scale(scaler, frame.data, frame.linesize, 0, frame.height, to.data(), stride.data());
  film.rgb.push_back(std::move(rgb));
}

}  // namespace

DecodedFilm decode(const std::filesystem::path& path) {
  DecodedFilm film;
  AVFormatContext* format = nullptr;
  expect(avformat_open_input(&format, path.c_str(), nullptr, nullptr) == 0, "no film");
  expect(avformat_find_stream_info(format, nullptr) >= 0 && format->nb_streams == 1, "not one stream");
  const AVStream& stream = *format->streams[0];
  const AVCodec* const decoder = avcodec_find_decoder(stream.codecpar->codec_id);
  expect(decoder != nullptr, "no decoder");
  AVCodecContext* codec = avcodec_alloc_context3(decoder);
  avcodec_parameters_to_context(codec, stream.codecpar);
  codec->thread_count = 1;
  expect(avcodec_open2(codec, decoder, nullptr) == 0, "the decoder does not open");
  film.width = codec->width;
  film.height = codec->height;
  film.codec = avcodec_get_name(codec->codec_id);
  film.pixel_format = av_get_pix_fmt_name(codec->pix_fmt);
  film.primaries = av_color_primaries_name(stream.codecpar->color_primaries);
  film.transfer = av_color_transfer_name(stream.codecpar->color_trc);
  film.matrix = av_color_space_name(stream.codecpar->color_space);
  film.range = av_color_range_name(stream.codecpar->color_range);
  film.fps = av_q2d(stream.avg_frame_rate);
  film.seconds = static_cast<double>(stream.duration) * av_q2d(stream.time_base);

  SwsContext* scaler = sws_getContext(codec->width, codec->height, codec->pix_fmt, codec->width, codec->height,
                                      AV_PIX_FMT_RGB24, SWS_BILINEAR | SWS_ACCURATE_RND, nullptr, nullptr, nullptr);
  const int* const bt709 = sws_getCoefficients(SWS_CS_ITU709);
  sws_setColorspaceDetails(scaler, bt709, 0, bt709, 1, 0, 1 << 16, 1 << 16);
  AVPacket* packet = av_packet_alloc();
  AVFrame* frame = av_frame_alloc();
  for (bool more = true; more;) {
    more = av_read_frame(format, packet) >= 0;
    expect(avcodec_send_packet(codec, more ? packet : nullptr) >= 0, "a packet cannot be decoded");
    av_packet_unref(packet);
    while (avcodec_receive_frame(codec, frame) == 0) {
      film.times.push_back(static_cast<double>(frame->pts) * av_q2d(stream.time_base));
      append(film, *frame, scaler);
    }
  }
  av_frame_free(&frame);
  av_packet_free(&packet);
  sws_freeContext(scaler);
  avcodec_free_context(&codec);
  avformat_close_input(&format);
  return film;
}

std::vector<std::string> boxes_of_mp4(const std::filesystem::path& path) {
  const std::string bytes = read_file(path);
  std::vector<std::string> names;
  for (size_t at = 0; at + 8 <= bytes.size();) {
    size_t size = 0;
    for (size_t i = 0; i < 4; ++i) size = size << 8 | static_cast<uint8_t>(bytes[at + i]);
    names.push_back(bytes.substr(at + 4, 4));
    if (size < 8) break;
    at += size;
  }
  return names;
}

}  // namespace ocellus::test
