// The promises that this model keeps in its own way; those of every model are compiled beside them.
#include <algorithm>

#include "tests/plugins/models/support/promises.hpp"

namespace ocellus::test {

namespace {

TEST_F(Promises, TheTowerGivesRowsAsTheDecoderDoes) {
  const int64_t tokens = layout_.layouts.at("vision").tokens, border = tokens / 2;
  Plan alone(0), together(2);
  const Wish tower{.kind = OC_PROBE_ATTENTION, .stack = "vision", .layers = {2}, .heads = {0, 1}};
  Wish few = tower, all = tower, mass = tower;
  few.rows = {5, border - 1, border, tokens - 1};
  all.rows = up_to(tokens);
  mass.kind = OC_PROBE_MASS;
  mass.rows = {5, border};
  mass.groups = {up_to(border), {border, tokens - 1}};
  const uint32_t few_alone = alone.add(few);
  const uint32_t rows = together.add(all), masses = together.add(mass);
  together.add(hidden());
  const auto a = run(alone), b = run(together);
  expect_same_rows(*a, few_alone, *b, rows);  // promise 2
  for (const int64_t row : {int64_t{5}, border}) {
    const auto& whole = b->row(rows, 2, row).values;
    const auto& sums = b->row(masses, 2, row).values;
    ASSERT_EQ(sums.size(), 2 * 2u);
    for (size_t head = 0; head < 2; ++head) {
      EXPECT_NEAR(sums[head * 2], row < border ? 1 : 0, 1e-6);  // the whole first image
      const size_t of_head = head * static_cast<size_t>(tokens);
      EXPECT_NEAR(sums[head * 2 + 1],
                  whole[of_head + static_cast<size_t>(border)] + whole[of_head + static_cast<size_t>(tokens) - 1],
                  1e-6);
    }
  }
}

TEST_F(Promises, NothingRunsPastTheDeepestLayerAskedFor) {
  constexpr int blocks = 2, all_blocks = 3, chunks = 2;  // the features come out of the last block but one
  Plan inputs(0), vision(0), block(0), last_block(0), states(0), shallow(0), deep(0), both(0);
  inputs.add({.kind = OC_PROBE_INPUT, .name = "input_ids"});
  vision.add({.kind = OC_PROBE_HIDDEN, .stack = "projector", .layers = {0}, .rows = {0}});
  block.add({.kind = OC_PROBE_ATTENTION, .stack = "vision", .layers = {1}, .heads = {0}, .rows = {0}});
  last_block.add({.kind = OC_PROBE_ATTENTION, .stack = "vision", .layers = {2}, .heads = {0}, .rows = {0}});
  states.add({.kind = OC_PROBE_HIDDEN, .stack = "vision", .layers = {1}, .rows = {0}});
  both.add({.kind = OC_PROBE_HIDDEN, .stack = "vision", .layers = {3}, .rows = {0}});
  both.add({.kind = OC_PROBE_HIDDEN, .stack = "language", .layers = {0}, .rows = {0}});
  shallow.add({.kind = OC_PROBE_ATTENTION, .stack = "language", .layers = {0}, .heads = {0}, .rows = {1}});
  deep.add({.kind = OC_PROBE_HIDDEN, .stack = "language", .layers = {2}, .rows = {1}});
  EXPECT_EQ(polls_of(inputs), 0);
  EXPECT_EQ(polls_of(vision), blocks);
  EXPECT_EQ(polls_of(block), 2);
  EXPECT_EQ(polls_of(last_block), all_blocks);
  EXPECT_EQ(polls_of(states), 1);
  EXPECT_EQ(polls_of(both), all_blocks);
  EXPECT_EQ(polls_of(shallow), blocks + chunks);
  EXPECT_EQ(polls_of(deep), blocks + chunks * layers_);
}

TEST_F(Promises, AnUnknownProbeIsRefused) {
  Plan stack(0), name(0), head(0);
  stack.add({.kind = OC_PROBE_LOGITS, .stack = "vision", .rows = {0}});
  name.add({.kind = OC_PROBE_INPUT, .name = "pixels"});
  head.add({.kind = OC_PROBE_ATTENTION, .stack = "language", .layers = {0}, .heads = {4}, .rows = {0}});
  const auto refusal = [&](Plan& plan) { return sentence_of(OC_E_UNSUPPORTED, [&] { run(plan); }); };
  EXPECT_THAT(refusal(stack), testing::HasSubstr("logits/1@vision"));
  EXPECT_THAT(refusal(name), testing::HasSubstr("input_ids, pixel_values, image_grid_thw and position_ids"));
  EXPECT_THAT(refusal(head), testing::HasSubstr("0 to 3"));
}

}  // namespace

}  // namespace ocellus::test
