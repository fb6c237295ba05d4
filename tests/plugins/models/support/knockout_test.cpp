// Knock-outs against what transformers computed with the same scores masked, and what they must not change. A model's
// tests compile this beside their own.
#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/plugins/models/support/promises.hpp"

namespace ocellus::test {

namespace {

// Rows behind the prompt are steps of an answer that is generated.
Knockout with_steps(Knockout knockout, int64_t tokens) {
  std::vector<int64_t> rows;
  for (const int64_t row : knockout.rows) {
    if (row < tokens) {
      rows.push_back(row);
    } else {
      knockout.steps.push_back(row - (tokens - 1));
    }
  }
  knockout.rows = std::move(rows);
  return knockout;
}

class KnockoutsOf : public testing::TestWithParam<std::string> {};

TEST_P(KnockoutsOf, AreThoseOfTransformers) {
  const ModelFixture fixture("knockout", GetParam());
  const auto model = open_tested_model(fixture.model_folder);
  model->load();
  const auto conversation = fixture.conversation();
  RecordingSink layout;
  const auto prepared = model->prepare(conversation->sample(), layout.sink());
  const int64_t tokens = layout.layouts.at("language").tokens;
  const auto prompt = fixture.info.at("prompt_tokens").get<int64_t>();
  const NpyArray ids = fixture.expected("answer_ids"), expected = fixture.expected("knocked_out");
  const std::vector<int64_t> answer(ids.as<int64_t>().begin(), ids.as<int64_t>().end());
  const bool is_given = tokens > prompt;
  ASSERT_EQ(tokens, is_given ? prompt + static_cast<int64_t>(answer.size()) : prompt);
  const auto& knockouts = fixture.info.at("knockouts");
  ASSERT_EQ(static_cast<size_t>(expected.shape[0]), knockouts.size());
  const auto vocabulary = static_cast<size_t>(expected.shape[2]);
  const double gate = fixture.tolerance("knocked_out", 1e-5 * fixture.largest_value("knocked_out"));
  for (size_t number = 0; number < knockouts.size(); ++number) {
    const auto& of = knockouts[number];
    Plan plan;
    plan.knock_out(with_steps({of.at("layers"), of.at("heads"), of.at("rows"), {}, of.at("keys")}, tokens));
    std::vector<int64_t> rows = {prompt - 1};
    for (int64_t row = prompt; is_given && row + 1 < tokens; ++row) rows.push_back(row);
    plan.add({.kind = OC_PROBE_LOGITS, .stack = "language", .rows = rows, .all_steps = true});
    if (!is_given) plan.force(answer);
    RecordingSink sink;
    model->execute(*prepared, plan.get(), sink.sink());
    for (size_t token = 0; token < answer.size(); ++token) {
      const auto theirs = expected.as<float>().subspan((number * answer.size() + token) * vocabulary, vocabulary);
      const auto& mine = sink.row(0, -1, prompt - 1 + static_cast<int64_t>(token)).values;
      EXPECT_LE(largest_difference(mine, theirs), gate) << "knock-out " << number << " token " << token;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, KnockoutsOf, testing::ValuesIn(cases_of_tested_model("knockout")),
                         [](const auto& each) { return each.param; });

class Knockouts : public Promises {
 protected:
  // A run of 4 tokens that captures logits, states and attention of its last prompt rows and of the answer.
  struct Asked {
    Plan plan{4};
    uint32_t logits, attention;
  };
  std::unique_ptr<Asked> asked() const {
    auto asked = std::make_unique<Asked>();
    asked->logits =
        asked->plan.add({.kind = OC_PROBE_LOGITS, .stack = "language", .rows = {tokens_ - 1}, .all_steps = true});
    asked->attention = asked->plan.add(attention({tokens_ - 2, tokens_ - 1}));
    return asked;
  }
  std::vector<int64_t> tokens_of(const RecordingSink& sink) const {
    std::vector<int64_t> ids;
    for (const oc_step& step : sink.steps) ids.push_back(step.token);
    return ids;
  }
  void expect_same_answers(const RecordingSink& a, const RecordingSink& b) const {
    EXPECT_EQ(tokens_of(a), tokens_of(b));
    for (size_t i = 0; i < a.steps.size(); ++i) {
      EXPECT_EQ(a.steps[i].log_probability, b.steps[i].log_probability);
      EXPECT_EQ(a.steps[i].is_stop, b.steps[i].is_stop);
    }
  }
};

TEST_F(Knockouts, OfNothingChangeNoBit) {
  const auto clean = asked();
  const auto expected = run(clean->plan);
  const std::vector<int64_t> all = up_to(tokens_), layers = up_to(layers_), heads = up_to(heads_);
  // The first is none at all.
  for (const Knockout& nothing : {Knockout{}, Knockout{{}, heads, all, {}, all}, Knockout{layers, {}, all, {}, all},
                                  Knockout{layers, heads, {}, {}, all}, Knockout{layers, heads, all, {}, {}}}) {
    const auto forced = asked();
    if (!nothing.rows.empty() || !nothing.keys.empty()) forced->plan.knock_out(nothing);
    forced->plan.force(tokens_of(*expected));
    const auto found = run(forced->plan);
    expect_same_rows(*expected, clean->logits, *found, forced->logits);
    expect_same_rows(*expected, clean->attention, *found, forced->attention);
    expect_same_answers(*expected, *found);
  }
}

TEST_F(Knockouts, BlockWhatTheySayAndNothingElseOfTheLayer) {
  const auto clean = asked(), knocked_out = asked();
  const std::vector<int64_t> keys = {4, 5, 20};
  const auto expected = run(clean->plan);
  knocked_out->plan.knock_out({{1}, {1}, {tokens_ - 1}, {2}, keys});
  knocked_out->plan.force(tokens_of(*expected));
  const auto found = run(knocked_out->plan);
  // Of the row before, of the other heads of this row, and of the layer below: every bit.
  EXPECT_EQ(found->row(knocked_out->attention, 1, tokens_ - 2).values,
            expected->row(clean->attention, 1, tokens_ - 2).values);
  EXPECT_EQ(found->row(knocked_out->attention, 0, tokens_ - 1).values,
            expected->row(clean->attention, 0, tokens_ - 1).values);
  for (const int64_t row : {tokens_ - 1, tokens_ + 1}) {
    const KeptRow &mine = found->row(knocked_out->attention, 1, row), &theirs = expected->row(clean->attention, 1, row);
    const size_t count = mine.keys.size();
    for (size_t head = 0; head < static_cast<size_t>(heads_); ++head) {
      const std::span<const float> values = std::span(mine.values).subspan(head * count, count);
      double sum = 0;
      for (const float value : values) sum += static_cast<double>(value);
      EXPECT_NEAR(sum, 1, 1e-5);
      if (head == 1) {
        for (const int64_t key : keys) EXPECT_EQ(values[static_cast<size_t>(key)], 0.0f);
        EXPECT_GT(values[count - 1], theirs.values[head * count + count - 1]);
      } else if (row == tokens_ - 1) {
        EXPECT_TRUE(std::equal(values.begin(), values.end(), theirs.values.begin() + static_cast<long>(head * count)));
      }
    }
  }
  // Tokens are those that were given, whatever becomes likely.
  EXPECT_EQ(tokens_of(*found), tokens_of(*expected));
  EXPECT_NE(found->steps[0].log_probability, expected->steps[0].log_probability);
}

TEST_F(Knockouts, LeaveNothingToTheNextRun) {
  const auto clean = asked();
  const auto expected = run(clean->plan);
  // From the last row alone, so that the prompt's first part is taken over, and from the picture.
  for (const std::vector<int64_t>& rows : {std::vector<int64_t>{tokens_ - 1}, up_to(tokens_)}) {
    const auto knocked_out = asked();
    knocked_out->plan.knock_out({up_to(layers_), up_to(heads_), rows, {}, {1, 4, 5}});
    knocked_out->plan.force(tokens_of(*expected));
    const auto first = run(knocked_out->plan);
    EXPECT_NE(first->row(knocked_out->logits, -1, tokens_ - 1).values,
              expected->row(clean->logits, -1, tokens_ - 1).values);
    const auto after = run(clean->plan);
    expect_same_rows(*expected, clean->logits, *after, clean->logits);
    expect_same_answers(*expected, *after);
    // The other way round: what came before does not matter either.
    const auto again = run(knocked_out->plan);
    expect_same_rows(*first, knocked_out->logits, *again, knocked_out->logits);
  }
}

TEST_F(Knockouts, FromRowsBehindThePictureSeeItOnce) {
  const auto polls = [&](std::vector<int64_t> rows) {
    const auto knocked_out = asked();
    knocked_out->plan.knock_out({up_to(layers_), up_to(heads_), std::move(rows), {}, {1, 4, 5}});
    Plan before(2);
    run(before);
    return polls_of(knocked_out->plan);
  };
  EXPECT_LT(polls({tokens_ - 1}), polls({4, tokens_ - 1}));
}

TEST_F(Knockouts, OfLayersAndHeadsThatAreNotThereAreRefused) {
  for (const auto& [layers, heads] : {std::pair(std::vector{layers_}, std::vector<int64_t>{0}),
                                      std::pair(std::vector<int64_t>{0}, std::vector{heads_})}) {
    Plan plan(1);
    plan.knock_out({layers, heads, {0}, {}, {0}});
    const std::string sentence = sentence_of(OC_E_UNSUPPORTED, [&] { (void)model_->estimate(*prepared_, plan.get()); });
    EXPECT_THAT(sentence, testing::HasSubstr("knock-out"));
  }
}

}  // namespace

}  // namespace ocellus::test
