// weights.json: which .safetensors files a model folder has, and how their weights are drawn. The form is described in
// tools/fixtures/weight_recipes/recipe.py, which writes it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/data_tool/drawing.hpp"

namespace ocellus::data_tool {

inline constexpr const char* recipe_file = "weights.json";

struct WeightFile {
  std::string name, sha256;  // sha256: of the whole file
  std::vector<Tensor> tensors;
};

struct Recipe {
  uint64_t seed;
  std::vector<WeightFile> files;
};

// Throws nlohmann::json::exception for a malformed file.
Recipe read_recipe(const std::filesystem::path& path);

// The bytes of a whole .safetensors file. Throws Error if they have another hash than the recipe says.
std::string safetensors(uint64_t seed, const WeightFile& file);

}  // namespace ocellus::data_tool
