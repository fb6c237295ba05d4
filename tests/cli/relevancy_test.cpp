// relevancy through the program, against autograd and the paper's rules in NumPy (tests/data/relevancy).
#include <algorithm>
#include <cmath>

#include "tests/cli/gradient_program.hpp"
#include "tests/cli/picture.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

const std::filesystem::path relevancy_cases = fixtures.parent_path() / "relevancy";

class Relevancy : public GradientProgram {
 protected:
  struct Case : GradientReference {
    int64_t layers() const { return expected.at("layers_logits").shape[0]; }
    // What `name` [..., N] has at the tokens of one image, in its row `at`.
    std::vector<float> of_image(const std::string& name, size_t image, size_t at = 0) const {
      const NpyArray& array = expected.at(name);
      const auto values = array.as<float>().subspan(at * static_cast<size_t>(array.shape.back()));
      const auto tokens = expected.at("image_tokens").as<int64_t>(),
                 owners = expected.at("image_of_token").as<int64_t>();
      std::vector<float> found;
      for (size_t i = 0; i < tokens.size(); ++i) {
        if (owners[i] == static_cast<int64_t>(image)) found.push_back(values[static_cast<size_t>(tokens[i])]);
      }
      return found;
    }
    double largest(const std::string& name) const {
      double largest = 0;
      for (const float value : expected.at(name).as<float>()) largest = std::max(largest, std::abs(double{value}));
      return largest;
    }
  };

  static Case read_case(const std::string& name) { return {read_reference(relevancy_cases / name)}; }
  std::string bytes(const std::string& out, const std::string& file) const {
    return read_file(only_sample(out) / file);
  }
  NpyArray values(const std::string& out, const std::string& file) const {
    return read_npz(only_sample(out) / file).at("values");
  }
};

class RelevancyParity : public Relevancy, public ::testing::WithParamInterface<const char*> {};

