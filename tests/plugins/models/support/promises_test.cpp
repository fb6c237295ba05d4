#include "tests/plugins/models/support/promises.hpp"

#include <algorithm>

namespace ocellus::test {

namespace {

TEST_F(Promises, TheExplainedAnswerIsTheDeployedAnswer) {  // promise 1
  Plan plain(6), explained(6);
  const uint32_t plain_hidden = plain.add(hidden());
  explained.add(attention(up_to(tokens_)));
  explained.add({.kind = OC_PROBE_LOGITS, .stack = "language", .rows = up_to(tokens_), .all_steps = true});
  const uint32_t explained_hidden = explained.add(hidden());
  Plan bare(6);
  const auto a = run(plain), b = run(explained), c = run(bare);
  ASSERT_EQ(a->steps.size(), 6u);
  for (const auto* other : {b.get(), c.get()}) {
    ASSERT_EQ(other->steps.size(), a->steps.size());
    for (size_t i = 0; i < a->steps.size(); ++i) {
      EXPECT_EQ(other->steps[i].token, a->steps[i].token);
      EXPECT_EQ(other->steps[i].log_probability, a->steps[i].log_probability);
    }
  }
  expect_same_rows(*a, plain_hidden, *b, explained_hidden);
}

TEST_F(Promises, ARowIsTheSameWhateverElseIsAskedFor) {  // promise 2
  Plan alone(0), together(4);
  const uint32_t few = alone.add(attention({3, tokens_ - 1}));
  const uint32_t logit = alone.add({.kind = OC_PROBE_LOGITS, .stack = "language", .rows = {7, tokens_ - 1}});
  together.add(hidden());
  const uint32_t all = together.add(attention(up_to(tokens_)));
  const uint32_t logits = together.add({.kind = OC_PROBE_LOGITS, .stack = "language", .rows = up_to(tokens_)});
  const auto a = run(alone), b = run(together);
  expect_same_rows(*a, few, *b, all);
  expect_same_rows(*a, logit, *b, logits);
}

TEST_F(Promises, ASampleIsTheSameWhoeverCameBefore) {  // promise 2
  Plan plan(3);
  const uint32_t probe = plan.add(hidden());
  const auto first = run(plan);
  const ModelFixture neighbour(tested_model().family, "two_turns");
  RecordingSink other;
  const auto conversation = neighbour.conversation();
  const auto prepared = model_->prepare(conversation->sample(), other.sink());
  model_->execute(*prepared, Plan(5).get(), other.sink());
  expect_same_rows(*first, probe, *run(plan), probe);
}

TEST_F(Promises, CapturesGrowWithRowsTimesTokens) {  // promise 3
  Plan plan(0);
  plan.add(attention({tokens_ - 1}));
  EXPECT_EQ(run(plan)->largest_capture, static_cast<size_t>(heads_ * tokens_));
}

TEST_F(Promises, MassIsTheSumOfRows) {  // promise 6
  const auto& image = layout_.layouts.at("language").grids.at(1);
  const std::vector<std::vector<int64_t>> groups = {{0}, up_to(tokens_), {5, 6, 7, 20}, {tokens_ - 1}};
  Plan plan(3);
  const uint32_t rows = plan.add(attention(up_to(tokens_)));
  const uint32_t mass = plan.add({.kind = OC_PROBE_MASS,
                                  .stack = "language",
                                  .layers = {0, layers_ - 1},
                                  .heads = {1, heads_ - 1},
                                  .rows = {4, 21, tokens_ - 1},
                                  .groups = groups,
                                  .all_steps = true});
  const auto sink = run(plan);
  EXPECT_GT(image.rows, 0u);
  for (const int64_t layer : {int64_t{0}, layers_ - 1}) {
    for (const int64_t row : {int64_t{4}, int64_t{21}, tokens_ - 1, tokens_, tokens_ + 1}) {
      const KeptRow& kept = sink->row(mass, layer, row);
      const KeptRow& full = sink->row(rows, layer, row);
      ASSERT_EQ(kept.values.size(), 2 * groups.size());
      for (size_t head = 0; head < 2; ++head) {
        const size_t offset = static_cast<size_t>(head == 0 ? 1 : heads_ - 1) * full.keys.size();
        for (size_t group = 0; group < groups.size(); ++group) {
          double sum = 0;
          for (const int64_t key : groups[group])
            sum += static_cast<double>(full.values[offset + static_cast<size_t>(key)]);
          EXPECT_NEAR(kept.values[head * groups.size() + group], sum, 1e-6);
        }
      }
    }
  }
}

TEST_F(Promises, KeysAndStepsAreDeliveredAsAsked) {
  Plan plan(5);
  const uint32_t probe = plan.add({.kind = OC_PROBE_ATTENTION,
                                   .stack = "language",
                                   .layers = {1},
                                   .heads = {heads_ - 1},
                                   .rows = {2, tokens_ - 1},
                                   .steps = {1, 3},
                                   .keys = {0, 2, 9}});
  const uint32_t full = plan.add(attention(up_to(tokens_)));
  const auto sink = run(plan);
  const auto& rows = sink->captures.at({probe, 1});
  EXPECT_EQ(rows.size(), 4u);
  for (const int64_t row : {int64_t{2}, tokens_ - 1, tokens_, tokens_ + 2}) {
    const KeptRow& kept = rows.at(row);
    const KeptRow& all = sink->row(full, 1, row);
    EXPECT_EQ(kept.heads, (std::vector<int64_t>{heads_ - 1}));
    EXPECT_EQ(kept.keys, (std::vector<int64_t>{0, 2, 9}));
    EXPECT_EQ(all.keys, up_to(std::max(tokens_, row + 1)));
    for (size_t key = 0; key < 3; ++key) {
      EXPECT_EQ(kept.values[key],
                all.values[static_cast<size_t>(heads_ - 1) * all.keys.size() + static_cast<size_t>(kept.keys[key])]);
    }
  }
  EXPECT_EQ(rows.at(2).values[2], 0.0f);  // a key after its row
}

TEST_F(Promises, PromptRowsComeInLayerOrderThenRowOrder) {  // whatever else is asked for, over both prefill chunks
  Plan plan(0);
  plan.add(attention(up_to(tokens_)));
  plan.add({.kind = OC_PROBE_MASS,
            .stack = "language",
            .layers = {0, layers_ - 1},
            .heads = {1},
            .rows = up_to(tokens_),
            .groups = {{0}, {3, 4}}});
  plan.add(hidden());
  plan.add({.kind = OC_PROBE_LOGITS, .stack = "language", .rows = up_to(tokens_)});
  const auto sink = run(plan);
  ASSERT_EQ(sink->pieces.size(), 4u);
  for (const auto& [probe, pieces] : sink->pieces) {
    EXPECT_GE(pieces.size(), static_cast<size_t>(tokens_)) << probe;
    EXPECT_TRUE(std::is_sorted(pieces.begin(), pieces.end())) << probe;
  }
}

TEST_F(Promises, ATokenComesAfterTheCapturesOfItsRow) {
  Plan plan(3);
  plan.add({.kind = OC_PROBE_LOGITS, .stack = "language", .rows = {tokens_ - 1}, .all_steps = true});
  const auto last = tokens_ - 1;
  EXPECT_THAT(run(plan)->order,
              testing::ElementsAre("row " + std::to_string(last), "step 0", "row " + std::to_string(last + 1), "step 1",
                                   "row " + std::to_string(last + 2), "step 2"));
}

TEST_F(Promises, CancellingStopsWithinALayer) {
  const int in_second_chunk = tested_model().tower_blocks + 2;
  int polls = 0;
  RecordingSink sink;
  sink.cancel = [&] { return ++polls == in_second_chunk; };
  Plan plan(8);
  EXPECT_EQ(sentence_of(OC_E_CANCELLED, [&] { model_->execute(*prepared_, plan.get(), sink.sink()); }), "");
  EXPECT_EQ(polls, in_second_chunk);
  EXPECT_TRUE(sink.steps.empty());
}

TEST_F(Promises, ImagesDoNotSeeEachOther) {  // mistake 10
  const auto features_of = [&](const Conversation& conversation) {
    RecordingSink sink;
    const auto prepared = model_->prepare(conversation.sample(), sink.sink());
    const int64_t count = sink.layouts.at("projector").tokens;
    Plan plan(0);
    const uint32_t probe =
        plan.add({.kind = OC_PROBE_HIDDEN, .stack = "projector", .layers = {0}, .rows = up_to(count)});
    model_->execute(*prepared, plan.get(), sink.sink());
    std::vector<float> features;
    for (int64_t row = 0; row < count; ++row) {
      const auto& values = sink.row(probe, 0, row).values;
      features.insert(features.end(), values.begin(), values.end());
    }
    return features;
  };
  std::vector<float> apart;
  for (const std::string path : fixture_.info["images"]) {
    const Conversation one(nlohmann::json::parse(R"([{"role":"user","content":[{"type":"image"}]}])"),
                           {read_picture(fixture_.folder / path)});
    const auto features = features_of(one);
    apart.insert(apart.end(), features.begin(), features.end());
  }
  // The products of two pictures have other shapes than those of one, which some processors round otherwise.
  const double largest = largest_difference(apart, std::vector<float>(apart.size()));
  EXPECT_LE(largest_difference(features_of(*conversation_), apart), 1e-5 * largest);
}

}  // namespace

}  // namespace ocellus::test
