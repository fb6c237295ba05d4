#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <ocellus/sdk/error.hpp>
#include <string>
#include <string_view>

#include "host/services/artifact_handle.hpp"
#include "host/services/sample_context.hpp"
#include "host/services/service_table.hpp"
#include "host/store/stored_values.hpp"

using ocellus::store::Array;

namespace ocellus::services {
namespace {

template <class T>
TensorPointer view_as(const Array& array) {
  return tensor_over<T>(reinterpret_cast<const T*>(array.bytes.data()), array.shape, nullptr);
}

TensorPointer view_of(const Array& array) {
  switch (array.type) {
    case Array::Type::i64:
      return view_as<int64_t>(array);
    case Array::Type::u8:
      return view_as<uint8_t>(array);
    case Array::Type::f32:
      break;
  }
  return view_as<float>(array);
}

bool is_contiguous(const oc_dl_tensor& tensor) {
  int64_t step = 1;
  for (int32_t axis = tensor.ndim; tensor.strides != nullptr && axis-- > 0; step *= tensor.shape[axis]) {
    if (tensor.shape[axis] > 1 && tensor.strides[axis] != step) return false;
  }
  return true;
}

template <class T>
Array copy_of(const oc_tensor* tensor, Array::Type type) {
  const TensorView<T> view(tensor);
  Array array{type, view.shape(), std::vector<std::byte>(static_cast<size_t>(view.size()) * sizeof(T))};
  if (!array.bytes.empty()) std::memcpy(array.bytes.data(), view.flat().data(), array.bytes.size());
  return array;
}

Array copy_of(const oc_tensor* tensor) {
  if (tensor == nullptr) throw Error(OC_E_INTERNAL, "it put a tensor that is NULL");
  if (!is_contiguous(tensor->dl))
    throw Error(OC_E_INTERNAL, "it put a tensor with gaps: only contiguous ones are taken");
  switch (tensor->dl.dtype.code) {
    case OC_DTYPE_INT:
      return copy_of<int64_t>(tensor, Array::Type::i64);
    case OC_DTYPE_UINT:
      return copy_of<uint8_t>(tensor, Array::Type::u8);
    default:
      return copy_of<float>(tensor, Array::Type::f32);
  }
}

// The rectangles of the cells of an image's map, [rows, cols, 4] as x0 y0 x1 y1 in units of the source image, so that a
// stored map can be placed without the model. Throws unless the map's last two axes are a grid of its image.
Array cells_of(const oc_artifact& artifact, int32_t image, const std::vector<int64_t>& shape) {
  const int64_t rows = shape[shape.size() - 2], cols = shape.back();
  for (const oc_layout* layout : artifact.run->sample->layouts.all()) {
    const bool fits = std::any_of(layout->grids, layout->grids + layout->n_grids, [&](const oc_grid& grid) {
      return grid.image == image && grid.rows == rows && grid.cols == cols;
    });
    if (!fits) continue;
    std::vector<float> corners(static_cast<size_t>(rows * cols) * 4);
    for (size_t i = 0; i < layout->n_cells; ++i) {
      const oc_cell& cell = layout->cells[i];
      if (cell.image != image) continue;
      float* at =
          &corners[(static_cast<size_t>(cell.row) * static_cast<size_t>(cols) + static_cast<size_t>(cell.col)) * 4];
      at[0] = cell.x0, at[1] = cell.y0, at[2] = cell.x1, at[3] = cell.y1;
    }
    return copy_of(make_tensor(std::move(corners), {rows, cols, 4}).get());
  }
  throw Error(OC_E_INTERNAL, fmt::format("its map of image {} is {}x{}, which is no grid of that image in the layout",
                                         image, rows, cols));
}

void add_cells(oc_artifact& artifact) {
  store::ArtifactData& data = artifact.data;
  const Array* values = store::find_tensor(data, "values");
  if (data.image < 0 || values == nullptr || values->shape.size() < 2) return;
  data.tensors.emplace_back("cells", cells_of(artifact, data.image, values->shape));
}

// Of a token-steps/1, which has a map for every image.
void add_cells_of_images(oc_artifact& artifact) {
  store::ArtifactData& data = artifact.data;
  for (size_t image = 0; image < artifact.run->sample->n_images(); ++image) {
    const std::string key = fmt::format("image{}", image);
    const Array* values = store::find_tensor(data, key);
    if (values == nullptr || values->shape.size() < 2) continue;
    Array cells = cells_of(artifact, static_cast<int32_t>(image), values->shape);
    data.tensors.emplace_back(key + ".cells", std::move(cells));
  }
}

oc_status open(const oc_run* run, const char* type, const char* name, int32_t image, oc_artifact** out) noexcept {
  return serve(run->plugin->host(), [&] {
    if (run->artifacts == nullptr) throw Error(OC_E_INTERNAL, "it made an artifact outside finish");
    store::ArtifactData data;
    data.type = type;
    data.label = run->label;
    data.name = name != nullptr ? name : "";
    data.image = image;
    *out = run->drafts.emplace_back(std::make_unique<oc_artifact>(run, std::move(data))).get();
  });
}

oc_status put_tensor(oc_artifact* artifact, const char* key, oc_tensor* take) noexcept {
  const TensorPointer tensor(take);
  return serve(artifact->run->plugin->host(), [&] { artifact->data.tensors.emplace_back(key, copy_of(tensor.get())); });
}

oc_status put_text(oc_artifact* artifact, const char* key, const char* value) noexcept {
  return serve(artifact->run->plugin->host(), [&] { artifact->data.texts.emplace_back(key, value); });
}

oc_status put_number(oc_artifact* artifact, const char* key, double value) noexcept {
  return serve(artifact->run->plugin->host(), [&] { artifact->data.numbers.emplace_back(key, value); });
}

oc_status commit(oc_artifact* take) noexcept {
  std::vector<std::unique_ptr<oc_artifact>>& drafts = take->run->drafts;
  const auto draft = std::find_if(drafts.begin(), drafts.end(), [&](const auto& held) { return held.get() == take; });
  const std::unique_ptr<oc_artifact> artifact = std::move(*draft);
  drafts.erase(draft);
  return serve(artifact->run->plugin->host(), [&] {
    store::ArtifactData& data = artifact->data;
    if (data.type.starts_with("heatmap")) add_cells(*artifact);
    if (data.type == "token-steps/1") add_cells_of_images(*artifact);
    store::check_schema(data);
    std::vector<store::ArtifactData>& all = *artifact->run->artifacts;
    const auto same = [&](const store::ArtifactData& other) {
      return other.label == data.label && other.name == data.name && other.image == data.image;
    };
    if (std::any_of(all.begin(), all.end(), same)) {
      throw Error(OC_E_INTERNAL, fmt::format("it made two artifacts called '{}' of image {}", data.name, data.image));
    }
    all.push_back(std::move(data));
  });
}

const char* type(const oc_artifact* artifact) noexcept {
  return artifact->data.type.c_str();
}
const char* label(const oc_artifact* artifact) noexcept {
  return artifact->data.label.c_str();
}
int32_t image(const oc_artifact* artifact) noexcept {
  return artifact->data.image;
}

const oc_tensor* tensor(const oc_artifact* artifact, const char* key) noexcept {
  const auto at = artifact->tensors.find(std::string_view(key));
  return at != artifact->tensors.end() ? at->second.get() : nullptr;
}

const char* text(const oc_artifact* artifact, const char* key) noexcept {
  const std::string* const found = store::find_text(artifact->data, key);
  return found != nullptr ? found->c_str() : nullptr;
}

oc_status number(const oc_artifact* artifact, const char* key, double* value) noexcept {
  const double* const found = store::find_number(artifact->data, key);
  if (found == nullptr) return OC_E_UNSUPPORTED;
  *value = *found;
  return OC_OK;
}

const char* key(const oc_artifact* artifact, size_t index) noexcept {
  return index < artifact->keys.size() ? artifact->keys[index].c_str() : nullptr;
}

const char* name(const oc_artifact* artifact) noexcept {
  return artifact->data.name.c_str();
}

template <Outputs::Shows shows>
oc_status output_open(const oc_run* run, const oc_artifact* artifact, int32_t layer, const char* part,
                      const char* extension, const char** path) noexcept {
  return serve(run->plugin->host(), [&] {
    if (run->outputs == nullptr) throw Error(OC_E_INTERNAL, "only renderers write files");
    *path = run->outputs->open(artifact->data, shows, layer, part != nullptr ? part : "", extension);
  });
}

oc_status output_commit(const oc_run* run, const char* path) noexcept {
  return serve(run->plugin->host(), [&] { run->outputs->commit(path); });
}

int32_t is_collection(const oc_run* run) noexcept {
  return run->collection ? 1 : 0;
}

const char* source(const oc_artifact* artifact, const char* key) noexcept {
  const std::string_view wanted = key != nullptr ? key : "";
  const Source& from = artifact->source;
  const std::string* found = wanted == "run"      ? &from.run
                             : wanted == "model"  ? &from.model
                             : wanted == "sample" ? &from.sample
                                                  : nullptr;
  return found != nullptr && !found->empty() ? found->c_str() : nullptr;
}

oc_status open_named(const oc_run* run, const char* pattern, const oc_word* words, size_t n_words,
                     const char* extension, const char** path) noexcept {
  return serve(run->plugin->host(), [&] {
    if (run->outputs == nullptr) throw Error(OC_E_INTERNAL, "only renderers write files");
    std::map<std::string, std::string> by_key;
    for (size_t i = 0; i < n_words; ++i) by_key[words[i].key] = words[i].value;
    *path = run->outputs->open_named(pattern, by_key, extension);
  });
}

}  // namespace

const oc_artifact_1 artifact_service{sizeof(oc_artifact_1),
                                     0,
                                     open,
                                     put_tensor,
                                     put_text,
                                     put_number,
                                     commit,
                                     type,
                                     label,
                                     image,
                                     tensor,
                                     text,
                                     number,
                                     key};
const oc_output_1 output_service{sizeof(oc_output_1), 0, output_open<Outputs::Shows::one_image>, output_commit};
const oc_collection_1 collection_service{sizeof(oc_collection_1), 0, is_collection, source, open_named};
const oc_images_1 images_service{sizeof(oc_images_1), 0, name, output_open<Outputs::Shows::all_images>};

}  // namespace ocellus::services

oc_artifact::oc_artifact(ocellus::store::ArtifactData stored, ocellus::services::Source from)
    : data(std::move(stored)), source(std::move(from)) {
  for (const auto& [key, array] : data.tensors) {
    keys.push_back(key);
    tensors.emplace(key, ocellus::services::view_of(array));
  }
  for (const auto& [key, value] : data.texts) keys.push_back(key);
  for (const auto& [key, value] : data.numbers) keys.push_back(key);
}
