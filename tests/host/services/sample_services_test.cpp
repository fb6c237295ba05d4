// Layout, tokens, record, media and plan, as a method calls them.
#include <gtest/gtest.h>

#include "tests/host/services/working_plugin.hpp"

namespace ocellus::services {
namespace {

using test::Refusal;

TEST(SampleServices, Layout) {
  WorkingPlugin work;
  EXPECT_EQ(layout_service.stack(&work.run, "language")->n_layers, 4u);
  EXPECT_EQ(layout_service.stack(&work.run, "vision"), nullptr);
  EXPECT_EQ(layout_service.stack(&work.run, nullptr), nullptr);
  EXPECT_EQ(layout_service.layout(&work.run, "language", 3)->n_tokens, 15);
  EXPECT_EQ(layout_service.layout(&work.run, "language", 4), nullptr);
  EXPECT_EQ(layout_service.layout(&work.run, nullptr, 0), nullptr);
  EXPECT_EQ(layout_service.prompt_tokens(&work.run), 15);
  EXPECT_EQ(layout_service.answer_tokens(&work.run), -1);
}

TEST(SampleServices, Tokens) {
  WorkingPlugin work;
  const char* bytes = nullptr;
  size_t n_bytes = 0;
  EXPECT_EQ(work.refusal(tokens_service.bytes(&work.run, 7, &bytes, &n_bytes)),
            (Refusal{OC_E_UNSUPPORTED, "method m: no model is loaded"}));
  work.sample.token_bytes = [](int64_t id) { return id == 7 ? std::string_view("\xe6\x97", 2) : std::string_view(); };
  ASSERT_EQ(tokens_service.bytes(&work.run, 7, &bytes, &n_bytes), OC_OK);
  EXPECT_EQ(std::string(bytes, n_bytes), "\xe6\x97") << "half a code point is a token too";
}

TEST(SampleServices, TokenIds) {
  WorkingPlugin work;
  size_t n = 0;
  EXPECT_EQ(work.refusal(token_ids_service.encode(&work.run, "a b", nullptr, &n)),
            (Refusal{OC_E_UNSUPPORTED, "method m: no model is loaded"}));
  work.sample.encode = [](std::string_view text) { return std::vector<int64_t>(text.begin(), text.end()); };
  ASSERT_EQ(token_ids_service.encode(&work.run, "a b", nullptr, &n), OC_OK);
  ASSERT_EQ(n, 3u);
  std::vector<int64_t> ids(4, -1);
  n = 2;
  ASSERT_EQ(token_ids_service.encode(&work.run, "a b", ids.data(), &n), OC_OK);
  EXPECT_EQ(ids, (std::vector<int64_t>{'a', ' ', -1, -1})) << "no more than there is room for";
  EXPECT_EQ(n, 3u);
  EXPECT_EQ(work.refusal(token_ids_service.encode(&work.run, nullptr, nullptr, &n)).status, OC_E_INTERNAL);
}

TEST(SampleServices, GeneratedTokens) {
  WorkingPlugin work;
  size_t n = 9;
  EXPECT_EQ(answer_service.tokens(&work.run, &n), nullptr);
  EXPECT_EQ(n, 0u);
  work.sample.most_answer_tokens = 5;
  work.sample.generated = {{7, 0, 0, -0.5}, {2, 1, 0, -0.25}};
  EXPECT_EQ(answer_service.most_tokens(&work.run), 5);
  const oc_answer_token* tokens = answer_service.tokens(&work.run, &n);
  ASSERT_EQ(n, 2u);
  EXPECT_EQ(tokens[0].id, 7);
  EXPECT_EQ(tokens[1].is_stop, 1u);
  EXPECT_EQ(tokens[1].log_probability, -0.25);
}

TEST(SampleServices, Record) {
  WorkingPlugin work;
  work.sample.texts["question"] = "where is it?";
  EXPECT_STREQ(record_service.text(&work.run, "question"), "where is it?");
  EXPECT_EQ(record_service.text(&work.run, "answer"), nullptr);
  EXPECT_EQ(record_service.text(&work.run, nullptr), nullptr);
  size_t n = 9;
  record_service.boxes(&work.run, &n);
  EXPECT_EQ(n, 0u);
  for (const char* label : {"dog", "cat"}) work.sample.add_box(label, {nullptr, 1, 0, 1, 2, 3, 4});
  const oc_box* boxes = record_service.boxes(&work.run, &n);
  ASSERT_EQ(n, 2u);
  EXPECT_STREQ(boxes[0].label, "dog");
  EXPECT_STREQ(boxes[1].label, "cat");
  EXPECT_EQ(boxes[1].image, 1);
  EXPECT_EQ(boxes[1].y1, 4.0);
}

TEST(SampleServices, ImagesThatAreNotThere) {
  WorkingPlugin work;
  oc_image image{};
  EXPECT_EQ(work.refusal(media_service.picture(&work.run, 2, &image)),
            (Refusal{OC_E_INTERNAL, "method m: it asked for image 2 of 2"}));
  EXPECT_EQ(work.refusal(media_service.picture(&work.run, -1, &image)).status, OC_E_INTERNAL);
}

class Planning : public testing::Test {
 protected:
  Planning() {
    plan_.run = &work_.run;
    plan_.serves = &serves_;
    plan_.method = 5;
    plan_.wishes = &wishes_;
  }
  oc_status ask(const char* kind, const oc_select* queries, uint32_t* id) {
    oc_probe probe{};
    probe.struct_size = sizeof probe;
    probe.kind = kind;
    probe.stack = "language";
    probe.queries = queries;
    return plan_service.probe(&plan_, &probe, id);
  }

