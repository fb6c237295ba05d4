#include "host/plan/router.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/refusal.hpp"

namespace ocellus::plan {
namespace {

using test::Refusal;
using test::refusal_of;

constexpr int64_t prompt = 4;  // tokens; row 3 produces answer token 0, row 3 + k answer token k

// One wish for attention of one layer and one head, merged alone, and what reaches it.
struct OneWish {
  explicit OneWish(Wish of) : wishes{std::move(of)}, merged(merge(wishes, prompt, 8)) {}

  static Wish of_answer(Indices tokens) {
    Wish wish;
    wish.kind = OC_PROBE_ATTENTION;
    wish.stack = "language";
    wish.layers = wish.heads = {0};
    wish.answer = true;
    wish.answer_tokens = std::move(tokens);
    return wish;
  }
  static Wish of_rows(Indices rows) {
    Wish wish = of_answer({});
    wish.answer = false;
    wish.rows = std::move(rows);
    return wish;
  }

  // The model captures `row`: value row * 100 + key for each key up to it.
  void capture(int64_t row) {
    std::vector<float> values;
    Indices keys;
    for (int64_t key = 0; key < std::max(prompt, row + 1); ++key) {
      values.push_back(static_cast<float>(row * 100 + key));
      keys.push_back(key);
    }
    const Indices heads{0}, rows{row};
    const int64_t width = static_cast<int64_t>(keys.size());
    const oc_capture piece{sizeof(oc_capture), 0, 0, 0,           heads.data(), rows.data(),
                           keys.data(),        1, 1, keys.size(), nullptr};
    router.capture(piece, make_tensor(std::move(values), {1, 1, width}));
  }
  void step(uint32_t index, bool stop = false) { router.step({sizeof(oc_step), index, 42, stop ? 1u : 0u, 0, -0.5}); }

