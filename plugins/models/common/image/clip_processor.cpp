#include "plugins/models/common/image/clip_processor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <ocellus/sdk/error.hpp>
#include <string>

#include "plugins/models/common/config/json_fields.hpp"
#include "plugins/models/common/image/levels.hpp"

namespace ocellus::models {
namespace {

constexpr std::size_t channels = 3;
constexpr int64_t most_pixels_along = 1 << 14;
constexpr double most_pixels = 1 << 26;
constexpr int pil_bicubic = 3;

int read_length(const JsonFields& fields, const char* key, int64_t fallback) {
  return static_cast<int>(fields.integer(key, fallback, 1, most_pixels_along));
}

// "size": 336, {"shortest_edge": 336} or {"height": 336, "width": 336}.
void read_size(const JsonFields& fields, ClipImageProcessor& processor) {
  const nlohmann::json* size = fields.find("size");
  if (size == nullptr) return;
  if (!size->is_object()) {
    processor.shortest_edge = read_length(fields, "size", 0);
    return;
  }
  const JsonFields inner = *fields.object("size");
  if (inner.find("shortest_edge") != nullptr) {
    processor.shortest_edge = read_length(inner, "shortest_edge", 0);
    if (inner.find("longest_edge") != nullptr) inner.refuse("longest_edge", "this plugin resizes to one edge only");
    return;
  }
  if (inner.find("height") == nullptr || inner.find("width") == nullptr)
    fields.refuse("size", "expected 'shortest_edge', or 'height' and 'width'");
  processor.shortest_edge.reset();
  processor.exact = {read_length(inner, "height", 0), read_length(inner, "width", 0)};
}

// "crop_size": 336 or {"height": 336, "width": 336}.
Size read_crop(const JsonFields& fields, Size fallback) {
  const nlohmann::json* crop = fields.find("crop_size");
  if (crop == nullptr) return fallback;
  if (!crop->is_object()) {
    const int side = read_length(fields, "crop_size", 0);
    return {side, side};
  }
  const JsonFields inner = *fields.object("crop_size");
  if (inner.find("height") == nullptr || inner.find("width") == nullptr)
    fields.refuse("crop_size", "expected a number, or 'height' and 'width'");
  return {read_length(inner, "height", 0), read_length(inner, "width", 0)};
}

void read_channels(const JsonFields& fields, const char* key, std::array<double, 3>& values, bool zero_is_allowed) {
  const nlohmann::json* list = fields.find(key);
  if (list == nullptr) return;
  const std::string expected = zero_is_allowed ? "expected 3 numbers" : "expected 3 numbers other than 0";
  if (!list->is_array() || list->size() != values.size()) fields.refuse(key, expected);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!(*list)[i].is_number()) fields.refuse(key, expected);
    values[i] = (*list)[i].get<double>();
    if (!(std::abs(values[i]) < 1e6) || (!zero_is_allowed && static_cast<float>(values[i]) == 0))
      fields.refuse(key, expected);
  }
}

// Rounded down, also below 0, as Python's //.
int halved(int value) {
  return value >= 0 ? value / 2 : -((1 - value) / 2);
}

}  // namespace

ClipImageProcessor read_clip_processor(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "preprocessor_config.json";
  const nlohmann::json content = read_json_object(path);
  const JsonFields fields(content, path.string());
  const char* const type_key =
      fields.find("image_processor_type") != nullptr ? "image_processor_type" : "feature_extractor_type";
  const std::string type = fields.text(type_key, "CLIPImageProcessor");
  const bool is_llava = type == "LlavaImageProcessor" || type == "LlavaImageProcessorFast";
  if (!is_llava && type != "CLIPImageProcessor" && type != "CLIPImageProcessorFast" && type != "CLIPFeatureExtractor")
    fields.refuse(type_key, "this plugin knows CLIPImageProcessor and LlavaImageProcessor");

  ClipImageProcessor processor;
  // CLIP's class has no `do_pad` and ignores it.
  processor.pad = is_llava && fields.boolean("do_pad", false);
  processor.resize = fields.boolean("do_resize", true);
  read_size(fields, processor);
  processor.crop = read_crop(fields, *processor.crop);
  if (!fields.boolean("do_center_crop", true)) processor.crop.reset();
  processor.rescale = fields.boolean("do_rescale", true);
  processor.rescale_factor = fields.real("rescale_factor", processor.rescale_factor, -1e6, 1e6);
  processor.normalize = fields.boolean("do_normalize", true);
  read_channels(fields, "image_mean", processor.mean, true);
  read_channels(fields, "image_std", processor.deviation, false);
  if (!fields.boolean("do_convert_rgb", true)) fields.refuse("do_convert_rgb", "pictures are always read as RGB");
  if (fields.integer("resample", pil_bicubic, 0, 5) != pil_bicubic)
    fields.refuse("resample", "expected 3 (bicubic), the only resampling there is");
  return processor;
}