  WorkingPlugin work_;
  plan::Serves serves_{{"attention/1@language"}};
  std::vector<plan::Wish> wishes_;
  oc_plan plan_;
  const oc_select last_{sizeof(oc_select), OC_SELECT_LAST, 0, nullptr, 0},
      answer_{sizeof(oc_select), OC_SELECT_ANSWER, 0, nullptr, 0};
};

TEST_F(Planning, ProbesAreNumberedByMethod) {
  uint32_t first = 9, second = 9;
  ASSERT_EQ(ask(OC_PROBE_ATTENTION, &last_, &first), OC_OK);
  ASSERT_EQ(ask(OC_PROBE_ATTENTION, &last_, &second), OC_OK);
  EXPECT_EQ(first, 0u);
  EXPECT_EQ(second, 1u);
  ASSERT_EQ(wishes_.size(), 2u);
  EXPECT_EQ(wishes_[1].id, 1u);
  EXPECT_EQ(wishes_[1].method, 5u);
  EXPECT_EQ(wishes_[1].rows, plan::Indices{14});
  EXPECT_FALSE(plan_.generate);
}

TEST_F(Planning, RowsOfTheAnswerAskForOne) {
  uint32_t id = 0;
  ASSERT_EQ(ask(OC_PROBE_ATTENTION, &answer_, &id), OC_OK);
  EXPECT_TRUE(plan_.generate);
}

TEST_F(Planning, AnAnswerCanBeAskedFor) {
  EXPECT_EQ(plan_service.generate(&plan_), OC_OK);
  EXPECT_TRUE(plan_.generate);
  EXPECT_TRUE(wishes_.empty());
}

TEST_F(Planning, GradientsOfFeaturesAreOfTowersAloneAndAskForNoAnswer) {
  serves_.probes = {"target/1@vision"};
  oc_stack vision = test::small_stack();
  vision.id = "vision";
  test::SmallLayout layout;
  layout.stack = "vision";
  work_.sample.layouts.add(layout.view());
  work_.sample.stacks.push_back(vision);
  oc_target target{};
  target.struct_size = sizeof target;
  target.tokens = OC_TARGET_FEATURES;
  oc_probe probe{};
  probe.struct_size = sizeof probe;
  probe.kind = OC_PROBE_TARGET;
  probe.stack = "vision";
  probe.target = &target;
  uint32_t id = 9;
  EXPECT_EQ(
      work_.refusal(plan_service.probe(&plan_, &probe, &id)),
      (Refusal{OC_E_UNSUPPORTED, "method m: gradients of image features are of models without a language stack"}));
  EXPECT_TRUE(wishes_.empty());
  work_.sample.stacks = {vision};
  ASSERT_EQ(plan_service.probe(&plan_, &probe, &id), OC_OK);
  EXPECT_EQ(id, 0u);
  EXPECT_FALSE(plan_.generate);
}

TEST_F(Planning, WhatCannotBeServedLeavesNoWish) {
  uint32_t id = 0;
  EXPECT_EQ(work_.refusal(ask("gradient/1", &last_, &id)),
            (Refusal{OC_E_UNSUPPORTED, "method m: the model does not serve gradient/1@language"}));
  EXPECT_TRUE(wishes_.empty());
}

}  // namespace
}  // namespace ocellus::services
