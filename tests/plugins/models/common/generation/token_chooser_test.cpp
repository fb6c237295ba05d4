#include "plugins/models/common/generation/token_chooser.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <ocellus/sdk/error.hpp>
#include <vector>

#include "tests/support/npz.hpp"

namespace ocellus::models {

namespace {

GenerationSettings greedy(float penalty = 1) {
  GenerationSettings settings;
  settings.repetition_penalty = penalty;
  return settings;
}

TEST(TokenChooser, TakesTheFirstMaximum) {
  std::vector<float> logits = {1, 3, 3, 2};
  const GenerationSettings settings = greedy();
  EXPECT_EQ(TokenChooser(settings, {}).next(logits).token, 1);
}

TEST(TokenChooser, TellsTheLogProbability) {
  std::vector<float> logits = {0, std::log(3.0f)};
  const GenerationSettings settings = greedy();
  EXPECT_NEAR(TokenChooser(settings, {}).next(logits).log_probability, std::log(0.75), 1e-6);
}

TEST(TokenChooser, PenaltyActsOnWhatWasGenerated) {  // mistake 24
  const GenerationSettings settings = greedy(2);
  TokenChooser chooser(settings, {});
  std::vector<float> first = {3, 2}, second = {3, 2};
  EXPECT_EQ(chooser.next(first).token, 0);
  EXPECT_EQ(chooser.next(second).token, 1);
}

TEST(TokenChooser, WithoutPenaltyLogitsStay) {
  const std::vector<int64_t> prompt = {1};
  std::vector<float> logits = {-4, 5};
  const GenerationSettings settings = greedy();
  TokenChooser(settings, prompt).next(logits);
  EXPECT_EQ(logits, (std::vector<float>{-4, 5}));
}

TEST(TokenChooser, TakesAGivenTokenAsIfItWereChosen) {
  const GenerationSettings settings = greedy(2);
  TokenChooser chooses(settings, {}), takes(settings, {});
  for (const std::vector<float>& row : {std::vector<float>{3, 2, 1}, std::vector<float>{3, 2, 1.5f}}) {
    std::vector<float> mine = row, theirs = row;
    const Choice choice = chooses.next(mine), taken = takes.take(choice.token, theirs);
    EXPECT_EQ(taken.token, choice.token);
    EXPECT_EQ(taken.log_probability, choice.log_probability);
  }
  // One that is not the likeliest counts as generated, too.
  std::vector<float> first = {0, std::log(3.0f)}, second = {2, 3};
  TokenChooser other(settings, {});
  EXPECT_NEAR(other.take(0, first).log_probability, std::log(0.25), 1e-6);
  EXPECT_NEAR(other.take(0, second).log_probability, 1 - 3 - std::log1p(std::exp(-2.0)), 1e-6);
  EXPECT_THROW(other.take(2, second), Error);
  EXPECT_THROW(other.take(-1, second), Error);
}

TEST(TokenChooser, DrawsAsOftenAsLikely) {
  GenerationSettings settings;
  settings.draws = true;
  settings.seed = 5;
  TokenChooser chooser(settings, {});
  int of_first = 0;
  constexpr int draws = 10000;
  for (int i = 0; i < draws; ++i) {
    std::vector<float> logits = {std::log(0.3f), std::log(0.7f)};
    of_first += chooser.next(logits).token == 0 ? 1 : 0;
  }
  EXPECT_NEAR(of_first / static_cast<double>(draws), 0.3, 0.02);
}

// Logits after transformers' own processors, and tokens drawn from them (tools/fixtures/generation.py).
TEST(TokenChooser, ChoosesAsTransformersDoes) {
  const auto expected = test::read_npz(std::filesystem::path(OCELLUS_TEST_DATA) / "generation/expected.npz");
  const auto numbers = expected.at("settings").as<double>(),
             log_probabilities = expected.at("log_probabilities").as<double>();
  const auto logits = expected.at("logits").as<float>(), scores = expected.at("scores").as<float>();
  const auto prompt = expected.at("prompt").as<int64_t>(), tokens = expected.at("tokens").as<int64_t>();
  const auto cases = static_cast<size_t>(expected.at("tokens").shape[0]),
             steps = static_cast<size_t>(expected.at("tokens").shape[1]),
             vocabulary = static_cast<size_t>(expected.at("logits").shape[1]);
  ASSERT_GE(cases, 10u);
  for (size_t i = 0; i < cases; ++i) {
    const double* const of = &numbers[i * 6];
    GenerationSettings settings;
    settings.repetition_penalty = static_cast<float>(of[0]);
    settings.temperature = static_cast<float>(of[1]);
    settings.top_k = of[2] > 0 ? static_cast<int64_t>(of[2]) : -1;
    settings.top_p = of[3];
    settings.draws = of[4] != 0;
    settings.seed = static_cast<uint64_t>(of[5]);
    TokenChooser chooser(settings, prompt);
    for (size_t step = 0; step < steps; ++step) {
      std::vector<float> row(&logits[step * vocabulary], &logits[step * vocabulary] + vocabulary);
      const Choice choice = chooser.next(row);
      for (size_t id = 0; id < vocabulary; ++id) {
        const float score = scores[(i * steps + step) * vocabulary + id];
        if (std::isinf(score)) {
          EXPECT_EQ(row[id], score) << "case " << i << " step " << step << " id " << id;
        } else {
          EXPECT_NEAR(row[id], score, 1e-6 * std::abs(score)) << "case " << i << " step " << step << " id " << id;
        }
      }
      EXPECT_EQ(choice.token, tokens[i * steps + step]) << "case " << i << " step " << step;
      EXPECT_NEAR(choice.log_probability, log_probabilities[i * steps + step], 1e-6);
    }
  }
}

}  // namespace

}  // namespace ocellus::models
