// query=generated: the rows of every answer token, against transformers' generate() (tools/fixtures/token_steps.py),
// against the rows of the same answer when it is given, and against what other queries tell of the same run.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/cli/model_folder.hpp"
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;

struct Steps {
  json record;    // sample.json
  json artifact;  // of it
  std::map<std::string, NpyArray> arrays;

  std::vector<int64_t> integers(const std::string& key) const {
    const auto values = arrays.at(key).as<int64_t>();
    return {values.begin(), values.end()};
  }
  std::vector<float> floats(const std::string& key) const {
    const auto values = arrays.at(key).as<float>();
    return {values.begin(), values.end()};
  }
  int64_t size(const std::string& key, size_t axis) const { return arrays.at(key).shape.at(axis); }
  int64_t tokens() const { return size("ids", 0); }
  int64_t prompt_tokens() const { return artifact["numbers"]["prompt_tokens"].get<int64_t>(); }
  std::string text() const { return artifact["texts"]["text"].get<std::string>(); }
  // What a token's group stands for.
  std::string text_of(int64_t token) const {
    const auto offsets = integers("offsets");
    const auto begin = static_cast<size_t>(offsets[2 * static_cast<size_t>(token)]),
               end = static_cast<size_t>(offsets[2 * static_cast<size_t>(token) + 1]);
    return text().substr(begin, end - begin);
  }
  // Of one step in the layer of this place.
  std::vector<float> weights(int64_t layer, int64_t step) const {
    const std::vector<float> all = floats("weights");
    const auto begin = all.begin() + (layer * size("weights", 1) + step) * tokens();
    return {begin, begin + tokens()};
  }
};

class TokenStepsTest : public Program {
 protected:
  Steps read(const std::string& out, const std::string& id, const std::string& label = "raw-attention") const {
    Steps steps;
    steps.record = read_json(sample(out, id) / "sample.json");
    for (const json& artifact : steps.record["artifacts"]) {
      if (artifact["label"] == label) steps.artifact = artifact;
    }
    EXPECT_EQ(steps.artifact["type"], "token-steps/1");
    steps.arrays = read_npz(sample(out, id) / steps.artifact["file"].get<std::string>());
    return steps;
  }
  // The base model, whose answers end with this token.
  std::filesystem::path ends_with(int64_t id) const {
    const std::filesystem::path model = scratch / fmt::format("model{}", id);
    if (std::filesystem::exists(model)) return model;
    copy_model("base", model);
    edit_json(model / "generation_config.json", [&](json& generation) { generation["eos_token_id"] = id; });
    return model;
  }
  static constexpr int64_t no_token = 100'000;

  // The conversation of a fixture's case, explained with `more`.
  Steps of_case(const std::string& family, const std::string& name, const std::string& out, const Words& more) const {
    const std::filesystem::path data = std::filesystem::path(OCELLUS_TEST_DATA) / family;
    const json info = read_json(data / name / "case.json");
    write_file(scratch / "messages.json", info["messages"].dump());
    Words words = run_words(out, (data / name / info["model"].get<std::string>()).lexically_normal()) +
                  Words{"--messages", "messages.json", "--image-dir", (data / "images").string()};
    if (info.contains("min_pixels")) {
      words = words + Words{"--min-pixels", std::to_string(info["min_pixels"].get<int64_t>()), "--max-pixels",
                            std::to_string(info["max_pixels"].get<int64_t>())};
    }
    const Outcome outcome = ocellus(words + more);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const auto samples = files_in(scratch / out / "samples");
    return read(out, std::filesystem::path(*samples.begin()).begin()->string());
  }
};

double largest_difference(const std::vector<float>& a, std::span<const float> b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  return largest;
}

struct Reference {
  const char *file, *family, *name;
};
class TokenStepsParity : public TokenStepsTest, public testing::WithParamInterface<Reference> {};