TEST_P(RelevancyParity, MapsAreThoseOfTheRules) {
  const Case of = read_case(GetParam());
  const Outcome outcome = ocellus(request_of(of, "out") +
                                  Words{"--method", "relevancy:as=logits,score=logit", "--method",
                                        "relevancy:as=log_probabilities,score=log-probability", "--method",
                                        "relevancy:as=layers_logits,score=logit,propagate=off", "--method",
                                        "relevancy:as=layers_log_probabilities,score=log-probability,propagate=off"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const std::string target : {"logits", "log_probabilities"}) {
    for (size_t image = 0; image < of.images(); ++image) {
      const json grid = of.about["token_grids"][image];
      const NpyArray map = values("out", file_of(of, target, image));
      ASSERT_EQ(map.shape, (std::vector<int64_t>{grid[0], grid[1]}));
      EXPECT_LE(difference(map, 0, of.of_image("relevance_" + target, image)),
                1e-4 * of.largest("relevance_" + target));
      const NpyArray stack = values("out", file_of(of, "layers_" + target, image));
      ASSERT_EQ(stack.shape, (std::vector<int64_t>{of.layers(), grid[0], grid[1]}));
      for (size_t layer = 0; layer < static_cast<size_t>(of.layers()); ++layer) {
        EXPECT_LE(difference(stack, layer, of.of_image("layers_" + target, image, layer)),
                  1e-4 * of.largest("layers_" + target))
            << "layer " << layer << " image " << image;
      }
      const json stored = artifact("out", file_of(of, target, image));
      EXPECT_NEAR(stored["numbers"]["target.value"], of.expected.at("score_" + target).as<float>()[0], 1e-3);
      EXPECT_EQ(stored["numbers"]["target.tokens"], of.expected.at("answer_ids").shape[0]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, RelevancyParity,
                         ::testing::Values("qwen_landscape", "qwen_portrait", "qwen_two_images", "qwen_given_answer",
                                           "llava_portrait", "llava_two_images", "llava_given_answer"),
                         [](const auto& test) { return test.param; });

TEST_F(Relevancy, OneTokenOrATextMayBeTheTarget) {
  for (const char* name : {"qwen_given_answer", "llava_given_answer"}) {
    const Case of = read_case(name);
    const std::string answer = of.about["given_answer"];
    const Outcome outcome =
        ocellus(request_of(of, name) + Words{"--method", "relevancy", "--method",
                                             "relevancy:as=text,target=\"text:" + answer + "\"", "--method",
                                             "relevancy:as=one,target=token:1,score=logit"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_LE(difference(values(name, "one.npz"), 0, of.of_image("relevance_token_1", 0)),
              1e-4 * of.largest("relevance_token_1"));
    EXPECT_EQ(values(name, "text.npz").bytes, values(name, "relevancy.npz").bytes);
    EXPECT_EQ(artifact(name, "one.npz")["texts"]["target"], "token:1");
    EXPECT_EQ(artifact(name, "one.npz")["numbers"]["target.tokens"], 1);
  }
}

TEST_F(Relevancy, MassesAreWhatAllTokensRead) {
  const Case of = read_case("qwen_given_answer");
  ASSERT_EQ(ocellus(request_of(of, "out") + Words{"--method", "relevancy:score=logit"}).exit_code, 0);
  double mass = 0, expected = 0;
  const json numbers = artifact("out", "relevancy.npz")["numbers"];
  for (const auto& [key, number] : numbers.items()) {
    if (key.starts_with("mass.") && key != "mass.first_token") mass += number.get<double>();
  }
  for (const float value : of.expected.at("relevance_logits").as<float>()) expected += double{value};
  EXPECT_NEAR(mass, expected, 1e-3 * expected);
}

TEST_F(Relevancy, LayersThatAreLeftOutPassRelevanceOn) {
  const Case of = read_case("llava_given_answer");
  const std::string last = std::to_string(of.layers() - 1);
  const Outcome outcome = ocellus(request_of(of, "out") + Words{"--method", "relevancy:layers=" + last, "--method",
                                                                "relevancy:as=alone,propagate=off,layers=" + last,
                                                                "--method", "relevancy:as=all,layers=all"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  // Through one layer alone there is nothing to follow.
  EXPECT_EQ(values("out", "relevancy.npz").bytes, values("out", "alone.npz").bytes);
  EXPECT_NE(values("out", "relevancy.npz").bytes, values("out", "all.npz").bytes);
  EXPECT_EQ(artifact("out", "relevancy.npz")["numbers"]["layer"], of.layers() - 1);
}

TEST_F(Relevancy, TheMeanOverLayersIsTheMeanOfTheirMapsAndHeadsOfTheMean) {
  const Case of = read_case("llava_given_answer");
  Words words = request_of(of, "out") + Words{"--method", "relevancy:as=each,propagate=off", "--method",
                                              "relevancy:as=mean,propagate=off,reduce=mean"};
  for (const char* head : {"0", "1", "2", "3"})
    words =
        words + Words{"--method", std::string("relevancy:propagate=off,layers=0,as=head") + head + ",heads=" + head};
  const Outcome outcome = ocellus(words);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const NpyArray stack = values("out", "each.npz"), mean = values("out", "mean.npz");
  const size_t cells = mean.as<float>().size();
  for (size_t cell = 0; cell < cells; ++cell) {
    double layers = 0, heads = 0;
    for (size_t layer = 0; layer < static_cast<size_t>(of.layers()); ++layer)
      layers += double{stack.as<float>()[layer * cells + cell]};
    for (const char* head : {"head0.npz", "head1.npz", "head2.npz", "head3.npz"})
      heads += double{values("out", head).as<float>()[cell]};
    EXPECT_NEAR(mean.as<float>()[cell], layers / static_cast<double>(of.layers()), 1e-6);
    EXPECT_NEAR(stack.as<float>()[cell], heads / 4, 1e-6);
  }
}

TEST_F(Relevancy, TogetherEqualsAlone) {
  const Case of = read_case("qwen_portrait");
  ASSERT_EQ(ocellus(request_of(of, "alone") + Words{"--method", "relevancy"}).exit_code, 0);
  ASSERT_EQ(ocellus(request_of(of, "together") +
                    Words{"--method", "smooth-gradcam:noise-samples=2,layers=0", "--method", "relevancy", "--method",
                          "relevancy:as=some,propagate=off,layers=1,heads=0", "--method",
                          "smooth-gradcam:as=clean,smooth=off,score=log-probability,layers=0", "--method",
                          "raw-attention:query=answer"})
                .exit_code,
            0);
  EXPECT_EQ(bytes("together", "relevancy.npz"), bytes("alone", "relevancy.npz"));
}

TEST_F(Relevancy, AMemoryLimitCostsTimeAndChangesNoNumber) {
  const Words words = {"--image",  image("landscape.png"), "--prompt", "Why?", "--max-new-tokens", "2", "--method",
                       "relevancy"};
  const auto planned = [&](const Words& limit) {
    const Outcome dry = ocellus(run_words("dry") + words + limit + Words{"--dry-run", "--json"});
    EXPECT_EQ(dry.exit_code, 0) << dry.err;
    return parse_lines(dry.out).at(0);
  };
  const json liked = planned({}), least = planned({"--memory-limit", "1K"});
  EXPECT_THAT(liked["passes"][1].dump(), HasSubstr("attention-gradient/1@language"));
  const auto needed = least["memory_bytes"].get<int64_t>();
  EXPECT_LT(needed, liked["memory_bytes"].get<int64_t>());
  ASSERT_EQ(ocellus(run_words("liked") + words).exit_code, 0);
  const Outcome limited = ocellus(run_words("limited") + words + Words{"--memory-limit", std::to_string(needed)});
  ASSERT_EQ(limited.exit_code, 0) << limited.err;
  EXPECT_EQ(bytes("limited", "relevancy.npz"), bytes("liked", "relevancy.npz"));
  expect_refusal(ocellus(run_words("refused") + words + Words{"--memory-limit", std::to_string(needed / 2)}), 5,
                 {"--memory-limit", "MiB"});
}

TEST_F(Relevancy, WhatContradictsItselfIsRefusedBeforeTheModelRuns) {
  const auto refused = [&](const std::string& options, int exit_code, const Words& words) {
    expect_refusal(ocellus(run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why?", "--method",
                                                    "relevancy:" + options}),
                   exit_code, words);
  };
  refused("reduce=mean", 2, {"propagate=off"});
  refused("target=red", 2, {"text:WORDS"});
  refused("heads=max", 2, {"heads"});
  refused("layers=99", 4, {"99"});
  refused("heads=99", 4, {"99"});
}

TEST_F(Relevancy, ATokenThatTheAnswerDoesNotHaveIsTheSamplesFault) {
  const Outcome outcome =
      ocellus(run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why?", "--max-new-tokens", "2",
                                       "--method", "relevancy:target=token:5"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err + outcome.out, HasSubstr("answer token 5 does not exist"));
}

}  // namespace
}  // namespace ocellus::test
