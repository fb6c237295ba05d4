// Knock-outs through the whole program: logits of transformers, what is stored and printed, what is refused, and that a
// run is as it was without them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const std::filesystem::path demo = source_dir / "demo";

class KnockoutRun : public Program {
 protected:
  Words small(const std::string& out, const Words& more) const {
    return run_words(out) +
           Words{"--image", image("small.png"), "--prompt", "Why?", "--method", "raw-attention:layers=0"} + more;
  }
  Words star(const std::string& out, const Words& more) const {
    return run_words(out, demo / "qwen2_5_vl") +
           Words{"--dataset", (demo / "pictures.json").string(), "--limit", "1", "--method", "raw-attention:layers=3"} +
           more;
  }
  json knockouts(const std::string& out, const std::string& id) const {
    return read_json(sample(out, id) / "sample.json")["knockouts"];
  }
};

// Of token `id`, from a row of raw logits.
double probability(std::span<const float> logits, int64_t id) {
  double sum = 0;
  const double largest = static_cast<double>(*std::max_element(logits.begin(), logits.end()));
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - largest);
  return std::exp(static_cast<double>(logits[static_cast<size_t>(id)]) - largest) / sum;
}

std::string joined(const json& numbers) {
  return fmt::format("{}", fmt::join(numbers.get<std::vector<int64_t>>(), "+"));
}