TEST_P(TokenStepsParity, RowsAreThoseOfGenerate) {
  const auto expected =
      read_npz(std::filesystem::path(OCELLUS_TEST_DATA) / "token_steps" / (std::string(GetParam().file) + ".npz"));
  const Steps steps = of_case(GetParam().family, GetParam().name, "out",
                              {"--method", "raw-attention:query=generated,layers=all", "--max-new-tokens", "8"});
  const auto ids = expected.at("generated_ids").as<int64_t>();
  const auto n_steps = static_cast<int64_t>(ids.size());
  EXPECT_EQ(steps.record["generated_ids"], json(std::vector<int64_t>(ids.begin(), ids.end())));
  ASSERT_EQ(steps.prompt_tokens(), expected.at("prompt_tokens").as<int64_t>()[0]);
  ASSERT_EQ(steps.arrays.at("weights").shape, expected.at("produced").shape);
  EXPECT_LE(largest_difference(steps.floats("weights"), expected.at("produced").as<float>()), 2e-6);
  const std::vector<float> log_probabilities = steps.floats("log_probability");
  ASSERT_EQ(log_probabilities.size(), ids.size());
  for (int64_t step = 0; step < n_steps; ++step) {
    EXPECT_EQ(steps.integers("tokens")[static_cast<size_t>(step)], steps.prompt_tokens() + step);
    EXPECT_EQ(steps.integers("rows")[static_cast<size_t>(step)], steps.prompt_tokens() + step - 1);
    EXPECT_NEAR(log_probabilities[static_cast<size_t>(step)],
                expected.at("log_probabilities").as<double>()[static_cast<size_t>(step)], 1e-4);
  }
  const bool stops = n_steps < 8;
  std::vector<int64_t> is_stop(ids.size());
  if (stops) is_stop.back() = 1;
  EXPECT_EQ(steps.integers("is_stop"), is_stop);
  EXPECT_EQ(steps.text(), steps.record["prompt"].get<std::string>() + steps.record["answer"].get<std::string>());
}
INSTANTIATE_TEST_SUITE_P(OfTransformers, TokenStepsParity,
                         testing::Values(Reference{"qwen_two_images", "qwen2_5_vl", "two_images"},
                                         Reference{"qwen_stop", "qwen2_5_vl", "penalty"},
                                         Reference{"qwen2_vl", "qwen2_5_vl", "qwen2_vl"},
                                         Reference{"llava", "llava", "base"}),
                         [](const auto& each) { return std::string(each.param.file); });

TEST_F(TokenStepsTest, EveryImageHasItsOwnCells) {
  const Steps steps = of_case("qwen2_5_vl", "two_images", "out",
                              {"--method", "raw-attention:query=generated,layers=2+0", "--max-new-tokens", "3"});
  EXPECT_EQ(steps.integers("layers"), (std::vector<int64_t>{2, 0}));
  EXPECT_EQ(steps.artifact["numbers"]["images"], 2);
  const json& grids = steps.record["layouts"][0]["grids"];
  ASSERT_NE(grids[0]["rows"].get<int64_t>() * grids[0]["cols"].get<int64_t>(),
            grids[1]["rows"].get<int64_t>() * grids[1]["cols"].get<int64_t>());
  const std::vector<int64_t> image = steps.integers("image");
  for (int64_t k = 0; k < 2; ++k) {
    const std::string key = fmt::format("image{}", k);
    const int64_t rows = grids[static_cast<size_t>(k)]["rows"], cols = grids[static_cast<size_t>(k)]["cols"];
    ASSERT_EQ(steps.arrays.at(key).shape, (std::vector<int64_t>{2, 3, rows, cols}));
    EXPECT_EQ(steps.arrays.at(key + ".cells").shape, (std::vector<int64_t>{rows, cols, 4}));
    EXPECT_EQ(std::count(image.begin(), image.end(), k), rows * cols);
    // The same numbers as the columns of the image's tokens.
    const auto first = std::find(image.begin(), image.end(), k) - image.begin();
    const std::vector<float> cells = steps.floats(key);
    for (int64_t line = 0; line < 6; ++line) {
      const std::vector<float> row = steps.weights(line / 3, line % 3);
      EXPECT_TRUE(
          std::equal(row.begin() + first, row.begin() + first + rows * cols, cells.begin() + line * rows * cols));
    }
    // One group with the placeholder's text.
    const std::vector<int64_t> group = steps.integers("group");
    EXPECT_EQ(group[static_cast<size_t>(first)], group[static_cast<size_t>(first + rows * cols - 1)]);
    EXPECT_EQ(steps.text_of(first + 1), "<|image_pad|>");
  }
}

