#include "host/plan/knockout.hpp"

#include <gmock/gmock.h>

#include <vector>

#include "host/plan/merge.hpp"
#include "tests/support/refusal.hpp"
#include "tests/support/small_layout.hpp"

namespace ocellus::plan {
namespace {

using test::Refusal;
using test::refusal_of;

oc_select some(uint32_t kind, int64_t argument = 0, const std::vector<int64_t>& indices = {}) {
  return {sizeof(oc_select), kind, argument, indices.data(), indices.size()};
}

// A knock-out of a sample with two images, whose answer may have 3 tokens.
struct Asked {
  std::vector<oc_select> from, to;
  const oc_select* layers = nullptr;
  const oc_select* heads = nullptr;
  test::SmallLayout layout;

  Knockout resolved() const {
    std::vector<const oc_select*> rows, keys;
    for (const oc_select& each : from) rows.push_back(&each);
    for (const oc_select& each : to) keys.push_back(&each);
    const oc_knockout knockout{sizeof(oc_knockout), 0,           layers,      heads,
                               rows.data(),         rows.size(), keys.data(), keys.size()};
    return resolve(knockout, test::small_stack(), layout.view(), 3);
  }
};

TEST(Knockout, OfAllLayersAndHeadsWhereNoneIsNamed) {
  const Knockout knockout = Asked{{some(OC_SELECT_LAST)}, {some(OC_SELECT_IMAGE, 1)}, nullptr, nullptr, {}}.resolved();
  EXPECT_EQ(knockout.layers, (Indices{0, 1, 2, 3}));
  EXPECT_EQ(knockout.heads, (Indices{0, 1}));
  EXPECT_EQ(knockout.rows, Indices{14});
  EXPECT_EQ(knockout.keys, (Indices{9, 10}));
  EXPECT_FALSE(knockout.all_steps);
}

TEST(Knockout, FromTheAnswerActsOnTheRowsThatProduceIt) {
  Asked asked{{some(OC_SELECT_ANSWER)}, {some(OC_SELECT_IMAGE, -1)}, nullptr, nullptr, {}};
  const Knockout all = asked.resolved();
  EXPECT_EQ(all.rows, Indices{14});
  EXPECT_TRUE(all.all_steps);
  const std::vector<int64_t> tokens = {2, 0};
  asked.from = {some(OC_SELECT_ANSWER, 0, tokens)};
  const Knockout two = asked.resolved();
  EXPECT_EQ(two.rows, Indices{14});
  EXPECT_EQ(two.steps, Indices{2});
  EXPECT_FALSE(two.all_steps);
}

TEST(Knockout, OfAGivenAnswerHasRowsOfThePrompt) {
  Asked asked{{some(OC_SELECT_ANSWER)}, {some(OC_SELECT_SEGMENT, OC_SEGMENT_ANSWER)}, nullptr, nullptr, {}};
  asked.layout.segments.push_back({OC_SEGMENT_GIVEN_ANSWER, 2, 15, 17, -1, 0});
  asked.layout.token_ids.insert(asked.layout.token_ids.end(), {8, 9});
  const Knockout knockout = asked.resolved();
  EXPECT_EQ(knockout.rows, (Indices{14, 15}));
  EXPECT_EQ(knockout.keys, (Indices{15, 16}));
  EXPECT_FALSE(knockout.all_steps);
  const std::vector<int64_t> third = {2};
  asked.from = {some(OC_SELECT_ANSWER, 0, third)};
  EXPECT_EQ(refusal_of([&] { (void)asked.resolved(); }).status, OC_E_SAMPLE);
}

TEST(Knockout, IsTheSameBeforeAndAfterTheAnswerIsThere) {
  Asked asked{{some(OC_SELECT_ALL)},
              {some(OC_SELECT_SEGMENT, OC_SEGMENT_ANSWER), some(OC_SELECT_LAST), some(OC_SELECT_IMAGE, 0)},
              nullptr,
              nullptr,
              {}};
  const Knockout before = asked.resolved();
  EXPECT_EQ(before.rows.size(), 15u);
  EXPECT_TRUE(before.all_steps);
  EXPECT_EQ(before.keys, (Indices{2, 3, 4, 5, 6, 7, 14, 15, 16, 17}));
  asked.layout.segments.push_back({OC_SEGMENT_ANSWER, 2, 15, 17, -1, 0});
  asked.layout.token_ids.insert(asked.layout.token_ids.end(), {8, 9});
  EXPECT_EQ(asked.resolved(), before);
  asked.to = {some(OC_SELECT_ALL)};
  EXPECT_EQ(asked.resolved().keys.size(), 18u);
}

TEST(Knockout, NamesWhatIsThere) {
  const std::vector<int64_t> far = {4}, place = {15};
  const oc_select fifth = some(OC_SELECT_INDICES, 0, far);
  Asked asked{{some(OC_SELECT_LAST)}, {some(OC_SELECT_IMAGE, 0)}, &fifth, nullptr, {}};
  const Refusal layer = refusal_of([&] { (void)asked.resolved(); });
  EXPECT_EQ(layer.status, OC_E_UNSUPPORTED);
  EXPECT_THAT(layer.sentence, testing::HasSubstr("0 to 3"));
  asked.layers = nullptr;
  asked.to = {some(OC_SELECT_INDICES, 0, place)};
  EXPECT_EQ(refusal_of([&] { (void)asked.resolved(); }).status, OC_E_SAMPLE);
  asked.to = {some(OC_SELECT_ANSWER)};
  EXPECT_EQ(refusal_of([&] { (void)asked.resolved(); }).status, OC_E_INTERNAL);
}

TEST(Knockout, NothingIsNothing) {
  const Knockout knockout = Asked{{}, {some(OC_SELECT_IMAGE, 7)}, nullptr, nullptr, {}}.resolved();
  EXPECT_TRUE(knockout.rows.empty());
  EXPECT_TRUE(knockout.keys.empty());
}

TEST(Knockout, StandsInTheModelsPlanWithTheForcedTokens) {
  const Knockout knockout =
      Asked{{some(OC_SELECT_ANSWER)}, {some(OC_SELECT_IMAGE, 1)}, nullptr, nullptr, {}}.resolved();
  const std::vector<int64_t> answer = {5, 6};
  const MergedPlan plan({}, answer, nullptr, &knockout);
  ASSERT_NE(plan.raw().knockout, nullptr);
  EXPECT_EQ(plan.raw().knockout->struct_size, sizeof(oc_merged_knockout));
  EXPECT_EQ(plan.raw().knockout->all_steps, 1u);
  EXPECT_EQ(plan.raw().knockout->rows[0], 14);
  EXPECT_EQ(plan.raw().knockout->n_keys, 2u);
  EXPECT_EQ(plan.raw().max_new_tokens, 2u);
  EXPECT_EQ(plan.raw().forced, answer.data());
  const MergedPlan clean({}, 4);
  EXPECT_EQ(clean.raw().knockout, nullptr);
  EXPECT_EQ(clean.raw().forced, nullptr);
}

}  // namespace
}  // namespace ocellus::plan
