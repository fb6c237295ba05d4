#include "host/media/media_library.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <new>
#include <ocellus/sdk/error.hpp>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "host/media/picture_file.hpp"
#include "host/media/quiet_stderr.hpp"

namespace ocellus::media {
namespace {

// A picture of max_pixels has no use for more, whatever its format.
constexpr std::uintmax_t max_file_bytes = std::uintmax_t{1} << 30;

std::vector<std::uint8_t> read_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found)
    throw Error(OC_E_SAMPLE, "does not exist; check its path");
  if (error) throw Error(OC_E_SAMPLE, fmt::format("cannot be read: {}", error.message()));
  if (!std::filesystem::is_regular_file(status))
    throw Error(OC_E_SAMPLE, "is not a file; name a PNG, JPEG, WebP or BMP file");
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) throw Error(OC_E_SAMPLE, fmt::format("cannot be read: {}", error.message()));
  if (size > max_file_bytes)
    throw Error(OC_E_SAMPLE, fmt::format("has {} bytes, and at most {} are allowed", size, max_file_bytes));
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(OC_E_SAMPLE, "cannot be opened; check its permissions");
  if (!in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size)))
    throw Error(OC_E_SAMPLE, "cannot be read to its end");
  return bytes;
}

// Pillow takes 16-bit grey for the mode "I;16", which its conversion to RGB clips at 255; OpenCV would scale it.
cv::Mat clipped_grey16(const cv::Mat& grey) {
  cv::Mat rgb(grey.rows, grey.cols, CV_8UC3);
  std::transform(grey.begin<std::uint16_t>(), grey.end<std::uint16_t>(), rgb.begin<cv::Vec3b>(), [](std::uint16_t v) {
    const auto level = static_cast<std::uint8_t>(std::min<std::uint16_t>(v, 255));
    return cv::Vec3b(level, level, level);
  });
  return rgb;
}

void swap_red_and_blue(cv::Mat& picture) {
  for (auto& pixel : cv::Mat_<cv::Vec3b>(picture)) std::swap(pixel[0], pixel[2]);
}

cv::Mat decode_rgb(const std::filesystem::path& path) {
  const auto bytes = read_file(path);
  const PictureFile file = inspect_picture(bytes);
  const int flags = file.grey16 ? cv::IMREAD_UNCHANGED : cv::IMREAD_COLOR;
  cv::Mat picture;
  {
    const QuietStderr quiet;
    picture = cv::imdecode(without_metadata(bytes), flags);
  }
  const int expected_type = file.grey16 ? CV_16UC1 : CV_8UC3;
  if (picture.empty() || picture.type() != expected_type || static_cast<std::uint32_t>(picture.cols) != file.width ||
      static_cast<std::uint32_t>(picture.rows) != file.height)
    throw Error(OC_E_SAMPLE, "is damaged and cannot be decoded; copy or download it again");
  if (file.grey16) return clipped_grey16(picture);
  swap_red_and_blue(picture);
  return picture;
}

oc_status decode(const char* path, oc_decoded* out, char* message, size_t message_size) noexcept {
  const auto failed = [&](oc_status status, const char* predicate) {
    std::snprintf(message, message_size, "picture '%s' %s", path, predicate);
    return status;
  };
  try {
    auto picture = std::make_unique<cv::Mat>(decode_rgb(path));
    CV_Assert(picture->isContinuous());
    *out = {static_cast<std::uint32_t>(picture->cols), static_cast<std::uint32_t>(picture->rows), picture->data,
            picture.get()};
    picture.release();
    return OC_OK;
  } catch (const Error& error) {
    return failed(error.status(), error.what());
  } catch (const std::bad_alloc&) {
    return failed(OC_E_MEMORY, "does not fit into memory; make it smaller");
  } catch (const cv::Exception& error) {
    if (error.code == cv::Error::StsNoMem) return failed(OC_E_MEMORY, "does not fit into memory; make it smaller");
    return failed(OC_E_SAMPLE, "is damaged and cannot be decoded; copy or download it again");
  } catch (...) {
    return failed(OC_E_INTERNAL, "cannot be decoded for an unknown reason");
  }
}

void release(oc_decoded* picture) noexcept {
  const std::unique_ptr<cv::Mat> owned(static_cast<cv::Mat*>(std::exchange(picture->owner, nullptr)));
}

}  // namespace
}  // namespace ocellus::media

OC_EXPORT const oc_media_library_v0* ocellus_media_v0(void) {
  static const oc_media_library_v0 library = [] {
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    return oc_media_library_v0{sizeof(oc_media_library_v0), ocellus::media::decode, ocellus::media::release};
  }();
  return &library;
}
