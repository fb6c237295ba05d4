#include "plugins/models/common/weights/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <ocellus/sdk/error.hpp>
#include <set>
#include <string>
#include <system_error>

#include "plugins/models/common/pickle/torch_file.hpp"
#include "plugins/models/common/weights/mapped_file.hpp"
#include "plugins/models/common/weights/quoted_name.hpp"
#include "plugins/models/common/weights/safetensors.hpp"
#include "plugins/models/common/weights/shard_index.hpp"

namespace ocellus::models {
namespace {

namespace fs = std::filesystem;

// One way in which a folder holds its weights. In the order in which transformers looks for them.
struct Form {
  std::string_view single, index, suffix;
  std::vector<TensorView> (*read)(const fs::path& file);
};

std::vector<TensorView> read_safetensors(const fs::path& path) {
  const SafetensorsFile file = SafetensorsFile::open(path);
  return {file.tensors().begin(), file.tensors().end()};
}

constexpr std::array<Form, 2> forms{
    {{"model.safetensors", "model.safetensors.index.json", ".safetensors", read_safetensors},
     {"pytorch_model.bin", "pytorch_model.bin.index.json", ".bin", open_torch_file}}};

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
  for (const Form& form : forms) {
    // Other .bin files, such as training_args.bin, hold no weights.
    const auto stem = form.single.substr(0, form.single.size() - form.suffix.size());
    const auto shard = std::find_if(names.begin(), names.end(), [&](const std::string& name) {
      return name.starts_with(stem) && name.ends_with(form.suffix);
    });
    if (shard != names.end())
      throw Error(OC_E_MODEL,
                  fmt::format("the model folder {} holds {} but neither {} nor {}; download the missing file",
                              folder.string(), quoted_name(*shard), form.single, form.index));
  }
  throw Error(OC_E_MODEL,
              fmt::format("the model folder {} holds no weights: neither {} nor {}, nor the same as {}; download them",
                          folder.string(), forms[0].single, forms[0].index, forms[1].single));
}

ShardIndex read_index(const fs::path& path, const Form& form) {
  const auto mapping = MappedFile::open(path);
  const auto bytes = mapping->bytes();
  return parse_shard_index({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, form.suffix, path.string());
}

// Adds the tensors of one shard, which must be those that the index places there.
void add_shard(const fs::path& folder, const std::string& shard, const ShardIndex& index, const Form& form,
               std::vector<TensorView>& tensors) {
  const fs::path path = folder / shard;
  if (!fs::exists(path))
    throw Error(OC_E_MODEL,
                fmt::format("{} is missing, and {} names it; download the missing file", path.string(), form.index));
  std::vector<TensorView> file = form.read(path);
  for (const TensorView& tensor : file) {
    const auto place = index.find(tensor.name);
    if (place == index.end() || place->second != shard)
      throw Error(OC_E_MODEL,
                  fmt::format("{} holds tensor {}, which {} does not place there; download the folder again",
                              path.string(), quoted_name(tensor.name), form.index));
  }
  for (const auto& [name, place] : index)
    if (place == shard && find_tensor(file, name) == nullptr)
      throw Error(OC_E_MODEL, fmt::format("{} lacks tensor {}, which {} places there; download the folder again",
                                          path.string(), quoted_name(name), form.index));
  tensors.insert(tensors.end(), std::make_move_iterator(file.begin()), std::make_move_iterator(file.end()));
}

}  // namespace

Checkpoint Checkpoint::open(const fs::path& folder) {
  for (const Form& form : forms) {
    if (const fs::path single = folder / form.single; fs::exists(single))
      return Checkpoint(form.read(single), {single});
    const fs::path index_path = folder / form.index;
    if (!fs::exists(index_path)) continue;
    const ShardIndex index = read_index(index_path, form);
    std::set<std::string> shards;
    for (const auto& [tensor, shard] : index) shards.insert(shard);
    std::vector<TensorView> tensors;
    std::vector<fs::path> files{index_path};
    for (const std::string& shard : shards) {
      add_shard(folder, shard, index, form, tensors);
      files.push_back(folder / shard);
    }
    std::sort(tensors.begin(), tensors.end(), [](const TensorView& a, const TensorView& b) { return a.name < b.name; });
    return Checkpoint(std::move(tensors), std::move(files));
  }
  fail_without_weights(folder);
}

std::vector<fs::path> Checkpoint::files_of(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const Form& form : forms) {
    if (const fs::path single = folder / form.single; fs::exists(single)) return {single};
    const fs::path index_path = folder / form.index;
    if (!fs::exists(index_path)) continue;
    std::set<fs::path> shards;
    for (const auto& [tensor, shard] : read_index(index_path, form)) shards.insert(folder / shard);
    files.assign(shards.begin(), shards.end());
    files.insert(files.begin(), index_path);
    std::erase_if(files, [](const fs::path& file) { return !fs::exists(file); });
    return files;
  }
  return files;
}

}  // namespace ocellus::models
