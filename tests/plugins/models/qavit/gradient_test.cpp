// Gradients of what a question changes in a tower's features, against those of autograd (tests/data/relevancy_tower).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include "plugins/models/qavit/model.hpp"
#include "tests/plugins/models/support/gradients.hpp"
#include "tests/plugins/models/support/model_fixture.hpp"
#include "tests/plugins/models/support/plan.hpp"
#include "tests/plugins/models/support/recording_sink.hpp"
#include "tests/support/refusal.hpp"
#include "tests/support/relevancy_tower.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::qavit {
namespace {

using test::GradientSink;
using test::GradientWish;
using test::NpyArray;
using test::up_to;

constexpr int64_t row_step = 5;  // of the rows kept in the fixtures

const std::filesystem::path data = OCELLUS_TEST_DATA;

double largest_of(std::span<const float> values) {
  double largest = 0;
  for (const float value : values) largest = std::max(largest, std::fabs(static_cast<double>(value)));
  return largest;
}

// A folder, loaded, with a sample that asks a question about pictures.
struct Asked {
  std::unique_ptr<QaVit> model;
  test::RecordingSink layout;
  std::unique_ptr<Model::Prepared> prepared;

  Asked(const std::filesystem::path& folder, const std::string& question, const std::vector<std::string>& images,
        const test::OpenSettings& settings = {}) {
    const std::string place = folder.string();
    model = std::make_unique<QaVit>(Host(), test::model_settings(place, settings), false, models::Resize::pil);
    model->load();
    nlohmann::json content = nlohmann::json::array();
    std::vector<test::Picture> pictures;
    for (const std::string& image : images) {
      content.push_back({{"type", "image"}});
      pictures.push_back(test::read_picture(data / "qwen2_5_vl/images" / image));
    }
    content.push_back({{"type", "text"}, {"text", question}});
    const test::Conversation conversation({{{"role", "user"}, {"content", content}}}, std::move(pictures));
    prepared = model->prepare(conversation.sample(), layout.sink());
  }

  int64_t layers() const { return model->stacks()[0].n_layers; }
  const PreparedSample& sample() const { return static_cast<const PreparedSample&>(*prepared); }