TEST_F(TokenStepsTest, AreTheMapsOfTheAnswersTokens) {
  const Outcome outcome = run("out", {"--max-new-tokens", "4", "--method", "raw-attention:query=generated,layers=1",
                                      "--method", "raw-attention:as=second,query=answer:2,layers=1", "--method",
                                      "raw-attention:as=max,query=generated,layers=1,heads=max"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const Steps steps = read("out", "landscape-0"), largest = read("out", "landscape-0", "max");
  const NpyArray map = read_npz(sample("out", "landscape-0") / "second.npz").at("values");
  const auto size = static_cast<int64_t>(map.as<float>().size());
  const std::vector<float> cells = steps.floats("image0");
  EXPECT_LE(largest_difference({cells.begin() + 2 * size, cells.begin() + 3 * size}, map.as<float>()), 1e-9);
  EXPECT_EQ(largest.artifact["texts"]["heads"], "max");
  for (int64_t step = 0; step < 4; ++step) {
    const std::vector<float> mean = steps.weights(0, step), most = largest.weights(0, step);
    EXPECT_NEAR(std::accumulate(mean.begin(), mean.end(), 0.0), 1, 1e-5);
    for (size_t key = 0; key < mean.size(); ++key) EXPECT_GE(most[key] + 1e-7f, mean[key]);
    for (auto key = static_cast<size_t>(steps.prompt_tokens() + step); key < mean.size(); ++key)
      EXPECT_EQ(mean[key], 0.0f) << "what comes behind the row";
  }
}

TEST_F(TokenStepsTest, UpstreamIsOneStepLateAndOneFewer) {
  const Outcome outcome = run("out", {"--max-new-tokens", "4", "--method", "raw-attention:query=generated", "--method",
                                      "raw-attention:as=late,query=generated,align=upstream"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const Steps produced = read("out", "landscape-0"), upstream = read("out", "landscape-0", "late");
  EXPECT_EQ(produced.artifact["texts"]["alignment"], "produced");
  EXPECT_EQ(upstream.artifact["texts"]["alignment"], "upstream");
  ASSERT_EQ(produced.size("tokens", 0), 4);
  ASSERT_EQ(upstream.size("tokens", 0), 3);
  for (int64_t step = 0; step < 3; ++step) {
    const auto at = static_cast<size_t>(step);
    EXPECT_EQ(upstream.integers("tokens")[at], produced.integers("tokens")[at]) << "the same word is shown";
    EXPECT_EQ(upstream.integers("rows")[at], upstream.integers("tokens")[at]);
    EXPECT_EQ(upstream.weights(0, step), produced.weights(0, step + 1)) << "with the row of the next one";
  }
}

TEST_F(TokenStepsTest, AGivenAnswerIsReadAtOnce) {
  const std::string answer = read_json(fixtures / "given_answer/case.json")["given_answer"];
  const Steps steps = of_case("qwen2_5_vl", "given_answer", "out",
                              {"--method", "raw-attention:query=generated,layers=all", "--answer", answer});
  const NpyArray reference = expected_array("given_answer", "attentions");
  const int64_t layers = reference.shape[0], heads = reference.shape[1], tokens = reference.shape[2];
  const int64_t prompt = steps.prompt_tokens(), n_steps = tokens - prompt;
  ASSERT_EQ(steps.arrays.at("weights").shape, (std::vector<int64_t>{layers, n_steps, tokens}));
  const auto all = reference.as<float>();
  for (int64_t layer = 0; layer < layers; ++layer) {
    for (int64_t step = 0; step < n_steps; ++step) {
      const std::vector<float> row = steps.weights(layer, step);
      for (int64_t key = 0; key < tokens; ++key) {
        double mean = 0;
        for (int64_t head = 0; head < heads; ++head) {
          mean += static_cast<double>(
              all[static_cast<size_t>(((layer * heads + head) * tokens + prompt - 1 + step) * tokens + key)]);
        }
        ASSERT_NEAR(row[static_cast<size_t>(key)], mean / static_cast<double>(heads), 2e-6) << layer << " " << step;
      }
    }
  }
  EXPECT_FALSE(steps.arrays.contains("log_probability"));
  EXPECT_EQ(steps.integers("segment").back(), 7);
  EXPECT_TRUE(steps.text().ends_with(answer));
  const Steps late = of_case("qwen2_5_vl", "given_answer", "late",
                             {"--method", "raw-attention:query=generated,align=upstream", "--answer", answer});
  EXPECT_EQ(late.size("tokens", 0), n_steps - 1);
}

TEST_F(TokenStepsTest, CharactersSplitOverTokensAreGroups) {
  const std::string answer = "\xE7\x8C\xAB\xE5\x9C\xA8\xE6\xA1\x8C\xE5\xAD\x90\xE4\xB8\x8A a";  // a cat is on the table
  ASSERT_EQ(run("out", {"--method", "raw-attention:query=generated", "--answer", answer}).exit_code, 0);
  const Steps steps = read("out", "landscape-0");
  EXPECT_TRUE(steps.text().ends_with(answer));
  const std::vector<int64_t> group = steps.integers("group");
  const auto prompt = static_cast<size_t>(steps.prompt_tokens());
  ASSERT_GT(steps.size("tokens", 0), 6) << "this vocabulary has no token for such a character";
  std::vector<std::string> units;
  for (size_t token = prompt; token < group.size(); ++token) {
    if (group[token] != group[token - 1]) units.push_back(steps.text_of(static_cast<int64_t>(token)));
  }
  EXPECT_THAT(units, testing::IsSupersetOf({"\xE7\x8C\xAB", "\xE5\x9C\xA8", "\xE6\xA1\x8C", "\xE5\xAD\x90"}));
  EXPECT_EQ(std::accumulate(units.begin(), units.end(), std::string()), answer);
}

TEST_F(TokenStepsTest, AnAnswerMayHaveNoTokenOneOrManyHundred) {
  const NpyArray generated = expected_array("base", "generated_ids");
  int64_t end = generated.as<int64_t>()[0];
  const auto explain = [&](const std::string& out, const std::string& n, const std::string& spec) {
    const Outcome outcome = ocellus(run_words(out, ends_with(end)) +
                                    Words{"--image", image("landscape.png"), "--prompt", "What is in the picture?",
                                          "--max-new-tokens", n, "--method", "raw-attention:query=generated" + spec});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return read(out, "landscape-0");
  };
  const Steps none = explain("none", "8", "");
  EXPECT_EQ(none.integers("is_stop"), std::vector<int64_t>{1}) << "the row that ended it before it began";
  EXPECT_EQ(none.record["answer"], "");
  EXPECT_EQ(none.text_of(none.tokens() - 1), "");
  EXPECT_EQ(none.text(), none.record["prompt"].get<std::string>());
  EXPECT_EQ(explain("none_upstream", "8", ",align=upstream").size("tokens", 0), 0);
  end = no_token;
  EXPECT_EQ(explain("one", "1", "").integers("is_stop"), std::vector<int64_t>{0});
  EXPECT_EQ(explain("one_upstream", "1", ",align=upstream").arrays.at("weights").shape[1], 0);
  EXPECT_EQ(explain("many", "300", "").size("weights", 1), 300);
}

TEST_F(TokenStepsTest, AreReadBack) {
  ASSERT_EQ(run("out", {"--max-new-tokens", "2", "--method", "raw-attention:query=generated"}).exit_code, 0);
  const Outcome outcome = ocellus({"render", "out", "--render", "overlay"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, testing::HasSubstr("nothing")) << "no map is made";
}

TEST_F(TokenStepsTest, TheEstimateKnowsWhatIsHeldAndGrowsWithStepsTimesTokens) {
  const auto bytes = [&](const std::string& n, const std::string& layers) {
    const Outcome outcome = run("out", {"--dry-run", "--json", "--max-new-tokens", n, "--method",
                                        "raw-attention:query=generated,layers=" + layers});
    return parse_lines(outcome.out)[0]["method_bytes"].get<double>();
  };
  const double few = bytes("1000", "0"), many = bytes("2000", "0");
  EXPECT_LT(many, 2.5 * 2 * few);
  EXPECT_LT(many, 3.0 * 4 * 2000 * 2100) << "no factor of heads in it";
  EXPECT_DOUBLE_EQ(bytes("1000", "0+1"), 2 * few);
}

TEST_F(TokenStepsTest, MemoryGrowsWithStepsTimesTokensAlone) {
  constexpr int64_t steps = 2000;
  const auto peak = [&](const std::string& out, const Words& method) {
    const Outcome outcome = ocellus(run_words(out, ends_with(no_token)) +
                                    Words{"--image", image("landscape.png"), "--prompt", "What is in the picture?",
                                          "--max-new-tokens", std::to_string(steps)} +
                                    method);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return read_json(scratch / out / "run.json")["peak_memory_bytes"].get<double>();
  };
  const double without = peak("without", {"--method", "tensors:probes=generated_ids"});
  const double with = peak("with", {"--method", "raw-attention:query=generated,layers=all"});
  const Steps found = read("with", "landscape-0");
  ASSERT_EQ(found.size("weights", 1), steps);
  const auto layers = static_cast<double>(found.size("layers", 0));
  // The rows, half of them zeros that are not kept, and the weights twice; six heads would be more.
  EXPECT_LE(with - without, 3.5 * layers * static_cast<double>(steps * found.tokens()) * sizeof(float));
}

TEST_F(TokenStepsTest, WhatCannotBeIsRefused) {
  const Words asked{"--image", image("landscape.png"), "--prompt", "What is in the picture?"};
  const auto refused = [&](const std::string& options, const Words& words) {
    expect_refusal(ocellus(run_words("out") + asked + Words{"--method", "raw-attention:" + options}), 2, words);
  };
  refused("align=upstream", {"align", "query=generated"});
  refused("query=generated,rollout=on", {"query=generated"});
  refused("query=generated,heads=each", {"query=generated", "heads=each"});
  refused("query=generated,layers=all,reduce=mean", {"query=generated"});
  expect_refusal(
      ocellus(run_words("out") + asked + Words{"--method", "raw-attention:query=generated", "--max-new-tokens", "0"}),
      2, {"--max-new-tokens 0"});
}

}  // namespace
}  // namespace ocellus::test
