#include "plugins/models/qavit/tower.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "plugins/models/qavit/tower_memory.hpp"
#include "tests/plugins/models/qavit/support/tower_run.hpp"

namespace ocellus::test {

namespace {

TEST(QavitTower, RowsSumToOneOverQuestionAndPicture) {  // promise 6
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16, at::kHalf}) {
    const TowerFixture fixture("late", type);
    const TowerRun run = fixture.run();
    const auto question_tokens = static_cast<size_t>(fixture.expected("ids_0").shape[0]);
    double mass_on_question = 0;
    for (const auto& [place, rows] : run.attention) {
      const bool is_aware = fixture.config.is_question_aware(place.first);
      for (const auto& [at, row] : rows) {
        ASSERT_EQ(row.size(), 26 + (is_aware ? question_tokens : 0));
        EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 1, 1e-6);
        if (is_aware) mass_on_question += std::accumulate(row.begin(), row.begin() + question_tokens, 0.0);
      }
    }
    EXPECT_GT(mass_on_question, 1);
  }
}

TEST(QavitTower, ReadingChangesNoBit) {  // promise 1
  const TowerFixture fixture("sparse");
  const at::Tensor pixels = fixture.pixels(), question = fixture.question(0);
  EXPECT_TRUE(at::equal(fixture.run(pixels, question).result, fixture.run(pixels, question, false).result));
}

TEST(QavitTower, AnotherQuestionChangesAwareBlocksAlone) {
  const TowerFixture fixture("late");
  const TowerRun first = fixture.run(0), second = fixture.run(1);
  const int64_t blind = fixture.config.question_blind_blocks();
  EXPECT_EQ(blind, 2);
  for (size_t blocks = 0; blocks < first.hidden.size(); ++blocks) {
    EXPECT_EQ(at::equal(first.hidden[blocks].second, second.hidden[blocks].second),
              static_cast<int64_t>(blocks) <= blind);
  }
  EXPECT_GT((first.result - second.result).abs().max().item<double>(), 0.1);
}

TEST(QavitTower, GoesOnFromStatesOfBlindBlocks) {
  const TowerFixture fixture("late");
  const TowerRun whole = fixture.run(1);
  const int64_t blind = fixture.config.question_blind_blocks(), all = fixture.config.vision.layers;
  models::BlockedAttention attention;
  TowerRun lower, upper;
  const at::Tensor kept =
      (*fixture.tower)(fixture.tower->embed(fixture.pixels()), 0, blind, at::Tensor(), attention, lower.observer());
  upper.result = (*fixture.tower)(kept, blind, all, fixture.question(1), attention, upper.observer());
  EXPECT_TRUE(at::equal(upper.result, whole.result));
  EXPECT_EQ(lower.polls + upper.polls, whole.polls);
  ASSERT_EQ(upper.hidden.size(), static_cast<size_t>(all - blind + 1));
  EXPECT_EQ(upper.hidden.front().first, blind);
  EXPECT_TRUE(at::equal(upper.hidden.front().second, kept));
  EXPECT_EQ(upper.attention.at({all - 1, 0}), whole.attention.at({all - 1, 0}));
}

// To the bit, as a picture's activations fill libtorch's vectors: it computes what is left over with another exp.
TEST(QavitTower, PicturesOfABatchAreAsOneByOne) {  // promise 2
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const TowerFixture fixture("sparse", type);
    const at::Tensor pixels = fixture.pixels(), question = fixture.question(0);
    const TowerRun both = fixture.run(pixels, question);
    const int64_t tokens = fixture.config.vision.tokens();
    for (int64_t image = 0; image < 2; ++image) {
      const TowerRun alone = fixture.run(pixels.narrow(0, image, 1), question);
      EXPECT_TRUE(at::equal(both.result.narrow(0, image * tokens, tokens), alone.result));
      for (int64_t block = 0; block < fixture.config.vision.layers; ++block)
        EXPECT_EQ(both.attention.at({block, image * tokens}), alone.attention.at({block, 0}));
    }
  }
}

TEST(QavitTower, OtherTypesDifferByTheirRounding) {
  for (const char* name : {"all", "plain"}) {
    const TowerRun exact = TowerFixture(name).run(), half = TowerFixture(name, at::kHalf).run(),
                   bfloat = TowerFixture(name, at::kBFloat16).run();
    EXPECT_EQ(bfloat.result.scalar_type(), at::kBFloat16);
    const double largest = exact.result.abs().max().item<double>();
    const double in_half = (half.result.to(at::kFloat) - exact.result).abs().max().item<double>();
    const double in_bfloat = (bfloat.result.to(at::kFloat) - exact.result).abs().max().item<double>();
    EXPECT_GT(in_half, 0);
    EXPECT_LE(in_half, 16 * std::ldexp(largest, -11));
    EXPECT_LE(in_bfloat, 16 * std::ldexp(largest, -8));
    EXPECT_LE(in_half, in_bfloat / 3);
  }
}

TEST(QavitTower, StopsBeforeABlockWhenItIsTold) {
  const TowerFixture fixture("early");
  models::BlockedAttention attention;
  TowerRun run;
  models::ClipTower::Observer observer = run.observer();
  observer.before_block = [&] {
    if (run.hidden.size() == 3) throw Error(OC_E_CANCELLED, "stop");
  };
  const at::Tensor x = fixture.tower->embed(fixture.pixels());
  EXPECT_THROW((*fixture.tower)(x, 0, 5, fixture.question(0), attention, observer), Error);
  EXPECT_EQ(run.hidden.back().first, 2);
}

TEST(QavitTowerMemory, GrowsWithTheQuestion) {
  const qavit::TowerConfig config = TowerFixture::read_config(TowerFixture("late").model_folder);
  const auto memory = [&](int64_t images, int64_t question_tokens) {
    return qavit::tower_memory(config, models::ComputeType::float32, images, question_tokens);
  };
  // Keys of one image and the question, for its queries' scores.
  EXPECT_EQ(memory(1, 26).attention_buffers, 2 * memory(1, 0).attention_buffers);
  EXPECT_EQ(memory(2, 26).attention_buffers, memory(1, 26).attention_buffers);
  // Keys and values of question and picture side by side, beside the question's own.
  EXPECT_GE(memory(1, 26).pass - memory(1, 0).pass, uint64_t{4 * 26 * 33 * 4});
  EXPECT_GT(memory(2, 26).pass, memory(1, 26).pass);
}

}  // namespace

}  // namespace ocellus::test
