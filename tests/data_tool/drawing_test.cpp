#include "tests/data_tool/drawing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <ocellus/sdk/error.hpp>

#include "tests/data_tool/recipe.hpp"
#include "tests/support/npz.hpp"

namespace ocellus::data_tool {
namespace {

using testing::HasSubstr;

const std::filesystem::path fixture = std::filesystem::path(OCELLUS_SOURCE_DIR) / "tests/data/drawn_weights";

TEST(Draw, GivesTheBitsOfNumpy) {
  const Recipe recipe = read_recipe(fixture / "recipe" / recipe_file);
  auto arrays = test::read_npz(fixture / "drawn.npz");
  ASSERT_EQ(recipe.files.size(), 2u);
  for (const WeightFile& file : recipe.files) {
    for (const Tensor& tensor : file.tensors) {
      const test::NpyArray expected = arrays.at(tensor.name);
      EXPECT_EQ(tensor.shape, expected.shape) << tensor.name;
      const std::string bytes = encoded(draw(recipe.seed, tensor), tensor.dtype);
      ASSERT_EQ(bytes.size(), expected.bytes.size()) << tensor.name;
      EXPECT_EQ(bytes.empty() ? 0 : std::memcmp(bytes.data(), expected.bytes.data(), bytes.size()), 0) << tensor.name;
      arrays.erase(tensor.name);
    }
  }
  EXPECT_TRUE(arrays.empty());
}

TEST(Draw, HasTheRecipesMeanAndDeviation) {
  const auto values = draw(1, {"weight", "F32", {1000, 1000}, 0.5, 2, {}});
  double sum = 0, squares = 0;
  for (const float value : values) {
    sum += static_cast<double>(value);
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  const double mean = sum / 1e6;
  EXPECT_NEAR(mean, 2, 5 * 0.5 / 1e3);  // five standard errors
  EXPECT_NEAR(std::sqrt(squares / 1e6 - mean * mean), 0.5, 5 * 0.5 / 1e3);
}

TEST(Draw, DiffersBySeedAndName) {
  const Tensor tensor{"a", "F32", {8}, 1, 0, {}}, other{"b", "F32", {8}, 1, 0, {}};
  EXPECT_NE(draw(1, tensor), draw(2, tensor));
  EXPECT_NE(draw(1, tensor), draw(1, other));
}

std::string complaint(const Tensor& tensor) {
  try {
    encoded(draw(1, tensor), tensor.dtype);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(Draw, RefusesWhatCannotBe) {
  EXPECT_THAT(complaint({"w", "F32", {2, -1}, 1, 0, {}}), HasSubstr("impossible shape [2, -1]"));
  EXPECT_THAT(complaint({"w", "F32", {int64_t{1} << 32, int64_t{1} << 32}, 1, 0, {}}), HasSubstr("impossible shape"));
  EXPECT_THAT(complaint({"w", "F32", {3, 2}, 1, 0, {{0, 3}}}), HasSubstr("no rows 0 and 3"));
  EXPECT_THAT(complaint({"w", "F32", {3}, 1, 0, {{0, 1}}}), HasSubstr("no rows"));
  EXPECT_THAT(complaint({"w", "F64", {3}, 1, 0, {}}), HasSubstr("not drawn as F64"));
  EXPECT_THAT(complaint({"w", "F16", {3}, 0, 65520, {}}), HasSubstr("65520 is beyond the range of F16"));
}

}  // namespace
}  // namespace ocellus::data_tool
