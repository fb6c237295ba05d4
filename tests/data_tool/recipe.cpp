#include "tests/data_tool/recipe.hpp"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <ocellus/sdk/sha256.hpp>
#include <span>

namespace ocellus::data_tool {

namespace {

Tensor read_tensor(const nlohmann::ordered_json& fields) {
  Tensor tensor{fields.at("name"), fields.at("dtype"), fields.at("shape"), fields.at("std"), fields.at("mean"), {}};
  if (fields.contains("exchanged_rows")) tensor.exchanged_rows = fields["exchanged_rows"].get<std::array<size_t, 2>>();
  return tensor;
}

}  // namespace

Recipe read_recipe(const std::filesystem::path& path) {
  std::ifstream stream(path);
  const auto content = nlohmann::ordered_json::parse(stream);
  Recipe recipe{content.at("seed"), {}};
  for (const auto& [name, fields] : content.at("files").items()) {
    WeightFile& file = recipe.files.emplace_back(WeightFile{name, fields.at("sha256"), {}});
    for (const auto& tensor : fields.at("tensors")) file.tensors.push_back(read_tensor(tensor));
  }
  return recipe;
}

std::string safetensors(uint64_t seed, const WeightFile& file) {
  nlohmann::ordered_json header{{"__metadata__", {{"format", "pt"}}}};
  std::string data;
  for (const Tensor& tensor : file.tensors) {
    const size_t begin = data.size();
    data += encoded(draw(seed, tensor), tensor.dtype);
    header[tensor.name] = {{"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {begin, data.size()}}};
  }
  std::string text = header.dump(-1, ' ', true);
  text.resize((text.size() + 7) / 8 * 8, ' ');
  std::string bytes;
  for (size_t i = 0; i < 8; ++i) bytes += static_cast<char>(text.size() >> 8 * i & 0xFF);
  bytes += text;
  bytes += data;
  if (sha256_hex(std::as_bytes(std::span(bytes))) != file.sha256)
    throw Error(OC_E_MODEL,
                fmt::format("{} was not drawn as numpy drew it: its SHA-256 is not the recipe's", file.name));
  return bytes;
}

}  // namespace ocellus::data_tool
