#include "host/plan/select.hpp"

#include <gtest/gtest.h>

#include "tests/support/refusal.hpp"
#include "tests/support/small_layout.hpp"

namespace ocellus::plan {
namespace {

using test::Refusal;
using test::refusal_of;

// A probe whose selections the test fills in.
struct Asked {
  oc_probe probe{};
  oc_select layers = none(), heads = none(), queries = none(), keys = none();
  std::vector<int64_t> numbers;

  explicit Asked(const char* kind, const char* stack = "language") {
    probe.struct_size = sizeof probe;
    probe.kind = kind;
    probe.stack = stack;
    probe.layers = &layers, probe.heads = &heads, probe.queries = &queries, probe.keys = &keys;
  }
  Asked(const Asked&) = delete;

  static oc_select none() { return {sizeof(oc_select), OC_SELECT_ALL, 0, nullptr, 0}; }
  static oc_select some(uint32_t kind, int64_t argument = 0) { return {sizeof(oc_select), kind, argument, nullptr, 0}; }
  static oc_select these(const std::vector<int64_t>& indices) {
    return {sizeof(oc_select), OC_SELECT_INDICES, 0, indices.data(), indices.size()};
  }

  int64_t n_keys_only = 0;

  Wish resolved() const {
    const oc_stack stack = test::small_stack();
    test::SmallLayout layout;
    layout.n_keys_only = n_keys_only;
    const oc_layout view = layout.view();
    return resolve(
        probe,
        {{"attention/1@language", "attention-mass/1@language", "hidden/1@language", "logits/1@language", "input/1"}},
        &stack, &view);
  }
  Indices rows(const oc_select& select) {
    queries = select;
    return resolved().rows;
  }
};

TEST(Select, AllIsTheDefault) {
  Asked asked(OC_PROBE_ATTENTION);
  const Wish with_all = asked.resolved();
  asked.probe.layers = asked.probe.heads = asked.probe.queries = asked.probe.keys = nullptr;
  for (const Wish& wish : {with_all, asked.resolved()}) {
    EXPECT_EQ(wish.layers, (Indices{0, 1, 2, 3}));
    EXPECT_EQ(wish.heads, (Indices{0, 1}));
    EXPECT_EQ(wish.rows.size(), 15u);
    EXPECT_TRUE(wish.all_keys);
    EXPECT_FALSE(wish.answer);
  }
}

TEST(Select, TokensOfThePrompt) {
  Asked asked(OC_PROBE_ATTENTION);
  EXPECT_EQ(asked.rows(Asked::some(OC_SELECT_LAST)), Indices{14});
  EXPECT_EQ(asked.rows(Asked::some(OC_SELECT_IMAGE, 0)), (Indices{2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(asked.rows(Asked::some(OC_SELECT_IMAGE, 1)), (Indices{9, 10}));
  EXPECT_EQ(asked.rows(Asked::some(OC_SELECT_IMAGE, -1)), (Indices{2, 3, 4, 5, 6, 7, 9, 10}));
  EXPECT_EQ(asked.rows(Asked::some(OC_SELECT_IMAGE, 2)), Indices{});
  EXPECT_EQ(asked.rows(Asked::some(OC_SELECT_SEGMENT, OC_SEGMENT_QUESTION)), (Indices{11, 12, 13}));
  EXPECT_EQ(asked.rows(Asked::some(OC_SELECT_SEGMENT, OC_SEGMENT_SPECIAL)), (Indices{8, 14}))
      << "all segments of the kind";
  EXPECT_EQ(asked.rows(Asked::some(OC_SELECT_SEGMENT, OC_SEGMENT_BOS)), Indices{});
}

TEST(Select, TokensThatAreKeysAloneHaveNoRows) {
  Asked asked(OC_PROBE_ATTENTION);
  asked.n_keys_only = 4;
  EXPECT_EQ(asked.rows(Asked::none()).size(), 11u);
  EXPECT_EQ(asked.rows(Asked::some(OC_SELECT_SEGMENT, OC_SEGMENT_QUESTION)), Indices{});
  EXPECT_EQ(asked.rows(Asked::some(OC_SELECT_SEGMENT, OC_SEGMENT_SPECIAL)), Indices{8});
  const Indices key{11};
  EXPECT_EQ(refusal_of([&] { asked.rows(Asked::these(key)); }).status, OC_E_SAMPLE);
  asked.queries = Asked::none();
  asked.keys = Asked::some(OC_SELECT_SEGMENT, OC_SEGMENT_QUESTION);
  EXPECT_EQ(asked.resolved().keys, (Indices{11, 12, 13}));
}

TEST(Select, NumbersAreSortedWithoutDuplicates) {
  Asked asked(OC_PROBE_ATTENTION);
  const Indices numbers{7, 0, 7, 14};
  EXPECT_EQ(asked.rows(Asked::these(numbers)), (Indices{0, 7, 14}));
  const Indices layers{3, 1, 3}, heads{1};
  asked.layers = Asked::these(layers);
  asked.heads = Asked::these(heads);
  EXPECT_EQ(asked.resolved().layers, (Indices{1, 3}));
  EXPECT_EQ(asked.resolved().heads, (Indices{1}));
}

TEST(Select, KeysAndGroups) {
  Asked asked(OC_PROBE_ATTENTION);
  asked.keys = Asked::some(OC_SELECT_IMAGE, 1);
  EXPECT_FALSE(asked.resolved().all_keys);
  EXPECT_EQ(asked.resolved().keys, (Indices{9, 10}));

  Asked mass(OC_PROBE_MASS);
  const oc_select image = Asked::some(OC_SELECT_IMAGE, -1), system = Asked::some(OC_SELECT_SEGMENT, OC_SEGMENT_SYSTEM),
                  all = Asked::none(), bos = Asked::some(OC_SELECT_SEGMENT, OC_SEGMENT_BOS);
  const oc_select* groups[] = {&image, &system, &all, &bos};
  mass.probe.groups = groups;
  mass.probe.n_groups = 4;
  const Wish wish = mass.resolved();
  ASSERT_EQ(wish.groups.size(), 4u);
  EXPECT_EQ(wish.groups[0], (Indices{2, 3, 4, 5, 6, 7, 9, 10}));
  EXPECT_EQ(wish.groups[1], (Indices{0, 1}));
  EXPECT_EQ(wish.groups[2].size(), 15u);
  EXPECT_EQ(wish.groups[3], Indices{}) << "an empty group keeps its place";
  EXPECT_TRUE(wish.all_keys) << "keys are for attention only";
}

TEST(Select, AnswerRowsAreNoPromptRows) {
  Asked asked(OC_PROBE_ATTENTION);
  asked.queries = Asked::some(OC_SELECT_ANSWER);
  EXPECT_TRUE(asked.resolved().answer);
  EXPECT_EQ(asked.resolved().rows, Indices{});
  EXPECT_EQ(asked.resolved().answer_tokens, Indices{}) << "none named: all";
  const Indices tokens{5, 0, 5};
  EXPECT_FALSE(asked.resolved().stop_row);
  asked.queries = Asked::some(OC_SELECT_GENERATED);
  EXPECT_TRUE(asked.resolved().answer);
  EXPECT_TRUE(asked.resolved().stop_row);
  asked.queries = {sizeof(oc_select), OC_SELECT_ANSWER, 0, tokens.data(), tokens.size()};
  EXPECT_EQ(asked.resolved().answer_tokens, (Indices{0, 5}));
}

TEST(Select, HiddenHasOneLayerMore) {
  Asked asked(OC_PROBE_HIDDEN);
  EXPECT_EQ(asked.resolved().layers, (Indices{0, 1, 2, 3, 4})) << "embeddings and the output of each layer";
  EXPECT_EQ(asked.resolved().heads, Indices{});
  oc_stack projector = test::small_stack();
  projector.id = "projector";
  projector.n_layers = projector.n_heads = 0;
  const test::SmallLayout layout;
  const oc_layout view = layout.view();
  asked.probe.stack = "projector";
  EXPECT_EQ(resolve(asked.probe, {{"hidden/1@projector"}}, &projector, &view).layers, Indices{0});
}

TEST(Select, AWindowedLayerHasNoAttentionRows) {
  Asked asked(OC_PROBE_ATTENTION);
  oc_stack stack = test::small_stack();
  const Indices full{1, 3};
  stack.attention_layers = full.data();
  stack.n_attention_layers = full.size();
  const test::SmallLayout layout;
  const oc_layout view = layout.view();
  const auto layers = [&](const char* kind) {
    asked.probe.kind = kind;
    return resolve(asked.probe, {{"attention/1@language", "attention-mass/1@language", "hidden/1@language"}}, &stack,
                   &view)
        .layers;
  };
  EXPECT_EQ(layers(OC_PROBE_ATTENTION), full) << "all that have rows";
  EXPECT_EQ(layers(OC_PROBE_HIDDEN), (Indices{0, 1, 2, 3, 4})) << "hidden states are there for all layers";
  const Indices one{3}, other{1, 2};
  asked.layers = Asked::these(one);
  EXPECT_EQ(layers(OC_PROBE_MASS), one);
  asked.layers = Asked::these(other);
  try {
    layers(OC_PROBE_ATTENTION);
    FAIL() << "a windowed layer was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_UNSUPPORTED);
    EXPECT_STREQ(error.what(),
                 "layer 2 of the language stack attends within windows and has no whole rows; those that have: 1, 3");
  }
}

TEST(Select, LogitsHaveRowsAlone) {
  Asked asked(OC_PROBE_LOGITS);
  asked.queries = Asked::some(OC_SELECT_LAST);
  const Wish wish = asked.resolved();
  EXPECT_EQ(wish.rows, Indices{14});
  EXPECT_EQ(wish.layers, Indices{});
  EXPECT_EQ(wish.heads, Indices{});
}

TEST(Select, InputsHaveANameAlone) {
  Asked asked(OC_PROBE_INPUT, nullptr);
  asked.probe.name = "pixel_values";
  const Wish wish = resolve(asked.probe, {{"input/1"}}, nullptr, nullptr);
  EXPECT_EQ(wish.name, "pixel_values");
  EXPECT_EQ(wish.stack, "");
  EXPECT_EQ(wish.rows, Indices{});
}

TEST(Select, OutOfRangeTellsTheRange) {
  const Indices five{5}, minus{-1}, fifteen{15};
  Asked layer(OC_PROBE_ATTENTION), head(OC_PROBE_ATTENTION), row(OC_PROBE_ATTENTION), hidden(OC_PROBE_HIDDEN);
  layer.layers = Asked::these(five);
  head.heads = Asked::these(minus);
  row.queries = Asked::these(fifteen);
  hidden.layers = Asked::these(five);
  EXPECT_EQ(refusal_of([&] { layer.resolved(); }),
            (Refusal{OC_E_UNSUPPORTED, "layer 5 does not exist: this model has 4 of them, 0 to 3"}));
  EXPECT_EQ(refusal_of([&] { head.resolved(); }),
            (Refusal{OC_E_UNSUPPORTED, "head -1 does not exist: this model has 2 of them, 0 to 1"}));
  EXPECT_EQ(refusal_of([&] { row.resolved(); }),
            (Refusal{OC_E_SAMPLE, "position 15 does not exist: this prompt has 15 of them, 0 to 14"}));
  EXPECT_EQ(refusal_of([&] { hidden.resolved(); }),
            (Refusal{OC_E_UNSUPPORTED, "layer 5 does not exist: this model has 5 of them, 0 to 4"}));
}

TEST(Select, WhatIsNotServedIsRefused) {
  EXPECT_EQ(refusal_of([] { Asked("gradient/1").resolved(); }),
            (Refusal{OC_E_UNSUPPORTED, "the model does not serve gradient/1@language"}));
  EXPECT_EQ(refusal_of([] { Asked(OC_PROBE_ATTENTION, "vision").resolved(); }),
            (Refusal{OC_E_UNSUPPORTED, "the model does not serve attention/1@vision"}));
  const Asked asked(OC_PROBE_ATTENTION);
  EXPECT_EQ(refusal_of([&] { resolve(asked.probe, {{"attention/1@language"}}, nullptr, nullptr); }),
            (Refusal{OC_E_UNSUPPORTED, "the model has no stack called language"}));
}

// 15 prompt tokens and a given answer of 3 behind them.
class GivenAnswer : public testing::Test {
 protected:
  GivenAnswer() {
    layout_.token_ids.insert(layout_.token_ids.end(), {200, 201, 202});
    layout_.segments.push_back({OC_SEGMENT_GIVEN_ANSWER, 2, 15, 18, -1, 0});
  }
  Wish resolved(const Asked& asked) const {
    const oc_stack stack = test::small_stack();
    const oc_layout layout = layout_.view();
    return resolve(asked.probe, {{"attention/1@language", "attention-mass/1@language"}, 5}, &stack, &layout);
  }
  test::SmallLayout layout_;
};

TEST_F(GivenAnswer, ItsRowsAreRowsOfThePrompt) {
  const oc_select all = Asked::some(OC_SELECT_ANSWER), last = Asked::some(OC_SELECT_LAST);
  Asked asked(OC_PROBE_ATTENTION), before(OC_PROBE_ATTENTION);
  asked.probe.queries = &all;
  before.probe.queries = &last;
  const Wish wish = resolved(asked);
  EXPECT_FALSE(wish.answer);
  EXPECT_EQ(wish.rows, (Indices{14, 15, 16}));
  const oc_select generated = Asked::some(OC_SELECT_GENERATED);
  asked.probe.queries = &generated;
  EXPECT_EQ(resolved(asked).rows, (Indices{14, 15, 16}));
  EXPECT_EQ(resolved(before).rows, (Indices{14}));
}

TEST_F(GivenAnswer, ATokenBehindItsEndDoesNotExist) {
  const std::vector<int64_t> three{3};
  oc_select fourth = Asked::some(OC_SELECT_ANSWER);
  fourth.indices = three.data(), fourth.n_indices = three.size();
  Asked asked(OC_PROBE_ATTENTION);
  asked.probe.queries = &fourth;
  EXPECT_EQ(refusal_of([&] { resolved(asked); }),
            (Refusal{OC_E_SAMPLE, "answer token 3 does not exist: the given answer has 3 tokens, 0 to 2"}));
}

TEST_F(GivenAnswer, IsTheKeyGroupOfTheAnswer) {
  oc_select answer = Asked::some(OC_SELECT_SEGMENT);
  answer.argument = OC_SEGMENT_ANSWER;
  const oc_select* groups[] = {&answer};
  Asked asked(OC_PROBE_MASS);
  asked.probe.groups = groups;
  asked.probe.n_groups = 1;
  EXPECT_EQ(resolved(asked).groups, (std::vector<Indices>{{15, 16, 17}}));
}

// Probes of attention's gradients, whose rows only the target may tell.
class AttentionGradients : public testing::Test {
 protected:
  AttentionGradients() {
    target_.struct_size = sizeof target_;
    target_.tokens = OC_TARGET_ANSWER;
    asked_.probe.target = &target_;
  }
  Wish resolved() const {
    const oc_stack stack = test::small_stack();
    const test::SmallLayout layout;
    const oc_layout view = layout.view();
    return resolve(asked_.probe, {{"attention-gradient/1@language"}, 5}, &stack, &view);
  }
  Asked asked_{OC_PROBE_ATTENTION_GRADIENT};
  oc_target target_{};
};

TEST_F(AttentionGradients, HaveTheLayersAndHeadsOfAttention) {
  const Wish wish = resolved();
  EXPECT_EQ(wish.layers, (Indices{0, 1, 2, 3}));
  EXPECT_EQ(wish.heads, (Indices{0, 1}));
  EXPECT_TRUE(wish.all_keys);
  EXPECT_TRUE(wish.target.has_value());
  asked_.keys = Asked::some(OC_SELECT_IMAGE, 1);
  EXPECT_EQ(resolved().keys, (Indices{9, 10}));
  const Indices four{4};
  asked_.layers = Asked::these(four);
  EXPECT_EQ(refusal_of([&] { resolved(); }).status, OC_E_UNSUPPORTED);
}

TEST_F(AttentionGradients, LeaveAllRowsAndThoseOfTheAnswerToTheTarget) {
  EXPECT_EQ(resolved().target_rows, Wish::TargetRows::all);
  asked_.queries = Asked::some(OC_SELECT_ANSWER);
  EXPECT_EQ(resolved().target_rows, Wish::TargetRows::producing);
  EXPECT_FALSE(resolved().answer);
  asked_.queries = Asked::some(OC_SELECT_IMAGE, 1);
  EXPECT_EQ(resolved().target_rows, Wish::TargetRows::none);
  EXPECT_EQ(resolved().rows, (Indices{9, 10}));
}

TEST_F(AttentionGradients, HaveNoRowsOfOtherAnswerTokens) {
  asked_.queries = Asked::some(OC_SELECT_GENERATED);
  EXPECT_EQ(refusal_of([&] { resolved(); }).status, OC_E_UNSUPPORTED);
  const Indices first{0};
  asked_.queries = Asked::some(OC_SELECT_ANSWER);
  asked_.queries.indices = first.data(), asked_.queries.n_indices = 1;
  EXPECT_EQ(refusal_of([&] { resolved(); }).status, OC_E_UNSUPPORTED);
}

TEST_F(AttentionGradients, NeedATarget) {
  asked_.probe.target = nullptr;
  EXPECT_EQ(refusal_of([&] { resolved(); }), (Refusal{OC_E_INTERNAL, "a probe attention-gradient/1 without a target"}));
}

// Of image features, in a tower some of whose tokens are keys alone.
TEST(FeatureGradients, HaveTheRowsOfTheTower) {
  const oc_stack stack = test::small_stack();
  test::SmallLayout layout;
  layout.n_keys_only = 4;
  const oc_layout view = layout.view();
  oc_target target{};
  target.struct_size = sizeof target;
  target.tokens = OC_TARGET_FEATURES;
  target.score = OC_SCORE_LOG_PROBABILITY;
  Asked asked(OC_PROBE_ATTENTION_GRADIENT, "vision");
  asked.probe.target = &target;
  const auto resolved = [&] {
    return resolve(asked.probe,
                   {{"attention-gradient/1@vision", "attention-gradient/1@language", "target/1@language"}, 5}, &stack,
                   &view);
  };
  const Wish wish = resolved();
  EXPECT_EQ(wish.target_rows, Wish::TargetRows::none);
  EXPECT_EQ(wish.rows, (Indices{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
  EXPECT_EQ(*wish.target, (Target{OC_TARGET_FEATURES, 0, 0, {}}));  // whatever score
  asked.queries = Asked::some(OC_SELECT_IMAGE, 1);
  EXPECT_EQ(resolved().rows, (Indices{9, 10}));
  asked.queries = Asked::some(OC_SELECT_ANSWER);
  EXPECT_EQ(refusal_of([&] { resolved(); }).status, OC_E_UNSUPPORTED);
  asked.queries = Asked::none();
  asked.probe.stack = "language";
  EXPECT_EQ(refusal_of([&] { resolved(); }),
            (Refusal{OC_E_UNSUPPORTED, "a target of image features has no attention-gradient/1@language"}));
  target.tokens = OC_TARGET_ANSWER;
  EXPECT_NO_THROW(resolved());
  asked.probe.stack = "vision";
  EXPECT_EQ(refusal_of([&] { resolved(); }),
            (Refusal{OC_E_UNSUPPORTED, "a target of answer tokens has no attention-gradient/1@vision"}));
}

TEST(Select, AFieldOfALaterAgeIsRefused) {
  struct {
    oc_select known;
    uint64_t later;
  } select{Asked::some(OC_SELECT_LAST), 0};
  select.known.struct_size = sizeof select;
  Asked asked(OC_PROBE_ATTENTION);
  asked.probe.queries = &select.known;
  EXPECT_NO_THROW(asked.resolved());
  select.later = 1;
  EXPECT_EQ(refusal_of([&] { asked.resolved(); }).status, OC_E_UNSUPPORTED);
}

TEST(Select, MalformedProbesAreThePluginsFault) {
  Asked short_one(OC_PROBE_ATTENTION), kindless(OC_PROBE_ATTENTION), by_image(OC_PROBE_ATTENTION),
      unknown(OC_PROBE_ATTENTION);
  short_one.probe.struct_size = 8;
  kindless.probe.kind = nullptr;
  by_image.layers = Asked::some(OC_SELECT_IMAGE, 0);
  unknown.queries = Asked::some(99);
  for (const Asked* asked : {&short_one, &kindless, &by_image, &unknown}) {
    EXPECT_EQ(refusal_of([&] { asked->resolved(); }).status, OC_E_INTERNAL);
  }
}

}  // namespace
}  // namespace ocellus::plan
