// relevancy of a tower that sees a question, through the program, against autograd and the paper's rules in NumPy
// (tests/data/relevancy_tower).
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "tests/cli/one_sample.hpp"
#include "tests/support/relevancy_tower.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const std::filesystem::path data = fixtures.parent_path();

class TowerRelevancy : public OneSample {
 protected:
  RelevancyTower read_case(const std::string& name) const { return {data, name, scratch / name}; }
  Outcome ask(const std::string& model, const std::string& out, const Words& more,
              const std::string& question = "What is on the left?",
              const std::vector<std::string>& images = {"landscape.png"}) const {
    json content = json::array();
    for (const std::string& file : images) content.push_back({{"type", "image"}, {"image", file}});
    content.push_back({{"type", "text"}, {"text", question}});
    write_file(scratch / "messages.json", json{{{"role", "user"}, {"content", content}}}.dump());
    const Words about{"--messages", "messages.json", "--image-dir",
                      std::filesystem::path(image("landscape.png")).parent_path().string()};
    return ocellus(run_words(out, scratch / model) + about + more);
  }
  Outcome ask(const RelevancyTower& of, const std::string& out, const Words& more) const {
    return ask(of.info["tower"], out, more, of.question(), of.info["images"]);
  }
  static std::string file_of(const RelevancyTower& of, const std::string& stem, int64_t image) {
    return stem + (of.images() > 1 ? ".image" + std::to_string(image) : "") + ".npz";
  }
  static double difference(std::span<const float> a, std::span<const float> b) {
    double largest = a.size() == b.size() ? 0 : std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
      largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    return largest;
  }
};

class TowerRelevancyParity : public TowerRelevancy, public ::testing::WithParamInterface<std::string> {};

