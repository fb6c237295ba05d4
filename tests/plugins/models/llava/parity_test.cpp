// What this model alone has, against what transformers computed; the rest is compared beside it.
#include <span>
#include <string>
#include <vector>

#include "tests/plugins/models/support/parity.hpp"

namespace ocellus::test {

namespace {

TEST_P(Parity, PositionsCountTokens) {
  EXPECT_EQ(run->sink.inputs.at(run->positions).integers, up_to(run->tokens));
}

TEST_P(Parity, PixelsAreExact) {  // mistakes 3, 4, 5
  const KeptInput& pixels = run->sink.inputs.at(run->pixels);
  if (!fixture().has("pixel_values")) {
    EXPECT_TRUE(pixels.floats.empty());
    return;
  }
  const NpyArray expected = fixture().expected("pixel_values");
  EXPECT_EQ(pixels.shape, expected.shape);
  const auto values = expected.as<float>();
  EXPECT_EQ(pixels.floats, std::vector<float>(values.begin(), values.end()));
}

TEST_P(Parity, TowerHiddenStates) {  // mistakes 19, 20
  if (!fixture().has("tower_hidden")) {
    EXPECT_EQ(run->tower_tokens, 0);
    return;
  }
  const NpyArray expected = fixture().expected("tower_hidden");
  const auto blocks = static_cast<int64_t>(run->blocks.size());
  ASSERT_EQ(expected.shape[0], blocks + 1);
  std::vector<float> states;
  for (int64_t layer = 0; layer <= blocks; ++layer) {
    const auto rows = run->all_rows(run->tower_hidden, layer, run->tower_tokens);
    states.insert(states.end(), rows.begin(), rows.end());
  }
  EXPECT_LE(largest_difference(states, expected.as<float>()), relative_gate("tower_hidden"));
}

TEST_P(Parity, TowerAttentions) {  // mistakes 10, 25
  if (!fixture().has("tower_attentions")) return;
  const NpyArray expected = fixture().expected("tower_attentions");
  const auto reference = expected.as<float>();
  const auto images = static_cast<size_t>(expected.shape[1]), heads = static_cast<size_t>(run->tower_heads);
  const auto tokens = static_cast<size_t>(expected.shape[3]), all = images * tokens;
  ASSERT_EQ(expected.shape[0], static_cast<int64_t>(run->blocks.size()));
  ASSERT_EQ(static_cast<int64_t>(all), run->tower_tokens);
  for (size_t block = 0; block < run->blocks.size(); ++block) {
    for (size_t row = 0; row < all; ++row) {
      const std::span<const float> values =
          run->sink.row(run->tower, static_cast<int64_t>(block), static_cast<int64_t>(row)).values;
      ASSERT_EQ(values.size(), heads * all);
      const size_t image = row / tokens;
      for (size_t head = 0; head < heads; ++head) {
        const auto mine = values.subspan(head * all, all);
        const auto theirs =
            reference.subspan((((block * images + image) * heads + head) * tokens + row % tokens) * tokens, tokens);
        EXPECT_LE(largest_difference(mine.subspan(image * tokens, tokens), theirs),
                  fixture().tolerance("tower_attentions", 2e-6));
        for (size_t key = 0; key < all; ++key) {
          if (key / tokens != image) {
            EXPECT_EQ(mine[key], 0.0f);
          }
        }
      }
    }
  }
}

TEST_P(Parity, Features) {  // mistakes 19, 20
  if (!fixture().has("features")) return;
  const NpyArray expected = fixture().expected("features");
  const auto features = run->all_rows(run->features, 0, expected.shape[0]);
  EXPECT_EQ(run->sink.layouts.at("projector").tokens, expected.shape[0]);
  EXPECT_LE(largest_difference(features, expected.as<float>()), relative_gate("features"));
}

INSTANTIATE_TEST_SUITE_P(Fixtures, Parity,
                         testing::Values("base", "two_images", "two_turns", "text_only", "given_answer", "pad", "full",
                                         "bf16"),
                         [](const auto& parameter) { return std::string(parameter.param); });

}  // namespace

}  // namespace ocellus::test