// The fixture's first two: one head of one layer, and all of them, from the answer to the image.
TEST_F(KnockoutRun, ProbabilitiesAreThoseOfTransformers) {
  for (const std::string name : {"qwen", "qwen_given_answer", "llava"}) {
    const std::filesystem::path folder = fixtures.parent_path() / "knockout" / name;
    const json about = read_json(folder / "case.json");
    const auto arrays = read_npz(folder / "expected.npz");
    const auto ids = arrays.at("answer_ids").as<int64_t>();
    const json& one = about["knockouts"][0];
    Words words = run_words(name, folder / about["model"].get<std::string>());
    for (const json& part : about["messages"][0]["content"]) {
      if (part["type"] == "text") words.insert(words.end(), {"--prompt", part["text"].get<std::string>()});
    }
    for (const std::string picture : about["images"])
      words.insert(words.end(), {"--image", (folder / picture).string()});
    if (about.contains("given_answer")) {
      words.insert(words.end(), {"--answer", about["given_answer"].get<std::string>()});
    } else {
      words.insert(words.end(), {"--max-new-tokens", std::to_string(ids.size())});
    }
    const Outcome outcome =
        ocellus(words + Words{"--dtype", "float32", "--method", "raw-attention:layers=0", "--knockout",
                              fmt::format("layers={},heads={},as=one", joined(one["layers"]), joined(one["heads"])),
                              "--knockout", "layers=all,as=all"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::string id = std::filesystem::path(about["images"][0].get<std::string>()).stem().string() + "-0";
    const json found = knockouts(name, id);
    ASSERT_EQ(found.size(), 2u);
    const auto clean = arrays.at("clean").as<float>(), knocked_out = arrays.at("knocked_out").as<float>();
    const size_t vocabulary = clean.size() / ids.size();
    for (size_t knockout = 0; knockout < 2; ++knockout) {
      const json& tokens = found[knockout]["tokens"];
      ASSERT_EQ(tokens.size(), ids.size()) << name;
      for (size_t token = 0; token < ids.size(); ++token) {
        const auto row = [&](std::span<const float> of, size_t at) { return of.subspan(at * vocabulary, vocabulary); };
        EXPECT_NEAR(tokens[token]["probability"].get<double>(), probability(row(clean, token), ids[token]), 1e-5);
        EXPECT_NEAR(tokens[token]["knocked_out"].get<double>(),
                    probability(row(knocked_out, knockout * ids.size() + token), ids[token]), 1e-5)
            << name << " knock-out " << knockout << " token " << token;
      }
    }
    EXPECT_EQ(found[0]["layers"], one["layers"]);
    EXPECT_EQ(found[0]["heads"], one["heads"]);
    EXPECT_EQ(found[0]["keys"], one["keys"].size());
    EXPECT_EQ(found[0]["rows"], ids.size());
  }
}

TEST_F(KnockoutRun, TheCleanProbabilitiesAreThoseOfTheAnswer) {
  ASSERT_EQ(ocellus(small("out", {"--knockout", "layers=all", "--max-new-tokens", "4"})).exit_code, 0);
  const json record = read_json(sample("out", "small-0") / "sample.json");
  const json& tokens = record["knockouts"][0]["tokens"];
  ASSERT_GE(tokens.size(), 1u);
  for (size_t i = 0; i < tokens.size(); ++i) {
    EXPECT_NEAR(std::log(tokens[i]["probability"].get<double>()), record["log_probabilities"][i].get<double>(), 1e-9);
    EXPECT_EQ(tokens[i]["likeliest"], tokens[i]["token"]);
  }
}

TEST_F(KnockoutRun, OfTheDemoOneLayerReadsThePicture) {
  const Outcome outcome =
      ocellus(star("out", {"--knockout", "layers=0", "--knockout", "layers=1", "--knockout", "layers=2", "--knockout",
                           "layers=3", "--knockout", "layers=all,to=question,as=blind"}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json found = knockouts("out", "landscape");
  ASSERT_EQ(found.size(), 5u);
  for (size_t layer = 0; layer < 3; ++layer) EXPECT_NEAR(found[layer]["first_change"].get<double>(), 0, 0.01) << layer;
  EXPECT_LT(found[3]["first_change"].get<double>(), -0.85);
  EXPECT_EQ(found[3]["flips"], true);
  EXPECT_EQ(found[4]["label"], "blind");
  EXPECT_THAT(outcome.out, HasSubstr("knock-out layers=3: "));
  EXPECT_THAT(outcome.out, HasSubstr("the likeliest becomes"));
  EXPECT_THAT(outcome.out, HasSubstr("What becomes of the answer without this attention?"));
  const std::string table = read_file(scratch / "out/collection/knockout.csv");
  EXPECT_THAT(table, ::testing::StartsWith("label,layers,heads,from,to,n,first,first_change,first_change_error,"
                                           "answer_change,answer_change_error,flips,flips_error"));
  EXPECT_THAT(table, HasSubstr("\nblind,all,all,answer,question,1,"));
}

TEST_F(KnockoutRun, ChangesNoMapAndNoAnswer) {
  const Words words{"--max-new-tokens", "3"};
  ASSERT_EQ(ocellus(small("without", words)).exit_code, 0);
  ASSERT_EQ(ocellus(small("with", words + Words{"--knockout", "from=all,to=image+question"})).exit_code, 0);
  EXPECT_EQ(read_file(sample("with", "small-0") / "raw-attention.npz"),
            read_file(sample("without", "small-0") / "raw-attention.npz"));
  const json with = read_json(sample("with", "small-0") / "sample.json"),
             without = read_json(sample("without", "small-0") / "sample.json");
  EXPECT_EQ(with["generated_ids"], without["generated_ids"]);
  EXPECT_EQ(with["log_probabilities"], without["log_probabilities"]);
  EXPECT_NE(with["key"], without["key"]);
  EXPECT_FALSE(without.contains("knockouts"));
}

TEST_F(KnockoutRun, EachIsByItself) {
  const Words one{"--knockout", "layers=0,from=image"}, other{"--knockout", "layers=1,to=question"};
  ASSERT_EQ(ocellus(small("one", one)).exit_code, 0);
  ASSERT_EQ(ocellus(small("other", other)).exit_code, 0);
  ASSERT_EQ(ocellus(small("both", other + one)).exit_code, 0);
  EXPECT_EQ(knockouts("both", "small-0")[0], knockouts("other", "small-0")[0]);
  EXPECT_EQ(knockouts("both", "small-0")[1], knockouts("one", "small-0")[0]);
}

TEST_F(KnockoutRun, ARunGoesOnAndEndsAsOneThatNothingDisturbed) {
  const Words words{"--knockout", "layers=0", "--prompt", "What is it?"};
  ASSERT_EQ(ocellus(small("whole", words)).exit_code, 0);
  ASSERT_EQ(ocellus(small("again", words)).exit_code, 0);
  std::filesystem::remove(sample("again", "small-1") / "sample.json");
  std::filesystem::remove_all(scratch / "again/collection");
  ASSERT_EQ(ocellus(small("again", words)).exit_code, 0);
  for (const char* part : {"samples", "collection"})
    EXPECT_EQ(contents_of(scratch / "whole" / part), contents_of(scratch / "again" / part)) << part;
  // Another knock-out is another request.
  expect_refusal(ocellus(small("again", {"--knockout", "layers=1", "--prompt", "What is it?"})), 2, {"--fresh"});
}

TEST_F(KnockoutRun, ShardsEndAsTheWhole) {
  const Words words{"--knockout", "layers=0", "--prompt", "What is it?"};
  ASSERT_EQ(ocellus(small("whole", words)).exit_code, 0);
  for (const std::string shard : {"1/2", "2/2"})
    ASSERT_EQ(ocellus(small("shared", words + Words{"--shard", shard})).exit_code, 0);
  const Outcome merged = ocellus({"merge", "shared"});
  ASSERT_EQ(merged.exit_code, 0) << merged.err;
  EXPECT_THAT(merged.out, HasSubstr("without this attention?"));
  EXPECT_EQ(contents_of(scratch / "shared/collection"), contents_of(scratch / "whole/collection"));
}

TEST_F(KnockoutRun, ADryRunTellsWhatItWillCost) {
  const Words words{"--knockout", "layers=0", "--knockout", "layers=1", "--max-new-tokens", "5", "--dry-run"};
  const Outcome outcome = ocellus(small("out", words));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("knock-outs: 3 forwards of "));
  EXPECT_THAT(outcome.out, HasSubstr("up to 5 of the answer"));
  const Outcome in_json = ocellus(small("out", words + Words{"--json"}));
  EXPECT_EQ(parse_lines(in_json.out)[0]["knockouts"]["forwards"], 3);
}

TEST_F(KnockoutRun, TheConfigurationFileAsksForTheSame) {
  ASSERT_EQ(ocellus(small("out", {"--knockout", "layers=0,as=first", "--knockout", "layers=1"})).exit_code, 0);
  const Outcome again = ocellus({"run", "--config", "out/run.yaml"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  const Outcome elsewhere = ocellus({"run", "--config", "out/run.yaml", "--out", "elsewhere"});
  ASSERT_EQ(elsewhere.exit_code, 0) << elsewhere.err;
  EXPECT_EQ(knockouts("elsewhere", "small-0"), knockouts("out", "small-0"));
}

TEST_F(KnockoutRun, ResultsAreToldInJson) {
  const Outcome outcome = ocellus(small("out", {"--knockout", "layers=0", "--json"}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json lines = parse_lines(outcome.out);
  EXPECT_EQ(lines[0]["knockouts"], knockouts("out", "small-0"));
  EXPECT_EQ(lines.back()["knockouts"][0]["label"], "layers=0");
  EXPECT_TRUE(lines.back()["knockouts"][0]["first_change_error"].is_null());
}

TEST_F(KnockoutRun, MethodsOfOthersMayAskForOne) {
  const Words words{"--plugin-path", OCELLUS_CLI_PLUGIN_DIR, "--method", "blinded", "--max-new-tokens", "3"};
  ASSERT_EQ(ocellus(small("out", words + Words{"--knockout", "layers=all"})).exit_code, 0);
  const json record = read_json(sample("out", "small-0") / "sample.json");
  const json& tokens = record["knockouts"][0]["tokens"];
  const auto logits = read_npz(sample("out", "small-0") / "blinded.npz");
  ASSERT_EQ(static_cast<size_t>(logits.at("blind").shape[0]), tokens.size());
  const auto vocabulary = static_cast<size_t>(logits.at("blind").shape[1]);
  for (size_t token = 0; token < tokens.size(); ++token) {
    const auto row = [&](const char* name) {
      return logits.at(name).as<float>().subspan(token * vocabulary, vocabulary);
    };
    const int64_t id = record["generated_ids"][token];
    EXPECT_EQ(probability(row("clean"), id), tokens[token]["probability"].get<double>());
    EXPECT_EQ(probability(row("blind"), id), tokens[token]["knocked_out"].get<double>());
  }
  // Its answer is the clean one's, which it makes the model write.
  ASSERT_EQ(ocellus(run_words("alone") + Words{"--image", image("small.png"), "--prompt", "Why?"} + words).exit_code,
            0);
  EXPECT_EQ(read_json(sample("alone", "small-0") / "sample.json")["generated_ids"], record["generated_ids"]);
  const auto alone = read_npz(sample("alone", "small-0") / "blinded.npz");
  EXPECT_TRUE(std::ranges::equal(alone.at("blind").as<float>(), logits.at("blind").as<float>()));
  // The plan says what is different, and a model that cannot is refused before anything is opened.
  const Outcome dry = ocellus(small("dry", words + Words{"--dry-run"}));
  EXPECT_THAT(dry.out,
              HasSubstr("attention knocked out in 3 layers and 6 heads, from 1 rows and all of the answer to "));
  expect_refusal(
      ocellus(run_words("no", demo / "qavit") + Words{"--image", image("small.png"), "--prompt", "Why?",
                                                      "--plugin-path", OCELLUS_CLI_PLUGIN_DIR, "--method", "blinded"}),
      4, {"blinded", "qavit"});
}

TEST_F(KnockoutRun, PairsOfARankingAreKnockedOutAlike) {
  const Outcome outcome = ocellus({"rank", "--threads", "1", "--progress", "none", "--model",
                                   (demo / "qwen2_5_vl").string(), "--out", (scratch / "ranked").string(), "--query",
                                   "a red star", "--image", (demo / "scenes/05-color.png").string(), "--image",
                                   (demo / "scenes/00-color.png").string(), "--knockout", "layers=3"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(read_file(scratch / "ranked/collection/knockout.csv"), HasSubstr("\nlayers=3,3,all,answer,image,2,"));
}

TEST_F(KnockoutRun, WhatCannotBeIsRefused) {
  expect_refusal(ocellus(small("out", {"--knockout", "layer=0"})), 2, {"--knockout", "layers"});
  expect_refusal(ocellus(small("out", {"--knockout", "to=picture"})), 2, {"--knockout", "picture", "image"});
  expect_refusal(ocellus(small("out", {"--knockout", "layers=0", "--knockout", "layers=0"})), 2, {"as=NAME"});
  expect_refusal(ocellus(small("out", {"--knockout", "layers=9"})), 4, {"--knockout layers=9", "layer 9", "0 to 2"});
  expect_refusal(ocellus(small("out", {"--knockout", "heads=6"})), 4, {"head 6", "0 to 5"});
  expect_refusal(ocellus(small("out", {"--knockout", "layers=0", "--max-new-tokens", "0"})), 2,
                 {"--knockout", "--max-new-tokens 0"});
  expect_refusal(
      ocellus(small("out", {"--method", "tensors:as=knockout,probes=pixel_values", "--knockout", "layers=0"})), 2,
      {"label", "as=LABEL"});
  expect_refusal(
      ocellus(run_words("out", demo / "qavit") + Words{"--image", image("small.png"), "--prompt", "Why?", "--method",
                                                       "qa-attention", "--knockout", "layers=0"}),
      4, {"--knockout", "qavit", "knockout/1@language"});
  EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
}

TEST_F(KnockoutRun, ASampleWithoutTheTokensFailsByItself) {
  write_file(scratch / "two.json", json::array({{{"id", "seen"}, {"image", image("small.png")}, {"question", "Why?"}},
                                                {{"id", "unseen"}, {"question", "Why?"}}})
                                       .dump());
  const Outcome outcome =
      ocellus(run_words("out") + Words{"--dataset", "two.json", "--method", "tensors:probes=input_ids", "--knockout",
                                       "to=image", "--max-new-tokens", "2"});
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_EQ(read_json(sample("out", "seen") / "sample.json")["status"], "ok");
  EXPECT_THAT(read_json(sample("out", "unseen") / "sample.json")["error"].get<std::string>(),
              HasSubstr("to=image names no token of this sample"));
}

}  // namespace
}  // namespace ocellus::test
