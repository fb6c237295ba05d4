// The promises that this model keeps in its own way; those of every model are compiled beside them.
#include <algorithm>

#include "tests/plugins/models/qwen2_5_vl/support/fixture.hpp"
#include "tests/plugins/models/support/promises.hpp"

namespace ocellus::test {

namespace {

TEST_F(Promises, TheTowerGivesRowsAndMassAsTheDecoderDoes) {
  const int64_t patches = layout_.layouts.at("vision").tokens;
  const auto& images = layout_.layouts.at("vision").segments;
  ASSERT_EQ(images.size(), 2u);
  const int64_t border = images[0].end;
  Plan alone(0), together(2);
  const Wish tower{.kind = OC_PROBE_ATTENTION, .stack = "vision", .layers = {1, 3}, .heads = up_to(4)};
  Wish few = tower, all = tower, some = tower, mass = tower;
  few.layers = {3};
  few.rows = {5, border - 1, border, patches - 1};
  all.rows = up_to(patches);
  some.rows = {5, border};
  some.keys = {1, border - 1, border, patches - 1};
  mass.kind = OC_PROBE_MASS;
  mass.rows = {5, border};
  mass.groups = {{1, border - 1}, up_to(border), {border, patches - 1}};
  const uint32_t few_alone = alone.add(few);
  const uint32_t rows = together.add(all), keys = together.add(some), masses = together.add(mass);
  together.add(hidden());
  const auto a = run(alone), b = run(together);
  expect_same_rows(*a, few_alone, *b, rows);  // promise 2
  EXPECT_TRUE(std::is_sorted(b->pieces.at(rows).begin(), b->pieces.at(rows).end()));
  EXPECT_LE(a->largest_capture, static_cast<size_t>(4 * 4 * patches));  // promise 3
  for (const int64_t block : {1, 3}) {
    for (const int64_t row : {int64_t{5}, border}) {
      const auto& whole = b->row(rows, block, row).values;
      const auto at = [&](size_t head, int64_t key) {
        return whole[head * static_cast<size_t>(patches) + static_cast<size_t>(key)];
      };
      const auto& kept = b->row(keys, block, row);
      const auto& sums = b->row(masses, block, row).values;
      ASSERT_EQ(sums.size(), 4 * 3u);
      for (size_t head = 0; head < 4; ++head) {
        for (size_t key = 0; key < 4; ++key) EXPECT_EQ(kept.values[head * 4 + key], at(head, kept.keys[key]));
        EXPECT_NEAR(sums[head * 3], at(head, 1) + at(head, border - 1), 1e-6);
        EXPECT_NEAR(sums[head * 3 + 1], row < border ? 1 : 0, 1e-6);  // the whole first image
        EXPECT_NEAR(sums[head * 3 + 2], at(head, border) + at(head, patches - 1), 1e-6);
      }
    }
  }
}

TEST_F(Promises, AWindowedBlockIsRefusedBeforeWeightsAreLoaded) {
  const auto model = open_model(fixture_.model_folder);  // not loaded
  Plan plan(0);
  plan.add({.kind = OC_PROBE_MASS, .stack = "vision", .layers = {1, 2}, .heads = {0}, .rows = {0}, .groups = {{0}}});
  EXPECT_EQ(sentence_of(OC_E_UNSUPPORTED, [&] { model->estimate(*prepared_, plan.get()); }),
            "block 2 of the vision tower attends within windows; those with full attention are 1, 3");
}

TEST_F(Promises, NothingRunsPastTheDeepestLayerAskedFor) {
  constexpr int blocks = 4, chunks = 2;
  Plan inputs(0), vision(0), block(0), shallow(0), deep(0);
  inputs.add({.kind = OC_PROBE_INPUT, .name = "input_ids"});
  vision.add({.kind = OC_PROBE_HIDDEN, .stack = "projector", .layers = {0}, .rows = {0}});
  block.add({.kind = OC_PROBE_ATTENTION, .stack = "vision", .layers = {1}, .heads = {0}, .rows = {0}});
  shallow.add({.kind = OC_PROBE_ATTENTION, .stack = "language", .layers = {0}, .heads = {0}, .rows = {1}});
  deep.add({.kind = OC_PROBE_HIDDEN, .stack = "language", .layers = {3}, .rows = {1}});
  EXPECT_EQ(polls_of(inputs), 0);
  EXPECT_EQ(polls_of(vision), blocks);
  EXPECT_EQ(polls_of(block), 2);
  EXPECT_EQ(polls_of(shallow), blocks + chunks);
  EXPECT_EQ(polls_of(deep), blocks + chunks * layers_);
}

TEST_F(Promises, AnUnknownProbeIsRefused) {
  Plan stack(0), name(0), head(0);
  stack.add({.kind = OC_PROBE_HIDDEN, .stack = "vision", .layers = {0}, .rows = {0}});
  name.add({.kind = OC_PROBE_INPUT, .name = "pixels"});
  head.add({.kind = OC_PROBE_ATTENTION, .stack = "language", .layers = {0}, .heads = {6}, .rows = {0}});
  const auto refusal = [&](Plan& plan) { return sentence_of(OC_E_UNSUPPORTED, [&] { run(plan); }); };
  EXPECT_THAT(refusal(stack), testing::HasSubstr("hidden/1@vision"));
  EXPECT_THAT(refusal(name), testing::HasSubstr("input_ids, pixel_values, image_grid_thw and position_ids"));
  EXPECT_THAT(refusal(head), testing::HasSubstr("0 to 5"));
}

}  // namespace

}  // namespace ocellus::test
