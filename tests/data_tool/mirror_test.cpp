#include "tests/data_tool/mirror.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ocellus/sdk/error.hpp>
#include <ocellus/sdk/sha256.hpp>
#include <span>

#include "tests/data_tool/recipe.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::data_tool {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

const fs::path fixture = fs::path(OCELLUS_SOURCE_DIR) / "tests/data/drawn_weights";

// A folder with a model folder and another file.
class Mirror : public testing::Test {
 protected:
  Mirror() {
    fs::create_directories(scratch_ / "source/case");
    fs::copy(fixture / "recipe", scratch_ / "source/case/model");
    test::write_file(scratch_ / "source/case/model/config.json", "{}");
    test::write_file(scratch_ / "source/case/case.json", "[]");
  }

  std::string refusal() {
    try {
      mirror(scratch_ / "source", scratch_ / "target");
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  test::TemporaryFolder scratch_;
};

TEST_F(Mirror, HasWeightsInThePlaceOfTheirRecipe) {
  mirror(scratch_ / "source", scratch_ / "target");
  const fs::path model = scratch_ / "target/case/model";
  EXPECT_FALSE(fs::exists(model / recipe_file));
  EXPECT_EQ(test::read_file(model / "config.json"), "{}");
  EXPECT_EQ(test::read_file(scratch_ / "target/case/case.json"), "[]");
  for (const WeightFile& file : read_recipe(fixture / "recipe" / recipe_file).files) {
    const std::string bytes = test::read_file(model / file.name);
    EXPECT_EQ(sha256_hex(std::as_bytes(std::span(bytes))), file.sha256) << file.name;
  }
}

TEST_F(Mirror, RefusesWeightsThatTheRecipeDoesNotMean) {
  const fs::path recipe = scratch_ / "source/case/model" / recipe_file;
  std::string text = test::read_file(recipe);
  const size_t at = text.find("\"std\": 0.3");
  ASSERT_NE(at, std::string::npos);
  test::write_file(recipe, text.replace(at, 10, "\"std\": 0.4"));
  EXPECT_THAT(refusal(), HasSubstr("first.safetensors was not drawn as numpy drew it"));
}

TEST_F(Mirror, LeavesAFolderThatExists) {
  fs::create_directory(scratch_ / "target");
  EXPECT_THAT(refusal(), HasSubstr("exists already"));
  EXPECT_TRUE(fs::is_empty(scratch_ / "target"));
}

}  // namespace
}  // namespace ocellus::data_tool
