#include "plugins/models/common/image/processor_config.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <string>

namespace ocellus::models {
namespace {

using Json = nlohmann::json;

constexpr int pil_bicubic = 3;
constexpr std::int64_t max_side = 256;  // of patches in pixels and of merged blocks in patches; real ones are 14 and 2

// One JSON object of the file, whose members are read by type and complained of by name.
class Fields {
 public:
  Fields(const Json& object, std::string prefix, std::string_view file)
      : object_(object), prefix_(std::move(prefix)), file_(file) {}

  [[noreturn]] void fail(const char* key, std::string_view must) const {
    throw Error(OC_E_MODEL, fmt::format("{}: {}{} must be {}; restore the file that came with the model", file_,
                                        prefix_, key, must));
  }

  // Null if the member is absent or null.
  const Json* find(const char* key) const {
    const auto found = object_.find(key);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }

  void read(const char* key, bool& value) const {
    const Json* member = find(key);
    if (!member) return;
    if (!member->is_boolean()) fail(key, "true or false");
    value = member->get<bool>();
  }

  void read(const char* key, double& value) const {
    if (const Json* member = find(key)) value = number(*member, key);
  }

  void read_integer(const char* key, std::int64_t& value, std::int64_t max) const {
    const Json* member = find(key);
    if (!member) return;
    const bool fits =
        member->is_number_unsigned() &&
        member->get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const std::int64_t found = fits ? member->get<std::int64_t>() : 0;
    if (found < 1 || found > max) fail(key, fmt::format("a whole number from 1 to {}", max));
    value = found;
  }

  // One number for each channel, or one for all.
  void read(const char* key, std::array<float, 3>& values) const {
    const Json* member = find(key);
    if (!member) return;
    if (member->is_number()) {
      values.fill(static_cast<float>(number(*member, key)));
      return;
    }
    if (!member->is_array() || member->size() != values.size()) fail(key, "a list of 3 numbers");
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(number((*member)[i], key));
  }

 private:
  double number(const Json& value, const char* key) const {
    if (!value.is_number() || !std::isfinite(static_cast<float>(value.get<double>()))) fail(key, "a number");
    return value.get<double>();
  }

  const Json& object_;
  std::string prefix_;
  std::string_view file_;
};

void check_type(const Fields& fields, std::string_view file) {
  const Json* type = fields.find("image_processor_type");
  if (!type) return;
  if (*type != "Qwen2VLImageProcessor" && *type != "Qwen2VLImageProcessorFast")
    throw Error(OC_E_MODEL,
                fmt::format("{}: the image_processor_type {} is not supported, only Qwen2VLImageProcessor and "
                            "Qwen2VLImageProcessorFast are; use a model that has one of these",
                            file, type->dump(-1, ' ', false, Json::error_handler_t::replace)));
}

PixelLimits read_limits(const Fields& fields, std::string_view file) {
  constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();
  PixelLimits limits;
  if (const Json* size = fields.find("size")) {
    if (!size->is_object()) fields.fail("size", "an object");
    const Fields inner(*size, "size.", file);
    inner.read_integer("shortest_edge", limits.min_pixels, any);
    inner.read_integer("longest_edge", limits.max_pixels, any);
    inner.read_integer("min_pixels", limits.min_pixels, any);
    inner.read_integer("max_pixels", limits.max_pixels, any);
  }
  fields.read_integer("min_pixels", limits.min_pixels, any);
  fields.read_integer("max_pixels", limits.max_pixels, any);
  return limits;
}

}  // namespace

QwenImageProcessor parse_processor_config(std::string_view json, std::string_view file) {
  const Json root = Json::parse(json, nullptr, false);
  if (!root.is_object())
    throw Error(OC_E_MODEL, fmt::format("{} is not a JSON object; restore the file that came with the model", file));
  const Fields fields(root, "", file);
  check_type(fields, file);

  QwenImageProcessor processor;
  processor.limits = read_limits(fields, file);
  const auto read_side = [&](const char* key, int& side) {
    std::int64_t value = side;
    fields.read_integer(key, value, max_side);
    side = static_cast<int>(value);
  };
  read_side("patch_size", processor.patch_size);
  read_side("temporal_patch_size", processor.temporal_patch_size);
  read_side("merge_size", processor.merge_size);
  fields.read("image_mean", processor.mean);
  fields.read("image_std", processor.deviation);
  for (const float deviation : processor.deviation)
    if (deviation == 0) fields.fail("image_std", "other than 0");
  fields.read("rescale_factor", processor.rescale_factor);
  fields.read("do_resize", processor.resize);
  fields.read("do_rescale", processor.rescale);
  fields.read("do_normalize", processor.normalize);

  bool convert_rgb = true;
  fields.read("do_convert_rgb", convert_rgb);
  if (!convert_rgb) fields.fail("do_convert_rgb", "true, as pictures are always read as RGB");
  if (const Json* member = fields.find("resample"); member && *member != pil_bicubic)
    fields.fail("resample", "3 (bicubic), the only resampling there is");
  return processor;
}

QwenImageProcessor read_processor_config(const std::filesystem::path& folder) {
  const std::string path = (folder / "preprocessor_config.json").string();
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw Error(OC_E_MODEL, fmt::format("{} cannot be opened; restore the file that came with the model", path));
  return parse_processor_config(std::string{std::istreambuf_iterator<char>(file), {}}, path);
}

}  // namespace ocellus::models