double ClipGeometry::source_x(double model_x) const {
  return ((model_x + crop_left) * padded.width / resized.width - pad_left) / source.width;
}

double ClipGeometry::source_y(double model_y) const {
  return ((model_y + crop_top) * padded.height / resized.height - pad_top) / source.height;
}

ClipGeometry clip_geometry(Size source, const ClipImageProcessor& processor) {
  ClipGeometry geometry{source, source, 0, 0, {}, {}, 0, 0};
  if (processor.pad) {
    const int side = std::max(source.height, source.width);
    geometry.padded = {side, side};
    geometry.pad_top = (side - source.height) / 2;
    geometry.pad_left = (side - source.width) / 2;
  }
  const auto check = [&](double height, double width, const char* step) {
    if (height * width <= most_pixels) return;
    throw Error(OC_E_SAMPLE, fmt::format("the picture is {}x{} pixels and would be {:.0f}x{:.0f} once {}; cut it",
                                         source.width, source.height, width, height, step));
  };
  const Size padded = geometry.padded;
  check(padded.height, padded.width, "padded to a square");
  geometry.resized = padded;
  if (processor.resize && processor.shortest_edge) {
    const int64_t edge = *processor.shortest_edge;
    const int shorter = std::min(padded.height, padded.width), longer = std::max(padded.height, padded.width);
    const double other = static_cast<double>(edge * longer) / shorter;
    check(static_cast<double>(edge), other, "resized");
    const int rounded = static_cast<int>(other);
    const int exact = static_cast<int>(edge);
    geometry.resized = padded.width <= padded.height ? Size{rounded, exact} : Size{exact, rounded};
  } else if (processor.resize) {
    geometry.resized = processor.exact;
  }
  geometry.model = processor.crop.value_or(geometry.resized);
  geometry.crop_top = halved(geometry.resized.height - geometry.model.height);
  geometry.crop_left = halved(geometry.resized.width - geometry.model.width);
  return geometry;
}

void write_clip_pixels(std::span<const std::uint8_t> rgb, const ClipGeometry& geometry,
                       const ClipImageProcessor& processor, const ResizeFunction& resize, std::span<float> pixels) {
  const auto width_of = [](Size size) { return static_cast<std::size_t>(size.width); };
  const auto height_of = [](Size size) { return static_cast<std::size_t>(size.height); };
  std::vector<std::uint8_t> square;
  if (geometry.padded != geometry.source) {
    const std::size_t width = width_of(geometry.padded), row = width_of(geometry.source) * channels;
    square.resize(width * height_of(geometry.padded) * channels);
    for (std::size_t i = 0; i < square.size(); ++i)
      square[i] = static_cast<std::uint8_t>(std::clamp(static_cast<int>(processor.mean[i % channels] * 255), 0, 255));
    for (std::size_t y = 0; y < height_of(geometry.source); ++y) {
      const std::size_t to =
          (y + static_cast<std::size_t>(geometry.pad_top)) * width + static_cast<std::size_t>(geometry.pad_left);
      std::copy_n(rgb.begin() + static_cast<std::ptrdiff_t>(y * row), row,
                  square.begin() + static_cast<std::ptrdiff_t>(to * channels));
    }
    rgb = square;
  }
  std::vector<std::uint8_t> resized;
  if (geometry.resized != geometry.padded) {
    resized = resize(rgb, geometry.padded, geometry.resized);
    rgb = resized;
  }
  const std::size_t plane = width_of(geometry.model) * height_of(geometry.model);
  if (rgb.size() != width_of(geometry.resized) * height_of(geometry.resized) * channels ||
      pixels.size() != channels * plane)
    throw Error(OC_E_INTERNAL,
                fmt::format("a picture of {} bytes does not make {} pixel values", rgb.size(), pixels.size()));
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const Levels levels{processor.rescale, processor.rescale_factor, processor.normalize,
                        static_cast<float>(processor.mean[channel]), static_cast<float>(processor.deviation[channel])};
    const std::array<float, 256> values = levels.values();
    float* out = pixels.data() + channel * plane;
    for (int y = geometry.crop_top; y < geometry.crop_top + geometry.model.height; ++y) {
      for (int x = geometry.crop_left; x < geometry.crop_left + geometry.model.width; ++x) {
        const bool is_inside = y >= 0 && y < geometry.resized.height && x >= 0 && x < geometry.resized.width;
        const std::size_t at =
            is_inside ? static_cast<std::size_t>(y) * width_of(geometry.resized) + static_cast<std::size_t>(x) : 0;
        *out++ = values[is_inside ? rgb[at * channels + channel] : 0];
      }
    }
  }
}

}  // namespace ocellus::models
