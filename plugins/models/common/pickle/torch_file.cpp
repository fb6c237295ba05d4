#include "plugins/models/common/pickle/torch_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <string>

#include "plugins/models/common/pickle/state_dict.hpp"
#include "plugins/models/common/pickle/zip_archive.hpp"
#include "plugins/models/common/weights/mapped_file.hpp"

namespace ocellus::models {
namespace {

constexpr std::string_view pickle_name = "data.pkl";

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[noreturn]] void fail(std::string_view file_name, std::string_view what) {
  throw Error(OC_E_MODEL, fmt::format("{} {}", file_name, what));
}

// The one folder of the archive, with a slash at its end: every name in it begins with that.
std::string folder_of(std::span<const ZipEntry> entries, std::string_view file_name) {
  const auto pickle = std::find_if(entries.begin(), entries.end(), [](const ZipEntry& entry) {
    const std::size_t slash = entry.name.find('/');
    return slash != std::string::npos && std::string_view(entry.name).substr(slash + 1) == pickle_name;
  });
  if (pickle == entries.end()) fail(file_name, "is a zip archive, but holds no data.pkl: it is not of torch.save");
  std::string folder = pickle->name.substr(0, pickle->name.size() - pickle_name.size());
  for (const ZipEntry& entry : entries)
    if (!entry.name.starts_with(folder)) fail(file_name, "holds more than the one folder that torch.save writes");
  return folder;
}

}  // namespace

std::vector<TensorView> parse_torch_file(std::span<const std::byte> file, std::string_view file_name,
                                         std::shared_ptr<const void> owner) {
  // The first number that torch pickled before 1.6: LONG1, ten bytes, 0x1950a86a20f9469cfc6c.
  constexpr std::string_view magic_before_1_6 = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
  if (as_text(file).starts_with(magic_before_1_6))
    fail(file_name,
         "is in the format of torch before 1.6, which is not read; load it in Python and save its tensors as "
         "safetensors");
  if (!as_text(file).starts_with("PK"))
    fail(file_name, "is not a checkpoint of torch.save, which is a zip archive; download the file again");
  const std::vector<ZipEntry> entries = read_zip_archive(file, file_name);
  const std::string folder = folder_of(entries, file_name);
  const ZipEntry* const order = find_entry(entries, folder + "byteorder");
  if (order != nullptr && as_text(order->bytes) != "little")
    fail(file_name, "was saved on a big-endian machine, which is not read; save its tensors as safetensors");
  const auto storage = [&](std::string_view key) -> std::optional<std::span<const std::byte>> {
    const ZipEntry* const entry = find_entry(entries, folder + "data/" + std::string(key));
    return entry == nullptr ? std::nullopt : std::optional(entry->bytes);
  };
  return read_state_dict(find_entry(entries, folder + std::string(pickle_name))->bytes, storage, file.size(), file_name,
                         owner);
}

std::vector<TensorView> open_torch_file(const std::filesystem::path& path) {
  const auto mapping = MappedFile::open(path);
  std::vector<TensorView> tensors = parse_torch_file(mapping->bytes(), path.string(), mapping);
  for (TensorView& tensor : tensors)
    if (tensor.owner == mapping) tensor.mapping = mapping.get();  // not a copy
  return tensors;
}

}  // namespace ocellus::models
