#include "host/run/own_map.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <ocellus/sdk/error.hpp>
#include <string>

#include "host/run/data_set.hpp"
#include "host/run/rendering.hpp"
#include "host/services/sample_context.hpp"
#include "host/store/npy.hpp"
#include "host/store/schema.hpp"
#include "host/store/slug.hpp"
#include "host/store/stored_values.hpp"

namespace ocellus::run {
namespace {

using store::Array;

std::vector<float> floats_of(const Array& array) {
  const auto of = [](const auto& values) { return std::vector<float>(values.begin(), values.end()); };
  switch (array.type) {
    case Array::Type::i64:
      return of(store::elements_of<int64_t>(array));
    case Array::Type::u8:
      return of(store::elements_of<uint8_t>(array));
    case Array::Type::f32:
      break;
  }
  return store::elements_of<float>(array);
}

// Equal cells over the whole picture.
Array even_cells(int64_t rows, int64_t cols) {
  std::vector<float> corners;
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t col = 0; col < cols; ++col) {
      const auto part = [](int64_t at, int64_t of) {
        return static_cast<float>(static_cast<double>(at) / static_cast<double>(of));
      };
      corners.insert(corners.end(), {part(col, cols), part(row, rows), part(col + 1, cols), part(row + 1, rows)});
    }
  }
  return store::array_of(corners, {rows, cols, 4});
}

store::ArtifactData read_map(const std::filesystem::path& file) {
  const std::string where = fmt::format("--map {}", file.string());
  Array array;
  try {
    const std::string bytes = read_text_file(file);
    array = store::parse_npy(std::as_bytes(std::span(bytes)), where);
  } catch (const Error& error) {
    const std::string why = error.what();
    throw Error(OC_E_MODEL, why.starts_with(where) ? why : fmt::format("--map {}", why));
  }
  const std::vector<int64_t>& shape = array.shape;
  if ((shape.size() != 2 && shape.size() != 3) || array.bytes.empty()) {
    throw Error(OC_E_MODEL, fmt::format("{} has {} axes{}: a map is [rows, cols] or [n, rows, cols]", where,
                                        shape.size(), array.bytes.empty() ? " and no element" : ""));
  }
  store::ArtifactData map;
  map.type = shape.size() == 2 ? "heatmap/1" : "heatmap-stack/1";
  map.label = store::is_file_name(file.stem().string()) ? file.stem().string() : "map";
  map.image = 0;
  const std::vector<float> values = floats_of(array);
  for (size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) throw Error(OC_E_MODEL, fmt::format("{} is not finite at element {}", where, i));
  }
  map.tensors.emplace_back("values", store::array_of(values, shape));
  if (shape.size() == 3) {
    std::vector<int64_t> index(static_cast<size_t>(shape.front()));
    std::iota(index.begin(), index.end(), int64_t{0});
    map.tensors.emplace_back("index", store::array_of(index, {shape.front()}));
    map.texts.emplace_back("axis", "layer");
  }
  map.tensors.emplace_back("cells", even_cells(shape[shape.size() - 2], shape.back()));
  store::check_schema(map);
  return map;
}

}  // namespace

std::vector<std::filesystem::path> draw_own_map(const std::filesystem::path& map, const std::filesystem::path& image,
                                                const std::filesystem::path& out,
                                                std::vector<std::unique_ptr<Renderer>>& renderers,
                                                media::Decoder& decoder) {
  const std::vector<store::ArtifactData> artifacts{read_map(map)};
  services::SampleContext context(decoder, {image});
  context.texts["id"] = context.source.sample = artifacts.front().label;
  context.picture(0);  // refused before a folder is made
  std::error_code error;
  std::filesystem::create_directories(out, error);
  if (!out.empty() && !std::filesystem::is_directory(out))
    throw Error(OC_E_WRITE, fmt::format("the folder {} cannot be made", out.string()));
  const std::filesystem::path folder = out.empty() ? "." : out;
  std::vector<std::filesystem::path> files;
  std::vector<std::string> drawn;
  for (const std::unique_ptr<Renderer>& renderer : renderers) {
    const std::vector<std::string> names = draw(*renderer, context, artifacts, {folder, folder, NamesApart{}}, drawn);
    drawn.insert(drawn.end(), names.begin(), names.end());
    if (names.empty()) {
      throw Error(OC_E_UNSUPPORTED, fmt::format("{} draws nothing of one {} alone, as it is asked",
                                                renderer->record().id, artifacts.front().type));
    }
    for (const std::string& name : names) files.push_back((out / name).lexically_normal());
  }
  return files;
}

}  // namespace ocellus::run