  std::vector<Wish> wishes;
  std::vector<Merged> merged;
  Indices delivered;  // rows, in order
  Router router{wishes, merged, prompt, [this](const Wish&, const oc_capture& capture) {
                  delivered.insert(delivered.end(), capture.rows, capture.rows + capture.n_rows);
                }};
};

TEST(Router, PromptRowsPassAtOnce) {
  OneWish run(OneWish::of_rows({1, 3}));
  run.capture(1);
  EXPECT_EQ(run.delivered, Indices{1});
  run.capture(2);
  EXPECT_EQ(run.delivered, Indices{1}) << "row 2 was not asked for";
  run.capture(3);
  EXPECT_EQ(run.delivered, (Indices{1, 3}));
  EXPECT_EQ(run.router.delivered_bytes(), 2u * 4 * sizeof(float));
  run.router.finish();
}

TEST(Router, AnswerRowsWaitForTheirToken) {
  OneWish run(OneWish::of_answer({}));
  run.capture(3);
  EXPECT_EQ(run.delivered, Indices{});
  run.step(0);
  EXPECT_EQ(run.delivered, Indices{3});
  run.capture(4);
  EXPECT_EQ(run.delivered, Indices{3});
  run.step(1);
  EXPECT_EQ(run.delivered, (Indices{3, 4}));
  run.router.finish();
}

TEST(Router, TheRowOfTheStopTokenIsDropped) {
  OneWish run(OneWish::of_answer({}));
  run.capture(3);
  run.step(0);
  run.capture(4);
  run.step(1, true);
  EXPECT_EQ(run.delivered, Indices{3});
  run.router.finish();
}

TEST(Router, TheRowOfTheStopTokenIsForThoseWhoWantIt) {
  Wish every = OneWish::of_answer({});
  every.stop_row = true;
  OneWish run(every);
  run.capture(3);
  run.step(0);
  run.capture(4);
  run.step(1, true);
  EXPECT_EQ(run.delivered, (Indices{3, 4}));
  run.router.finish();
  OneWish nothing(every);
  nothing.capture(3);
  nothing.step(0, true);
  EXPECT_EQ(nothing.delivered, Indices{3});
  nothing.router.finish();  // an empty answer is no error
}

TEST(Router, RowsBeforeTheAnswerAreNotOfTheAnswer) {
  OneWish run(OneWish::of_answer({}));
  run.capture(2);
  run.step(0);
  EXPECT_EQ(run.delivered, Indices{});
}

TEST(Router, NamedAnswerTokensAlone) {
  OneWish run(OneWish::of_answer({1}));
  for (uint32_t index = 0; index < 3; ++index) {
    run.capture(3 + index);
    run.step(index);
  }
  EXPECT_EQ(run.delivered, Indices{4});
  run.router.finish();
}

TEST(Router, AnAnswerTokenBeyondTheAnswerIsTheSamplesFault) {
  OneWish run(OneWish::of_answer({1, 5}));
  run.step(0);
  run.capture(4);
  run.step(1);
  run.step(2, true);
  EXPECT_EQ(refusal_of([&] { run.router.finish(); }),
            (Refusal{OC_E_SAMPLE, "answer token 5 does not exist: the answer has 2 tokens, 0 to 1"}));
}

TEST(Router, TheFirstTokenBeyondTheAnswerIsBeyondIt) {
  OneWish run(OneWish::of_answer({1}));
  run.step(0);
  EXPECT_EQ(refusal_of([&] { run.router.finish(); }).status, OC_E_SAMPLE);
  run.step(1);
  EXPECT_EQ(refusal_of([&] { run.router.finish(); }), Refusal{});
}

TEST(Router, EqualGroupsAreDeliveredTwice) {
  Wish three;
  three.kind = OC_PROBE_MASS;
  three.stack = "language";
  three.layers = three.heads = {0};
  three.rows = {3};
  three.groups = {{0}, {1}, {2}};
  Wish twice = three;
  twice.groups = {{0}, {0}, {2}};
  const std::vector<Wish> wishes{three, twice};
  const std::vector<Merged> merged = merge(wishes, prompt, 0);
  ASSERT_EQ(merged.size(), 1u);
  std::vector<std::vector<float>> delivered;
  Router router(wishes, merged, prompt, [&](const Wish&, const oc_capture& capture) {
    const auto values = TensorView<float>(capture.tensor).flat();
    delivered.emplace_back(values.begin(), values.end());
  });
  const Indices head{0}, row{3};
  router.capture({sizeof(oc_capture), 0, 0, 0, head.data(), row.data(), nullptr, 1, 1, 0, nullptr},
                 make_tensor(std::vector<float>{0.5f, 0.25f, 0.125f}, {1, 1, 3}));
  EXPECT_EQ(delivered, (std::vector<std::vector<float>>{{0.5f, 0.25f, 0.125f}, {0.5f, 0.5f, 0.125f}}));
}

TEST(Router, BothHalvesOfAttentionGradientsAreCutAlike) {
  Wish wide;
  wide.kind = OC_PROBE_ATTENTION_GRADIENT;
  wide.stack = "language";
  wide.layers = {0};
  wide.heads = {0, 1};
  wide.rows = {2, 3};
  Wish narrow = wide;
  narrow.heads = {1};
  narrow.rows = {3};
  narrow.all_keys = false;
  narrow.keys = {0, 2};
  const std::vector<Wish> wishes{wide, narrow};
  const std::vector<Merged> merged = merge(wishes, prompt, 0);
  ASSERT_EQ(merged.size(), 1u);
  std::vector<std::vector<float>> delivered;
  std::vector<std::vector<int64_t>> shapes;
  Router router(wishes, merged, prompt, [&](const Wish&, const oc_capture& capture) {
    const TensorView<float> values(capture.tensor);
    delivered.emplace_back(values.flat().begin(), values.flat().end());
    shapes.push_back(values.shape());
  });
  // Half, head, row and key as digits.
  std::vector<float> values;
  for (const int half : {0, 1}) {
    for (const int head : {0, 1}) {
      for (const int row : {2, 3}) {
        for (const int key : {0, 1, 2}) values.push_back(static_cast<float>(half * 1000 + head * 100 + row * 10 + key));
      }
    }
  }
  const Indices heads{0, 1}, rows{2, 3}, keys{0, 1, 2};
  const oc_capture piece{sizeof(oc_capture), 0, 0, 0, heads.data(), rows.data(), keys.data(), 2, 2, 3, nullptr};
  router.capture(piece, make_tensor(values, {2, 2, 2, 3}));
  ASSERT_EQ(delivered.size(), 2u);
  EXPECT_EQ(delivered[0], values);
  EXPECT_EQ(delivered[1], (std::vector<float>{130, 132, 1130, 1132}));
  EXPECT_EQ(shapes[1], (std::vector<int64_t>{2, 1, 1, 2}));
  EXPECT_EQ(refusal_of([&] { router.capture(piece, make_tensor(values, {4, 2, 3})); }).status, OC_E_INTERNAL);
}

TEST(Router, AnEmptyAnswerIsTheSamplesFault) {
  OneWish run(OneWish::of_answer({}));
  run.capture(3);
  run.step(0, true);
  EXPECT_EQ(run.delivered, Indices{});
  const Refusal refusal = refusal_of([&] { run.router.finish(); });
  EXPECT_EQ(refusal.status, OC_E_SAMPLE);
  EXPECT_TRUE(refusal.says("empty answer")) << refusal;
}

TEST(Router, AnEmptyAnswerIsFineWhereNobodyAskedForOne) {
  OneWish run(OneWish::of_rows({3}));
  run.capture(3);
  run.step(0, true);
  EXPECT_EQ(refusal_of([&] { run.router.finish(); }), Refusal{});
}

TEST(Router, InputsOfBothTypesPassWhole) {
  Wish ids, pixels;
  ids.kind = pixels.kind = OC_PROBE_INPUT;
  ids.name = "input_ids", pixels.name = "pixel_values";
  const std::vector<Wish> wishes{ids, pixels};
  const std::vector<Merged> merged = merge(wishes, prompt, 0);
  std::vector<int64_t> got_ids;
  std::vector<float> got_pixels;
  Router router(wishes, merged, prompt, [&](const Wish& wish, const oc_capture& capture) {
    EXPECT_EQ(capture.layer, -1);
    if (wish.name == "input_ids") {
      const auto values = TensorView<int64_t>(capture.tensor).flat();
      got_ids.assign(values.begin(), values.end());
    } else {
      const TensorView<float> view(capture.tensor);
      EXPECT_EQ(view.shape(), (Indices{2, 1}));
      got_pixels.assign(view.flat().begin(), view.flat().end());
    }
  });
  oc_capture piece{};
  piece.struct_size = sizeof piece;
  piece.layer = -1;
  router.capture(piece, make_tensor(std::vector<int64_t>{7, 8, 9}, {3}));
  piece.probe = 1;
  router.capture(piece, make_tensor(std::vector<float>{0.5f, 0.25f}, {2, 1}));
  EXPECT_EQ(got_ids, (Indices{7, 8, 9}));
  EXPECT_EQ(got_pixels, (std::vector<float>{0.5f, 0.25f}));
}

TEST(Router, WhatNobodyAskedForIsTheModelsFault) {
  OneWish run(OneWish::of_rows({3}));
  oc_capture piece{};
  EXPECT_EQ(refusal_of([&] { run.router.capture(piece, nullptr); }).status, OC_E_INTERNAL);
  piece.probe = 1;
  EXPECT_EQ(refusal_of([&] {
              run.router.capture(piece, make_tensor(std::vector<float>{1}, {1, 1, 1}));
            }),
            (Refusal{OC_E_INTERNAL, "a capture that nobody asked for"}));
}

TEST(Router, CapturesThatLieAreTheModelsFault) {
  Wish wish = OneWish::of_rows({3});
  wish.all_keys = false;
  wish.keys = {0, 2};
  OneWish run(wish);
  const Indices head{0}, other_head{1}, row{3}, keys{0, 2}, other_keys{0, 1};
  const auto refused = [&](const Indices& heads, const Indices& columns, std::vector<int64_t> shape) {
    int64_t size = 1;
    for (const int64_t length : shape) size *= length;
    const oc_capture piece{sizeof(oc_capture), 0,      0, 0, heads.data(), row.data(), columns.data(), heads.size(), 1,
                           columns.size(),     nullptr};
    return refusal_of([&] {
      run.router.capture(piece, make_tensor(std::vector<float>(static_cast<size_t>(size)), std::move(shape)));
    });
  };
  const Refusal less{OC_E_INTERNAL, "the model delivered less than it was asked for"};
  const Refusal shape{OC_E_INTERNAL, "a capture has another shape than its kind says"};
  EXPECT_EQ(refused(head, keys, {1, 1, 2}), Refusal{});
  EXPECT_EQ(refused(other_head, keys, {1, 1, 2}), less);
  EXPECT_EQ(refused(head, other_keys, {1, 1, 2}), less);
  for (const std::vector<int64_t>& wrong :
       std::vector<std::vector<int64_t>>{{1, 2}, {2, 1, 2}, {1, 2, 2}, {1, 1, 3}, {1, 1, 1, 2}}) {
    EXPECT_EQ(refused(head, keys, wrong), shape) << testing::PrintToString(wrong);
  }
}

}  // namespace
}  // namespace ocellus::plan
