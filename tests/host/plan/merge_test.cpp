#include "host/plan/merge.hpp"

#include <gtest/gtest.h>
#include <ocellus/abi/probe.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "host/plan/generation.hpp"

namespace ocellus::plan {
namespace {

constexpr int64_t prompt = 20, new_tokens = 8;

Wish attention(Indices layers, Indices rows) {
  Wish wish;
  wish.kind = OC_PROBE_ATTENTION;
  wish.stack = "language";
  wish.layers = std::move(layers);
  wish.heads = {0, 1};
  wish.rows = std::move(rows);
  return wish;
}

Wish of_answer(Indices tokens) {
  Wish wish = attention({0}, {});
  wish.answer = true;
  wish.answer_tokens = std::move(tokens);
  return wish;
}

TEST(Merge, NothingOfNothing) {
  EXPECT_TRUE(merge({}, prompt, new_tokens).empty());
}

TEST(Merge, OneWishStaysAsItIs) {
  Wish wish = attention({1, 3}, {4, 5});
  wish.all_keys = false;
  wish.keys = {2, 3};
  const std::vector<Merged> merged = merge({wish}, prompt, 0);
  ASSERT_EQ(merged.size(), 1u);
  EXPECT_EQ(merged[0].layers, (Indices{1, 3}));
  EXPECT_EQ(merged[0].heads, (Indices{0, 1}));
  EXPECT_EQ(merged[0].rows, (Indices{4, 5}));
  EXPECT_EQ(merged[0].keys, (Indices{2, 3}));
  EXPECT_FALSE(merged[0].all_keys);
  EXPECT_FALSE(merged[0].all_steps);
  EXPECT_EQ(merged[0].wishes, (std::vector<size_t>{0}));
}

TEST(Merge, AttentionGradientsAreTwoValuesForEachKeyOfPromptAndAnswer) {
  Wish wish = attention({1, 3}, {4, 5, 21});
  wish.kind = OC_PROBE_ATTENTION_GRADIENT;
  const Merged all = merge({wish}, prompt, new_tokens).at(0);
  EXPECT_EQ(all.values(prompt, new_tokens, 100, 1000), 2u * 2 * 2 * 3 * (prompt + new_tokens));
  wish.all_keys = false;
  wish.keys = {2, 3};
  EXPECT_EQ(merge({wish}, prompt, new_tokens).at(0).values(prompt, new_tokens, 100, 1000), 2u * 2 * 2 * 3 * 2);
}

TEST(Merge, UnionIsSortedWithoutDuplicates) {
  Wish a = attention({0, 2}, {4, 5}), b = attention({0, 1, 2}, {3, 4});
  a.heads = {1}, b.heads = {0, 1};
  a.all_keys = b.all_keys = false;
  a.keys = {1, 2, 3}, b.keys = {2, 3, 4};
  const std::vector<Merged> merged = merge({a, b}, prompt, 0);
  ASSERT_EQ(merged.size(), 1u);
  EXPECT_EQ(merged[0].layers, (Indices{0, 1, 2}));
  EXPECT_EQ(merged[0].heads, (Indices{0, 1}));
  EXPECT_EQ(merged[0].rows, (Indices{3, 4, 5}));
  EXPECT_EQ(merged[0].keys, (Indices{1, 2, 3, 4}));
  EXPECT_EQ(merged[0].wishes, (std::vector<size_t>{0, 1}));
}

TEST(Merge, AllKeysTakesSomeKeysIn) {
  Wish some = attention({0}, {4});
  some.all_keys = false;
  some.keys = {1, 2};
  const std::vector<Merged> merged = merge({some, attention({0}, {4})}, prompt, 0);
  ASSERT_EQ(merged.size(), 1u);
  EXPECT_TRUE(merged[0].all_keys);
  EXPECT_EQ(merged[0].keys, Indices{});
}

// Two wishes of n layers and n rows each that have nothing in common: alone 2 n^2, together (2n)^2, twice the sum.
TEST(Merge, JoinsUpToTwiceTheSumAndNotBeyond) {
  EXPECT_EQ(merge({attention({0}, {0}), attention({1}, {1})}, prompt, 0).size(), 1u) << "4 = 2 x (1 + 1)";
  EXPECT_EQ(merge({attention({0}, {0}), attention({1, 2}, {1, 2})}, prompt, 0).size(), 1u) << "9 <= 2 x (1 + 4)";
  EXPECT_EQ(merge({attention({0, 1, 2, 3}, {0}), attention({4}, {1, 2, 3})}, prompt, 0).size(), 2u)
      << "20 > 2 x (4 + 3)";
}

TEST(Merge, ALargeMatrixAndAFewRowsStayApart) {
  Indices everything(20);
  std::iota(everything.begin(), everything.end(), int64_t{0});
  const Wish matrices = attention({0}, everything), rows = attention(everything, {19});
  const std::vector<Merged> merged = merge({matrices, rows, matrices, rows}, prompt, 0);
  ASSERT_EQ(merged.size(), 2u);
  EXPECT_EQ(merged[0].wishes, (std::vector<size_t>{0, 2}));
  EXPECT_EQ(merged[1].wishes, (std::vector<size_t>{1, 3}));
}

TEST(Merge, KindsStacksAndNamesStayApart) {
  Wish hidden = attention({0}, {0}), vision = hidden, pixels, ids;
  hidden.kind = OC_PROBE_HIDDEN;
  vision.stack = "vision";
  pixels.kind = ids.kind = OC_PROBE_INPUT;
  pixels.name = "pixel_values", ids.name = "input_ids";
  EXPECT_EQ(merge({attention({0}, {0}), hidden, vision, pixels, ids, pixels}, prompt, 0).size(), 5u);
}

TEST(Merge, GroupsAreCollectedOnce) {
  Wish a = attention({0}, {4}), b = a;
  a.kind = b.kind = OC_PROBE_MASS;
  a.groups = {{0, 1}, {2, 3}}, b.groups = {{2, 3}, {5}};
  const std::vector<Merged> merged = merge({a, b}, prompt, 0);
  ASSERT_EQ(merged.size(), 1u);
  EXPECT_EQ(merged[0].groups, (std::vector<Indices>{{0, 1}, {2, 3}, {5}}));
}

TEST(Merge, TheFirstAnswerTokenComesOfTheLastPromptRow) {
  const Merged first = merge({of_answer({0})}, prompt, new_tokens).at(0);
  EXPECT_EQ(first.rows, Indices{19});
  EXPECT_EQ(first.steps, Indices{});
  EXPECT_FALSE(first.all_steps);
  const Merged third = merge({of_answer({2, 5})}, prompt, new_tokens).at(0);
  EXPECT_EQ(third.rows, Indices{});
  EXPECT_EQ(third.steps, (Indices{2, 5}));
}

TEST(Merge, TheWholeAnswerIsEveryStep) {
  const Merged merged = merge({of_answer({2}), of_answer({})}, prompt, new_tokens).at(0);
  EXPECT_EQ(merged.rows, Indices{19});
  EXPECT_TRUE(merged.all_steps);
  EXPECT_EQ(merged.steps, Indices{});
}

TEST(Merge, StepsBeyondTheLimitAreNotAskedFor) {
  EXPECT_EQ(merge({of_answer({7, 8, 1000})}, prompt, new_tokens).at(0).steps, Indices{7});
}

TEST(Merge, ValuesCountsWhatCapturesHold) {
  Merged merged = merge({attention({0, 1, 2}, {4, 5})}, prompt, 0).at(0);
  EXPECT_EQ(merged.values(100, 0, 64, 1000), 3u * 2 * 2 * 100) << "layers x heads x rows x keys";
  merged.all_keys = false;
  merged.keys = {1};
  EXPECT_EQ(merged.values(100, 0, 64, 1000), 3u * 2 * 2);
  merged.all_steps = true;
  EXPECT_EQ(merged.values(100, 10, 64, 1000), 3u * 2 * 12);
  merged.kind = OC_PROBE_MASS;
  merged.groups = {{1}, {2}};
  EXPECT_EQ(merged.values(100, 10, 64, 1000), 3u * 2 * 12 * 2);
  merged.kind = OC_PROBE_LOGITS;
  merged.layers.clear(), merged.heads.clear();
  EXPECT_EQ(merged.values(100, 10, 64, 1000), 12u * 1000);
  merged.kind = OC_PROBE_HIDDEN;
  EXPECT_EQ(merged.values(100, 10, 64, 1000), 12u * 64);
}

TEST(MergedPlan, NoKeysAreNotAllKeys) {
  Wish nothing = of_answer({0});
  nothing.all_keys = false;
  const std::vector<Merged> merged = merge({nothing}, prompt, new_tokens);
  const MergedPlan plan(merged, new_tokens);
  EXPECT_NE(plan.raw().probes[0]->keys, nullptr);
  EXPECT_EQ(plan.raw().probes[0]->n_keys, 0u);
}

TEST(MergedPlan, TellsHowToGenerateOnlyWhatTheUserSays) {
  Generation generation;
  generation.temperature = 0.5;  // nothing is drawn
  EXPECT_EQ(RawGeneration(generation, 7).pointer(), nullptr);
  generation.draws = true;
  generation.top_k = 0;
  generation.stop_strings = {"a", "b"};
  const RawGeneration of_user(generation, 7);
  const std::vector<Merged> nothing;
  const MergedPlan plan(nothing, 3, of_user.pointer());
  const oc_generation& given = *plan.raw().generation;
  EXPECT_EQ(given.struct_size, sizeof(oc_generation));
  EXPECT_EQ(given.draws, 1u);
  EXPECT_EQ(given.temperature, 0.5);
  EXPECT_EQ(given.top_k, -1) << "0 of the command line is all";
  EXPECT_EQ(given.top_p, 0) << "as the folder says";
  EXPECT_EQ(given.repetition_penalty, 0);
  EXPECT_EQ(given.seed, 7u);
  ASSERT_EQ(given.n_stop_strings, 2u);
  EXPECT_STREQ(given.stop_strings[1], "b");
}

TEST(MergedPlan, IsTheSameInC) {
  Wish mass = of_answer({0, 3});
  mass.kind = OC_PROBE_MASS;
  mass.groups = {{0, 1}, {}, {5}};
  Wish pixels;
  pixels.kind = OC_PROBE_INPUT;
  pixels.name = "pixel_values";
  const std::vector<Merged> merged = merge({mass, pixels}, prompt, new_tokens);
  const MergedPlan plan(merged, new_tokens);
  const oc_merged_plan& raw = plan.raw();
  EXPECT_EQ(raw.struct_size, sizeof(oc_merged_plan));
  EXPECT_EQ(raw.max_new_tokens, 8u);
  ASSERT_EQ(raw.n_probes, 2u);
  const oc_merged_probe& first = *raw.probes[0];
  EXPECT_EQ(first.struct_size, sizeof(oc_merged_probe));
  EXPECT_EQ(first.id, 0u);
  EXPECT_STREQ(first.kind, OC_PROBE_MASS);
  EXPECT_STREQ(first.stack, "language");
  EXPECT_EQ(first.name, nullptr);
  EXPECT_EQ(Indices(first.layers, first.layers + first.n_layers), Indices{0});
  EXPECT_EQ(Indices(first.heads, first.heads + first.n_heads), (Indices{0, 1}));
  EXPECT_EQ(Indices(first.rows, first.rows + first.n_rows), Indices{19});
  EXPECT_EQ(Indices(first.steps, first.steps + first.n_steps), Indices{3});
  EXPECT_EQ(first.all_steps, 0u);
  EXPECT_EQ(first.keys, nullptr);
  ASSERT_EQ(first.n_groups, 3u);
  EXPECT_EQ(Indices(first.groups[0], first.groups[0] + first.group_sizes[0]), (Indices{0, 1}));
  EXPECT_EQ(first.group_sizes[1], 0u);
  EXPECT_EQ(Indices(first.groups[2], first.groups[2] + first.group_sizes[2]), Indices{5});
  EXPECT_EQ(raw.probes[1]->id, 1u);
  EXPECT_EQ(raw.probes[1]->stack, nullptr);
  EXPECT_STREQ(raw.probes[1]->name, "pixel_values");
}

}  // namespace
}  // namespace ocellus::plan
