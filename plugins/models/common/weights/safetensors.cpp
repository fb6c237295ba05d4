#include "plugins/models/common/weights/safetensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <ocellus/sdk/error.hpp>
#include <optional>
#include <tuple>

#include "plugins/models/common/weights/mapped_file.hpp"
#include "plugins/models/common/weights/quoted_name.hpp"
#include "plugins/models/common/weights/safetensors_header.hpp"

namespace ocellus::models {
namespace {

constexpr std::size_t length_bytes = 8;
constexpr std::uint64_t max_header_bytes = 100'000'000;  // the limit of the format's own readers

template <class... Values>
[[noreturn]] void fail(std::string_view file_name, fmt::format_string<Values...> format, Values&&... values) {
  throw Error(OC_E_MODEL, fmt::format("{}: {}; download or convert the file again", file_name,
                                      fmt::format(format, std::forward<Values>(values)...)));
}

std::string_view header_of(std::span<const std::byte> file, std::string_view file_name) {
  if (file.size() < length_bytes) fail(file_name, "the file has {} bytes, too few for a safetensors file", file.size());
  std::uint64_t length = 0;
  for (std::size_t i = length_bytes; i-- > 0;) length = length << 8 | std::to_integer<std::uint64_t>(file[i]);
  if (length > max_header_bytes)
    fail(file_name, "the safetensors header claims {} bytes, and at most {} are allowed", length, max_header_bytes);
  if (length > file.size() - length_bytes)
    fail(file_name, "the safetensors header claims {} bytes, and the file ends after {}", length,
         file.size() - length_bytes);
  return {reinterpret_cast<const char*>(file.data()) + length_bytes, static_cast<std::size_t>(length)};
}

// The bytes a tensor of this shape takes, or nothing if that overflows.
std::optional<std::uint64_t> byte_size(const HeaderEntry& entry, DType dtype) {
  std::uint64_t size = item_size(dtype);
  for (const std::uint64_t dimension : entry.shape)
    if (dimension > std::numeric_limits<std::int64_t>::max() || __builtin_mul_overflow(size, dimension, &size))
      return std::nullopt;
  return size;
}

TensorView view(const HeaderEntry& entry, std::span<const std::byte> data, std::string_view file_name) {
  const auto dtype = dtype_named(entry.dtype);
  if (!dtype)
    throw Error(OC_E_MODEL, fmt::format("{}: tensor {} has dtype {}, which is not supported; convert the file to BF16, "
                                        "F16 or F32",
                                        file_name, quoted_name(entry.name), quoted_name(entry.dtype)));
  const auto size = byte_size(entry, *dtype);
  if (!size) fail(file_name, "the shape of tensor {} is too large for any file", quoted_name(entry.name));
  if (entry.end - entry.begin != *size)
    fail(file_name, "tensor {} has {} bytes of data, and its shape and dtype need {}", quoted_name(entry.name),
         entry.end - entry.begin, *size);
  return {.name = entry.name,
          .dtype = *dtype,
          .shape = {entry.shape.begin(), entry.shape.end()},
          .bytes = data.subspan(static_cast<std::size_t>(entry.begin), static_cast<std::size_t>(*size)),
          .owner = {},
          .mapping = nullptr};
}

// Tensors must follow each other from the first byte of the data to its last.
void check_tiling(std::vector<HeaderEntry>& entries, std::uint64_t data_size, std::string_view file_name) {
  std::sort(entries.begin(), entries.end(), [](const HeaderEntry& a, const HeaderEntry& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  std::uint64_t covered = 0;
  for (const HeaderEntry& entry : entries) {
    if (entry.end < entry.begin)
      fail(file_name, "the data of tensor {} end at byte {}, before they begin at byte {}", quoted_name(entry.name),
           entry.end, entry.begin);
    if (entry.begin < covered)
      fail(file_name, "tensor {} begins at byte {}, inside the one before it, which ends at byte {}",
           quoted_name(entry.name), entry.begin, covered);
    if (entry.begin > covered)
      fail(file_name, "bytes {} to {}, before tensor {}, belong to no tensor", covered, entry.begin,
           quoted_name(entry.name));
    if (entry.end > data_size)
      fail(file_name, "the file is cut short: tensor {} ends at byte {} of the data, and there are {}",
           quoted_name(entry.name), entry.end, data_size);
    covered = entry.end;
  }
  if (covered != data_size) fail(file_name, "the last {} bytes belong to no tensor", data_size - covered);
}

}  // namespace

std::vector<TensorView> parse_safetensors(std::span<const std::byte> file, std::string_view file_name,
                                          std::shared_ptr<const void> owner) {
  const std::string_view header = header_of(file, file_name);
  std::vector<HeaderEntry> entries = parse_safetensors_header(header, file_name);
  const auto data = file.subspan(length_bytes + header.size());
  check_tiling(entries, data.size(), file_name);
  std::vector<TensorView> tensors;
  tensors.reserve(entries.size());
  for (const HeaderEntry& entry : entries) {
    tensors.push_back(view(entry, data, file_name));
    tensors.back().owner = owner;
  }
  std::sort(tensors.begin(), tensors.end(), [](const TensorView& a, const TensorView& b) { return a.name < b.name; });
  return tensors;
}

SafetensorsFile SafetensorsFile::open(const std::filesystem::path& path) {
  const auto mapping = MappedFile::open(path);
  std::vector<TensorView> tensors = parse_safetensors(mapping->bytes(), path.string(), mapping);
  for (TensorView& tensor : tensors) tensor.mapping = mapping.get();
  return SafetensorsFile(std::move(tensors));
}

}  // namespace ocellus::models