  // All layers, heads and rows.
  GradientWish wish() const {
    GradientWish wish{};
    wish.of_features = true;
    wish.attention_layers = up_to(layers());
    wish.attention_heads = up_to(model->stacks()[0].n_heads);
    wish.attention_rows = up_to(sample().image_tokens());
    return wish;
  }
  std::unique_ptr<GradientSink> run(const GradientWish& of) const {
    auto sink = std::make_unique<GradientSink>();
    test::run_gradients(*model, *prepared, of, *sink);
    return sink;
  }
};

class FeatureGradients : public testing::Test {
 protected:
  Asked ask(const test::RelevancyTower& of, const test::OpenSettings& settings = {}) const {
    return {scratch_ / "model", of.question(), of.info["images"], settings};
  }
  // A tower of tests/data/qavit, asked about one picture.
  Asked ask_tower(const std::string& name, const std::string& question = "What is on the left?") const {
    const std::filesystem::path folder = scratch_ / name;
    if (!std::filesystem::exists(folder)) test::make_qavit_folder(data / "qavit", name, folder);
    return {folder, question, {"landscape.png"}};
  }
  test::RelevancyTower tower(const std::string& name) const { return {data, name, scratch_ / "model"}; }
  const test::TemporaryFolder scratch_;
};

class FeatureGradientsOf : public FeatureGradients, public testing::WithParamInterface<std::string> {};

TEST_P(FeatureGradientsOf, AttentionAreThoseOfAutograd) {
  const test::RelevancyTower of = tower(GetParam());
  const Asked asked = ask(of);
  const auto found = asked.run(asked.wish());
  const double score = of.expected.at("score").as<float>()[0];
  EXPECT_NEAR(found->scores.at(0).at(0), score, 1e-5 * score);
  const double gate = 1e-4 * of.largest("gradient");
  const int64_t own = of.of_image(), guests = of.question_tokens(), all = of.tokens();
  ASSERT_EQ(asked.layers(), of.layers());
  for (int64_t layer = 0; layer < of.layers(); ++layer) {
    const auto& rows = found->attention.at({0, layer});
    ASSERT_EQ(rows.size(), static_cast<size_t>(own * of.images()));
    const NpyArray& attention = of.expected.at("attention_" + std::to_string(layer));
    const NpyArray& gradient = of.expected.at("gradient_" + std::to_string(layer));
    const int64_t heads = attention.shape[1], kept_rows = attention.shape[2], keys = attention.shape[3];
    for (int64_t image = 0; image < of.images(); ++image) {
      for (int64_t head = 0; head < heads; ++head) {
        for (int64_t place = 0; place < kept_rows; ++place) {
          const test::KeptAttentionGradient& row = rows.at(image * own + place * row_step);
          ASSERT_EQ(row.keys, up_to(all));
          const auto offset = static_cast<size_t>(((image * heads + head) * kept_rows + place) * keys);
          const auto expected_of = [&](const NpyArray& array) {
            // The row over all tokens of the stack: other pictures, and a question that is not seen, have 0.
            std::vector<float> whole(static_cast<size_t>(all), 0.0f);
            const auto values = array.as<float>().subspan(offset, static_cast<size_t>(keys));
            std::copy_n(values.begin(), own, whole.begin() + image * own);
            if (keys > own) std::copy_n(values.begin() + own, guests, whole.end() - guests);
            return whole;
          };
          const auto mine = [&](const std::vector<float>& values) {
            return std::span(values).subspan(static_cast<size_t>(head * all), static_cast<size_t>(all));
          };
          EXPECT_LE(test::largest_difference(mine(row.probabilities), expected_of(attention)), 2e-6)
              << "layer " << layer << " image " << image << " head " << head << " row " << place * row_step;
          EXPECT_LE(test::largest_difference(mine(row.gradients), expected_of(gradient)), gate)
              << "layer " << layer << " image " << image << " head " << head << " row " << place * row_step;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, FeatureGradientsOf, testing::ValuesIn(test::relevancy_towers),
                         [](const auto& each) { return each.param; });

TEST_F(FeatureGradients, BehindTheFeaturesTheyAreZero) {
  const test::RelevancyTower of = tower("early");  // the features come out of 4 of 5 layers
  const Asked asked = ask(of);
  const auto found = asked.run(asked.wish());
  for (const auto& [row, kept] : found->attention.at({0, 4})) EXPECT_EQ(largest_of(kept.gradients), 0) << row;
  // In the last layer before them, rows of patches have some, and that of the class token, which is no feature, none.
  for (const auto& [row, kept] : found->attention.at({0, 3})) EXPECT_EQ(largest_of(kept.gradients) > 0, row != 0);
}

TEST_F(FeatureGradients, TheScoreNeedsNoWayBack) {
  const test::RelevancyTower of = tower("late");
  const Asked asked = ask(of);
  GradientWish score = asked.wish();
  score.attention_layers = {};
  const auto alone = asked.run(score), beside = asked.run(asked.wish());
  EXPECT_EQ(alone->scores, beside->scores);
  EXPECT_TRUE(alone->attention.empty());
}

TEST_F(FeatureGradients, LayersHeadsRowsAndKeysAreThoseAskedFor) {
  const test::RelevancyTower of = tower("sparse");
  const Asked asked = ask(of);
  const auto everything = asked.run(asked.wish());
  GradientWish some = asked.wish();
  const int64_t own = of.of_image();
  some.attention_layers = {2};
  some.attention_heads = {1};
  some.attention_rows = {3, own + 1};
  some.attention_keys = {0, own + 2, of.tokens() - 1};
  const auto part = asked.run(some);
  ASSERT_EQ(part->attention.size(), 1u);
  for (const int64_t row : some.attention_rows) {
    const test::KeptAttentionGradient& kept = part->attention.at({0, 2}).at(row);
    const test::KeptAttentionGradient& from = everything->attention.at({0, 2}).at(row);
    EXPECT_EQ(kept.heads, some.attention_heads);
    ASSERT_EQ(kept.keys, some.attention_keys);
    for (size_t key = 0; key < kept.keys.size(); ++key) {
      const auto place = static_cast<size_t>(of.tokens() + kept.keys[key]);  // of head 1
      EXPECT_EQ(kept.probabilities[key], from.probabilities[place]);
      EXPECT_EQ(kept.gradients[key], from.gradients[place]);
    }
  }
}

TEST_F(FeatureGradients, PiecesComeFromTheTopLayerAndTheFirstRow) {
  const test::RelevancyTower of = tower("sparse");
  const Asked asked = ask(of);
  const GradientWish wish = asked.wish();
  const auto found = asked.run(wish);
  std::vector<std::pair<int64_t, int64_t>> expected;
  for (int64_t layer = asked.layers() - 1; layer >= 0; --layer) {
    for (const int64_t row : wish.attention_rows) expected.emplace_back(layer, row);
  }
  EXPECT_EQ(found->attention_order, expected);
  EXPECT_LE(found->most_rows, 128u);
}

TEST_F(FeatureGradients, OfAQuestionThatChangesNothingAreZero) {
  // A plain CLIP; and features that come out before the first layer that sees the question.
  Asked plain = ask_tower("plain");
  ask_tower("late");
  test::RelevancyTower::set_vit_layer(scratch_ / "late", 2);
  Asked before = ask_tower("late");
  for (const Asked* asked : {&plain, &before}) {
    const auto found = asked->run(asked->wish());
    EXPECT_EQ(found->scores.at(0), std::vector<float>{0});
    ASSERT_EQ(found->attention.size(), static_cast<size_t>(asked->layers()));
    for (const auto& [layer, rows] : found->attention) {
      for (const auto& [row, kept] : rows) {
        EXPECT_EQ(largest_of(kept.gradients), 0);
        EXPECT_GT(largest_of(kept.probabilities), 0);
      }
    }
  }
}

TEST_F(FeatureGradients, AnswersWithoutGradientsDoNotChangeBesideThem) {
  const Asked asked = ask_tower("late");
  const auto rows = [&] {
    test::Plan plan;
    plan.add({.kind = OC_PROBE_HIDDEN, .stack = "vision", .layers = {4}, .rows = {0, 7}});
    test::RecordingSink sink;
    asked.model->execute(*asked.prepared, plan.get(), sink.sink());
    return sink.row(0, 4, 7).values;
  };
  const auto before = rows();
  asked.run(asked.wish());
  EXPECT_EQ(rows(), before);
}

TEST_F(FeatureGradients, OtherTypesDifferByTheirRounding) {
  const test::RelevancyTower of = tower("all");
  const Asked exact = ask(of);
  const auto expected = exact.run(exact.wish());
  for (const auto& [dtype, gate] : {std::pair("float16", 0.02), std::pair("bfloat16", 0.15)}) {
    const Asked asked = ask(of, {.dtype = dtype});
    const auto found = asked.run(asked.wish());
    double difference = 0;
    for (const auto& [layer, rows] : expected->attention) {
      for (const auto& [row, kept] : rows)
        difference = std::max(difference,
                              test::largest_difference(found->attention.at(layer).at(row).gradients, kept.gradients));
    }
    EXPECT_GT(difference, 0);
    EXPECT_LE(difference, gate * of.largest("gradient")) << dtype;
  }
}

TEST_F(FeatureGradients, StopWhenTheyAreTold) {
  const Asked asked = ask_tower("all");
  const auto polls = asked.run(asked.wish())->polls;
  EXPECT_GE(polls, 3 * 3);  // blocks with the question, without it, and back
  GradientSink sink;
  sink.cancel_at = polls - 1;
  EXPECT_THROW(test::run_gradients(*asked.model, *asked.prepared, asked.wish(), sink), Error);
}

TEST_F(FeatureGradients, TheirMemoryIsPlannedFor) {
  const Asked asked = ask_tower("late");
  const auto bytes = [&](const GradientWish& wish) {
    return test::cost_of_gradients(*asked.model, *asked.prepared, wish).activation_bytes;
  };
  GradientWish last = asked.wish();
  last.attention_layers = {3};
  // What enters a layer is held for each that is gone back through.
  EXPECT_EQ(bytes(asked.wish()) - bytes(last), uint64_t{3 * 26 * 33 * 4});
}

TEST_F(FeatureGradients, WhatIsNotServedIsRefused) {
  const Asked asked = ask_tower("all");
  const auto status_of = [&](const GradientWish& wish) {
    GradientSink sink;
    return test::refusal_of([&] { test::run_gradients(*asked.model, *asked.prepared, wish, sink); }).status;
  };
  GradientWish noisy = asked.wish(), tokens = asked.wish();
  noisy.draws.emplace_back();
  tokens.of_features = false;
  EXPECT_EQ(status_of(noisy), OC_E_UNSUPPORTED);
  EXPECT_EQ(status_of(tokens), OC_E_UNSUPPORTED);
  EXPECT_EQ(test::refusal_of([&] { test::cost_of_gradients(*asked.model, *asked.prepared, noisy); }).status,
            OC_E_UNSUPPORTED);
}

}  // namespace
}  // namespace ocellus::qavit
