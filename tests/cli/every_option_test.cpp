// Every option of every plugin, with every choice and both bounds, through the program: what the tables promise works.
#include <fmt/format.h>
#include <ocellus/abi/options.h>

#include "tests/cli/program.hpp"
#include "tests/support/qavit_folder.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;

constexpr const char* one_token_answers = "yes=a,no=b";

// Values that stand for all of an option's.
Words values_of(const json& param) {
  const double min = param["min"], max = param["max"];
  Words values;
  switch (param["type"].get<int>()) {
    case OC_PARAM_BOOL:
      return {"on", "off"};
    case OC_PARAM_INT:
    case OC_PARAM_FLOAT:
      values = {param["default"]};
      if (min < max) values = values + Words{fmt::format("{:g}", min), fmt::format("{:g}", max)};
      return values;
    case OC_PARAM_INDEX:
      values = {"0"};
      [[fallthrough]];
    case OC_PARAM_CHOICE:
    case OC_PARAM_WORDS:
      for (const json& choice : param["choices"]) values.push_back(choice[0]);
      return values;
    case OC_PARAM_INDEX_SET:
      return {"all", "-1", "0..1", "late", "auto"};
    case OC_PARAM_QUERY:
      return {"last", "answer", "answer:0", "generated", "question", "position:2"};
    default:
      return {param["default"]};
  }
}

// Steps of an answer where tokens are aligned, layers apart where they are averaged, windows as wide as their stride,
// and answers that are one token of this model's small vocabulary.
std::string with_what_it_needs(const std::string& spec) {
  if (spec.starts_with("raw-attention:align=")) return spec + ",query=generated";
  if (spec.starts_with("relevancy:reduce=")) return spec + ",propagate=off";
  if (spec.starts_with("occlusion:stride=")) return spec + ",window=1024";
  if (spec.starts_with("occlusion:") && !spec.starts_with("occlusion:window=")) return spec + ",window=8,stride=8";
  if (spec.starts_with("match-score:compare=")) return spec + "," + one_token_answers;
  return spec.starts_with("match-score:") ? std::string("match-score:") + one_token_answers : spec;
}

class EveryOption : public Program {
 protected:
  // "id:key=value" for every option of the plugins of `kind`.
  Words specs(const std::string& kind) const {
    Words specs;
    for (const json& plugin : parse_lines(ocellus({"plugins", "show", "--json"}).out)) {
      if (plugin["kind"] != kind) continue;
      for (const json& param : plugin["params"]) {
        for (const std::string& value : values_of(param)) {
          specs.push_back(fmt::format("{}:{}={}", plugin["id"].get<std::string>(), param["key"].get<std::string>(),
                                      value.empty() ? "\"\"" : value));
        }
      }
    }
    return specs;
  }
  Words request(const std::string& out) const {
    return run_words(out) + Words{"--image", image("small.png"), "--prompt", "Why?", "--max-new-tokens", "2"};
  }
};

TEST_F(EveryOption, OfEveryMethod) {
  const Words all = specs("method");
  ASSERT_GT(all.size(), 30u);
  Words words = request("out");
  // Together in one run: each with a label of its own.
  for (size_t i = 0; i < all.size(); ++i) {
    words = words + Words{"--method", fmt::format("{},as=m{}", with_what_it_needs(all[i]), i)};
  }
  const Outcome outcome = ocellus(words);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(std::filesystem::exists(sample("out", "small-0") / fmt::format("m{}.npz", i))) << all[i];
  }
}

TEST_F(EveryOption, OfEveryRenderer) {
  // Maps, curves and the steps of an answer for those that draw samples, results over all samples for the others.
  ASSERT_EQ(
      ocellus(request("out") + Words{"--method", "raw-attention:layers=0..1", "--method",
                                     "raw-attention:as=each,heads=each", "--method", "head-stats", "--method",
                                     "raw-attention:as=steps,query=generated,layers=0..1", "--method",
                                     std::string("match-score:") + one_token_answers, "--faithfulness:steps=2,seeds=1"})
          .exit_code,
      0);
  Words all = specs("renderer");
  // What is drawn of several samples is in grid_test.cpp; the weights of gradients belong to a method of gradients.
  std::erase_if(all, [](const std::string& spec) {
    return spec == "grid:by=question" || spec == "grid:by=image" || spec == "grid:by=model" ||
           spec == "grid:by=weights";
  });
  ASSERT_GT(all.size(), 20u);
  Words words{"render", "out"};
  for (size_t i = 0; i < all.size(); ++i) words = words + Words{"--render", fmt::format("{},as=r{}", all[i], i)};
  const Outcome outcome = ocellus(words);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (size_t i = 0; i < all.size(); ++i) {
    const bool study = all[i].ends_with("names=mme");
    EXPECT_NE(outcome.out.find(study ? "/mme_" : fmt::format(".r{}.", i)), std::string::npos) << all[i];
  }
}

TEST_F(EveryOption, OfEveryModel) {
  const Words all = specs("model");
  ASSERT_GE(all.size(), 4u);
  const std::filesystem::path llava = fixtures.parent_path() / "llava/base/model",
                              original = fixtures.parent_path() / "llava_original", clip = scratch / "clip";
  make_qavit_folder(fixtures.parent_path() / "qavit", "plain", clip);
  const auto small_model = [&](const std::string& spec) {
    return spec.starts_with("qavit:") ? clip : spec.starts_with("llava:") ? llava : base_model;
  };
  for (size_t i = 0; i < all.size(); ++i) {
    std::string spec = all[i];
    std::filesystem::path model = small_model(spec);
    if (spec.starts_with("llava:conv-mode=")) {
      spec += ",vision-tower=" + (original / "clip/model").string();
      model = original / "v15/model";
    }
    const Words words = run_words(fmt::format("out{}", i), model) +
                        Words{"--image", image("small.png"), "--prompt", "Why?"},
                answer = model == clip ? Words{} : Words{"--max-new-tokens", "2"};
    const Outcome outcome = ocellus(words + answer + Words{"--method", "raw-attention", "--adapter", spec});
    EXPECT_EQ(outcome.exit_code, 0) << spec << ": " << outcome.err;
  }
}

}  // namespace
}  // namespace ocellus::test
