#include "plugins/models/common/weights/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <set>
#include <string>
#include <system_error>

#include "plugins/models/common/weights/mapped_file.hpp"
#include "plugins/models/common/weights/quoted_name.hpp"
#include "plugins/models/common/weights/shard_index.hpp"

namespace ocellus::models {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view single_file = "model.safetensors";
constexpr std::string_view index_file = "model.safetensors.index.json";

// What a folder without readable weights has instead of them.
[[noreturn]] void fail_without_weights(const fs::path& folder) {
  std::set<std::string> names;
  std::error_code error;
  for (fs::directory_iterator file(folder, error), end; !error && file != end; file.increment(error))
    names.insert(file->path().filename().string());
  if (error)
    throw Error(OC_E_MODEL,
                fmt::format("the model folder {} cannot be read: {}; give the folder that holds config.json",
                            folder.string(), error.message()));
  if (names.empty())
    throw Error(OC_E_MODEL, fmt::format("the model folder {} is empty; download the model into it", folder.string()));
  const auto shard =
      std::find_if(names.begin(), names.end(), [](const std::string& name) { return name.ends_with(".safetensors"); });
  if (shard != names.end())
    throw Error(OC_E_MODEL, fmt::format("the model folder {} holds {} but neither {} nor {}; download the missing file",
                                        folder.string(), quoted_name(*shard), single_file, index_file));
  // Other .bin files, such as training_args.bin, hold no weights.
  const auto pickled = std::find_if(names.begin(), names.end(), [](const std::string& name) {
    return name.starts_with("pytorch_model") && (name.ends_with(".bin") || name.ends_with(".bin.index.json"));
  });
  if (pickled != names.end())
    throw Error(OC_E_MODEL,
                fmt::format("the model folder {} holds its weights as {}, and this version reads safetensors "
                            "only; convert them to {}",
                            folder.string(), quoted_name(*pickled), single_file));
  throw Error(OC_E_MODEL, fmt::format("the model folder {} holds no weights: neither {} nor {}; download them",
                                      folder.string(), single_file, index_file));
}

ShardIndex read_index(const fs::path& path) {
  const auto mapping = MappedFile::open(path);
  const auto bytes = mapping->bytes();
  return parse_shard_index({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.string());
}

// Adds the tensors of one shard, which must be those that the index places there.
void add_shard(const fs::path& folder, const std::string& shard, const ShardIndex& index,
               std::vector<TensorView>& tensors) {
  const fs::path path = folder / shard;
  if (!fs::exists(path))
    throw Error(OC_E_MODEL,
                fmt::format("{} is missing, and {} names it; download the missing file", path.string(), index_file));
  const SafetensorsFile file = SafetensorsFile::open(path);
  for (const TensorView& tensor : file.tensors()) {
    const auto place = index.find(tensor.name);
    if (place == index.end() || place->second != shard)
      throw Error(OC_E_MODEL,
                  fmt::format("{} holds tensor {}, which {} does not place there; download the folder again",
                              path.string(), quoted_name(tensor.name), index_file));
    tensors.push_back(tensor);
  }
  for (const auto& [name, place] : index)
    if (place == shard && file.find(name) == nullptr)
      throw Error(OC_E_MODEL, fmt::format("{} lacks tensor {}, which {} places there; download the folder again",
                                          path.string(), quoted_name(name), index_file));
}

}  // namespace

Checkpoint Checkpoint::open(const fs::path& folder) {
  if (const fs::path single = folder / single_file; fs::exists(single)) {
    const SafetensorsFile file = SafetensorsFile::open(single);
    return Checkpoint({file.tensors().begin(), file.tensors().end()}, {single});
  }
  const fs::path index_path = folder / index_file;
  if (!fs::exists(index_path)) fail_without_weights(folder);
  const ShardIndex index = read_index(index_path);
  std::set<std::string> shards;
  for (const auto& [tensor, shard] : index) shards.insert(shard);
  std::vector<TensorView> tensors;
  std::vector<fs::path> files{index_path};
  for (const std::string& shard : shards) {
    add_shard(folder, shard, index, tensors);
    files.push_back(folder / shard);
  }
  std::sort(tensors.begin(), tensors.end(), [](const TensorView& a, const TensorView& b) { return a.name < b.name; });
  return Checkpoint(std::move(tensors), std::move(files));
}

}  // namespace ocellus::models