TEST_P(TowerRelevancyParity, MapsAreThoseOfTheRules) {
  const RelevancyTower of = read_case(GetParam());
  const Outcome outcome = ask(of, "out", {"--method", "relevancy", "--method", "relevancy:as=layers,propagate=off"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (int64_t image = 0; image < of.images(); ++image) {
    const std::string file = file_of(of, "relevancy", image);
    EXPECT_LE(difference(map_values("out", file), of.patches("relevance", image)), 1e-4 * of.largest("relevance"));
    const std::vector<float> stack = map_values("out", file_of(of, "layers", image));
    const auto cells = static_cast<size_t>(of.of_image() - 1);
    ASSERT_EQ(stack.size(), cells * static_cast<size_t>(of.layers()));
    for (int64_t layer = 0; layer < of.layers(); ++layer) {
      EXPECT_LE(difference(std::span(stack).subspan(static_cast<size_t>(layer) * cells, cells),
                           of.patches("layers", image, layer)),
                1e-4 * of.largest("layers"))
          << "layer " << layer << " image " << image;
    }
    const json stored = artifact("out", file);
    EXPECT_EQ(stored["texts"]["target"], "features");
    EXPECT_EQ(stored["texts"]["score"], "logarithm");
    const double score = of.expected.at("score").as<float>()[0];
    EXPECT_NEAR(stored["numbers"]["target.value"].get<double>(), score, 1e-5 * score);
    // What all tokens read, group by group.
    const auto all = of.expected.at("relevance").as<float>();
    const auto sum = [&](auto begin, auto end) { return std::accumulate(begin, end, 0.0); };
    const auto question = all.end() - of.question_tokens();
    const double gate = 1e-4 * sum(all.begin(), all.end());
    EXPECT_NEAR(stored["numbers"]["mass.question"].get<double>(), sum(question, all.end()), gate);
    EXPECT_GT(stored["numbers"]["mass.question"].get<double>(), 0);
    const std::vector<float> own = of.patches("relevance", image);
    EXPECT_NEAR(stored["numbers"]["mass.image" + std::to_string(image)].get<double>(), sum(own.begin(), own.end()),
                gate);
    double classes = 0;
    for (int64_t each = 0; each < of.images(); ++each)
      classes += static_cast<double>(all[static_cast<size_t>(each * of.of_image())]);
    EXPECT_NEAR(stored["numbers"]["mass.class"].get<double>(), classes, gate);
  }
}

INSTANTIATE_TEST_SUITE_P(, TowerRelevancyParity, ::testing::ValuesIn(relevancy_towers),
                         [](const auto& test) { return test.param; });

TEST_F(TowerRelevancy, LayersBehindTheFeaturesSayNothing) {
  const RelevancyTower of = read_case("early");  // the features come out of 4 of 5 layers
  const Outcome outcome = ask(of, "out",
                              {"--method", "relevancy", "--method", "relevancy:as=some,layers=0..3", "--method",
                               "relevancy:as=each,propagate=off"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(map_values("out", "relevancy.npz"), map_values("out", "some.npz"));
  const json texts = artifact("out", "each.npz")["texts"];
  EXPECT_THAT(texts["degenerate.4"].get<std::string>(), HasSubstr("does not depend on it"));
  EXPECT_FALSE(texts.contains("degenerate.3"));
}

TEST_F(TowerRelevancy, LayersAndHeadsAreChosenAsInDecoders) {
  const RelevancyTower of = read_case("late");
  Words words{"--method", "relevancy:layers=3",
              "--method", "relevancy:as=alone,propagate=off,layers=3",
              "--method", "relevancy:as=mean,propagate=off,reduce=mean",
              "--method", "relevancy:as=each,propagate=off"};
  for (const char* head : {"0", "1", "2"})
    words =
        words + Words{"--method", std::string("relevancy:propagate=off,layers=2,as=head") + head + ",heads=" + head};
  const Outcome outcome = ask(of, "out", words);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  // Through one layer alone there is nothing to follow.
  EXPECT_EQ(map_values("out", "relevancy.npz"), map_values("out", "alone.npz"));
  const std::vector<float> each = map_values("out", "each.npz"), mean = map_values("out", "mean.npz");
  for (size_t cell = 0; cell < mean.size(); ++cell) {
    double layers = 0, heads = 0;
    for (size_t layer = 0; layer < 4; ++layer) layers += static_cast<double>(each[layer * mean.size() + cell]);
    for (const char* head : {"head0.npz", "head1.npz", "head2.npz"})
      heads += static_cast<double>(map_values("out", head)[cell]);
    EXPECT_NEAR(mean[cell], layers / 4, 1e-9);
    EXPECT_NEAR(each[2 * mean.size() + cell], heads / 3, 1e-9);
  }
}

TEST_F(TowerRelevancy, TogetherEqualsAlone) {
  const RelevancyTower of = read_case("all");
  ASSERT_EQ(ask(of, "alone", {"--method", "relevancy"}).exit_code, 0);
  const Outcome together = ask(of, "together",
                               {"--method", "qa-attention", "--method", "relevancy", "--method",
                                "relevancy:as=some,propagate=off,layers=1,heads=0", "--render", "overlay:dpi=50"});
  ASSERT_EQ(together.exit_code, 0) << together.err;
  EXPECT_EQ(map_values("together", "relevancy.npz"), map_values("alone", "relevancy.npz"));
}

TEST_F(TowerRelevancy, AQuestionThatChangesNothingIsTold) {
  make_qavit_folder(data / "qavit", "plain", scratch / "plain");
  make_qavit_folder(data / "qavit", "late", scratch / "before");  // layers 2 and 3 of 4 see the question
  RelevancyTower::set_vit_layer(scratch / "before", 2);
  for (const char* model : {"plain", "before"}) {
    const Outcome outcome = ask(model, model, {"--method", "relevancy", "--method", "relevancy:as=each,propagate=off"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    for (const float value : map_values(model, "relevancy.npz")) EXPECT_EQ(value, 0);
    for (const float value : map_values(model, "each.npz")) EXPECT_EQ(value, 0);
    const json stored = artifact(model, "relevancy.npz");
    EXPECT_EQ(stored["numbers"]["target.value"], 0);
    EXPECT_EQ(stored["texts"]["degenerate"], "the question changes nothing in the image features");
    EXPECT_EQ(artifact(model, "each.npz")["texts"]["degenerate.0"], stored["texts"]["degenerate"]);
  }
}

TEST_F(TowerRelevancy, IsPlannedBeforeItRuns) {
  read_case("late");
  const Outcome dry = ask("late", "dry", {"--method", "relevancy", "--dry-run", "--json"});
  ASSERT_EQ(dry.exit_code, 0) << dry.err;
  const json plan = parse_lines(dry.out).at(0);
  const json& pass = plan["passes"][1];
  EXPECT_THAT(pass.dump(), HasSubstr("gradients of what the question changes in the image features"));
  EXPECT_THAT(pass.dump(), HasSubstr("attention-gradient/1@vision"));
  const Words words{"--method", "relevancy", "--memory-limit"};
  expect_refusal(ask("late", "refused", words + Words{"1K"}), 5, {"--memory-limit", "MiB"});
  const Outcome enough = ask("late", "enough", words + Words{std::to_string(plan["memory_bytes"].get<int64_t>())});
  EXPECT_EQ(enough.exit_code, 0) << enough.err;
}

TEST_F(TowerRelevancy, WhatItDoesNotHaveIsRefused) {
  read_case("all");
  const auto refused = [&](const std::string& options, int exit_code, const Words& words) {
    expect_refusal(ask("all", "out", {"--method", "relevancy:" + options}), exit_code, words);
  };
  refused("target=token:0", 4, {"target and score are about an answer", "image features"});
  refused("target=\"text:red\"", 4, {"target and score are about an answer"});
  refused("score=logit", 4, {"target and score are about an answer"});
  refused("target=red", 2, {"text:WORDS"});
  refused("layers=99", 4, {"vision layer 99"});
  refused("heads=99", 4, {"99"});
  refused("reduce=mean", 2, {"propagate=off"});
  expect_refusal(ask("all", "out", {"--method", "smooth-gradcam"}), 4, {"gradient/1@language", "qavit"});
}

}  // namespace
}  // namespace ocellus::test
