#include "tests/data_tool/mirror.hpp"

#include <fmt/format.h>

#include <fstream>
#include <ocellus/sdk/error.hpp>

#include "tests/data_tool/recipe.hpp"

namespace ocellus::data_tool {

namespace {

namespace fs = std::filesystem;

void write_weights(const fs::path& recipe_path, const fs::path& folder) {
  const Recipe recipe = read_recipe(recipe_path);
  for (const WeightFile& file : recipe.files) {
    const std::string bytes = safetensors(recipe.seed, file);
    std::ofstream stream(folder / file.name, std::ios::binary);
    stream << bytes;
    if (!stream.flush()) throw Error(OC_E_WRITE, fmt::format("cannot write {}", (folder / file.name).string()));
  }
}

}  // namespace

void mirror(const fs::path& source, const fs::path& target) {
  if (fs::exists(target)) throw Error(OC_E_MODEL, fmt::format("{} exists already", target.string()));
  fs::create_directories(target);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(source)) {
    const fs::path place = target / entry.path().lexically_relative(source);
    if (entry.is_directory()) {
      fs::create_directory(place);
    } else if (entry.path().filename() == recipe_file) {
      write_weights(entry.path(), place.parent_path());
    } else {
      fs::copy_file(entry.path(), place);
    }
  }
}

}  // namespace ocellus::data_tool
