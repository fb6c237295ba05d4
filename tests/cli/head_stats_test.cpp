// head-stats through the program, against full matrices that `tensors` exports of the same run.
#include <fmt/format.h>

#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;

class HeadStats : public Program {
 protected:
  // Explains a conversation with a system message and an earlier turn, so that every group is there.
  void explain(const std::string& spec) {
    const json messages = json::array({{{"role", "system"}, {"content", "Answer in one word."}},
                                       {{"role", "user"},
                                        {"content",
                                         {{{"type", "text"}, {"text", "Look at "}},
                                          {{"type", "image"}, {"image", "landscape.png"}},
                                          {{"type", "text"}, {"text", "Is it even?"}}}}},
                                       {{"role", "assistant"}, {"content", "No."}},
                                       {{"role", "user"}, {"content", "Why not?"}}});
    write_file(scratch / "messages.json", messages.dump());
    const Outcome outcome =
        ocellus(run_words("out") + Words{"--messages", "messages.json", "--image-dir", (fixtures / "images").string(),
                                         "--method", spec + ",as=stats", "--method", "tensors:probes=attentions"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::filesystem::path folder = sample("out", "landscape-0");
    stats = read_npz(folder / "stats.npz");
    attentions = read_npz(folder / "tensors.npz").at("attentions");
    const json record = read_json(folder / "sample.json");
    EXPECT_FALSE(record.contains("answer"));  // nothing is generated
    texts = record["artifacts"][0]["texts"];
    for (const json& token : record["tokens"]) kinds.push_back(token[2]);
    n_layers = attentions.shape[0], n_heads = attentions.shape[1];
  }

  using Is = std::function<bool(size_t token)>;

  // Mean over rows of `from` of the sum over keys of `to`.
  double mass(int64_t layer, int64_t head, const Is& from, const Is& to) const {
    const size_t n = kinds.size();
    double sum = 0, rows = 0;
    for (size_t row = 0; row < n; ++row) {
      if (!from(row)) continue;
      ++rows;
      for (size_t key = 0; key < n; ++key) {
        if (to(key)) sum += attentions.as<float>()[((static_cast<size_t>(layer * n_heads + head)) * n + row) * n + key];
      }
    }
    return sum / rows;
  }

  void expect_table(const std::string& key, const Is& from, const Is& to) const {
    const NpyArray& table = stats.at(key);
    ASSERT_EQ(table.shape, (std::vector<int64_t>{n_layers, n_heads}));
    for (int64_t layer = 0; layer < n_layers; ++layer) {
      for (int64_t head = 0; head < n_heads; ++head) {
        const double expected = mass(layer, head, from, to);
        EXPECT_NEAR(table.as<float>()[static_cast<size_t>(layer * n_heads + head)], expected, 5e-7) << key;
      }
    }
  }

  bool is_image(size_t token) const { return kinds[token] == "image0"; }
  bool is_honest_text(size_t token) const { return token != 0 && !is_image(token) && kinds[token] != "system"; }
  bool is_upstream_text(size_t token) const {
    const bool behind = token > 0 && kinds[token - 1] == "system";
    return !is_image(token) && kinds[token] != "system" && !behind;
  }
  size_t image_end() const {
    size_t end = kinds.size();
    while (!is_image(end - 1)) --end;
    return end;
  }

  std::map<std::string, NpyArray> stats;
  NpyArray attentions;
  json texts;
  std::vector<std::string> kinds;  // of each token
  int64_t n_layers = 0, n_heads = 0;
};

TEST_F(HeadStats, EqualTheFullMatrices) {
  explain("head-stats:text-group=honest");
  const Is image = [&](size_t token) { return is_image(token); };
  const Is honest = [&](size_t token) { return is_honest_text(token); };
  const Is upstream = [&](size_t token) { return is_upstream_text(token); };
  const Is after = [&](size_t token) { return is_honest_text(token) && token >= image_end(); };
  expect_table("text_to_visual", honest, image);
  expect_table("visual_to_text", image, honest);
  expect_table("post_image_text_to_visual", after, image);
  expect_table("upstream.text_to_visual", upstream, image);
  expect_table("upstream.visual_to_text", image, upstream);
  const auto total = stats.at("total").as<float>();
  for (size_t i = 0; i < total.size(); ++i) {
    EXPECT_FLOAT_EQ(total[i], stats.at("text_to_visual").as<float>()[i] + stats.at("visual_to_text").as<float>()[i]);
  }
  EXPECT_EQ(texts["quantities"], "text_to_visual visual_to_text total");
  EXPECT_EQ(texts["title.visual_to_text"], "image to the text before it (V2T)");
}

TEST_F(HeadStats, UpstreamGroupingPutsItsNumbersFirst) {
  explain("head-stats:text-group=upstream");
  EXPECT_EQ(texts["text_group"], "upstream");
  const Is image = [&](size_t token) { return is_image(token); };
  expect_table(
      "text_to_visual", [&](size_t token) { return is_upstream_text(token); }, image);
  expect_table(
      "honest.text_to_visual", [&](size_t token) { return is_honest_text(token); }, image);
}

TEST_F(HeadStats, MassOfEveryGroupOnEveryGroupSumsToOne) {
  explain("head-stats:layers=-1+0");
  EXPECT_EQ(texts["mass_groups"], "first_token system user_text question assistant_text special image0");
  const std::vector<std::string> names{"first_token",    "system",  "user_text", "question",
                                       "assistant_text", "special", "image0"};
  const NpyArray& mass = stats.at("mass");
  ASSERT_EQ(mass.shape, (std::vector<int64_t>{2, n_heads, 7, 7}));
  ASSERT_EQ(stats.at("layers").as<int64_t>()[0], n_layers - 1);
  const auto is = [&](const std::string& name) {
    return [&, name](size_t token) { return name == (token == 0 ? "first_token" : kinds[token]); };
  };
  for (size_t head = 0; head < static_cast<size_t>(n_heads); ++head) {
    for (size_t from = 0; from < 7; ++from) {
      double sum = 0;
      for (size_t to = 0; to < 7; ++to) {
        const float value = mass.as<float>()[(head * 7 + from) * 7 + to];
        sum += static_cast<double>(value);
        EXPECT_NEAR(value, this->mass(n_layers - 1, static_cast<int64_t>(head), is(names[from]), is(names[to])), 5e-7)
            << names[from] << " on " << names[to];
      }
      EXPECT_NEAR(sum, 1, 1e-6) << names[from];
    }
  }
}

TEST_F(HeadStats, FailASampleWithoutImageAndGoOn) {
  write_file(scratch / "set.jsonl",
             "{\"id\":\"bare\",\"question\":\"Why?\"}\n" +
                 json{{"id", "seen"}, {"image", image("small.png")}, {"question", "Why?"}}.dump());
  const Outcome outcome = ocellus(run_words("out") + Words{"--dataset", "set.jsonl", "--method", "head-stats"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, ::testing::HasSubstr("bare: method head-stats: it needs an image"));
  EXPECT_TRUE(std::filesystem::exists(sample("out", "seen") / "head-stats.npz"));
}

TEST_F(HeadStats, HoldNoMatrix) {
  const Outcome outcome = ocellus(
      Words{"run", "--quiet", "--model", base_model.string()} +
      Words{"--image", image("landscape.png"), "--prompt", "Why?", "--method", "head-stats", "--dry-run", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json plan = json::parse(outcome.out);
  ASSERT_EQ(plan["passes"].size(), 1u);
  EXPECT_EQ(plan["passes"][0]["max_new_tokens"], 0);
  // 3 layers of 6 heads; 5 groups of tokens give 25 means, two groupings 4, the text after the image 1.
  EXPECT_EQ(plan["method_bytes"], 3 * 6 * (5 * 5 + 4 + 1) * (8 + 4));
}

TEST_F(HeadStats, TheQuestionIsPutByANamedTemplate) {
  const Words ask{"--image", image("small.png"), "--prompt", "Is it red?"};
  const std::string put = "Is it red?\nAnswer the question using a single word or phrase.";
  Outcome outcome =
      ocellus(run_words("out") + ask + Words{"--method", "head-stats", "--prompt-template", "short-answer"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json record = read_json(sample("out", "small-0") / "sample.json");
  EXPECT_EQ(record["question"], put);
  EXPECT_THAT(record["prompt"].get<std::string>(), ::testing::HasSubstr(put));
  EXPECT_EQ(read_json(scratch / "out/run.json")["request"]["prompt_template"], "short-answer");
  // The configuration that the run left behind asks for the same.
  outcome = ocellus({"run", "--config", "out/run.yaml", "--out", "again", "--progress", "none"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(read_json(sample("again", "small-0") / "sample.json"), record);
  // And without it, it is another request.
  expect_refusal(ocellus(run_words("out") + ask + Words{"--method", "head-stats"}), 2, {"another request"});
  expect_refusal(ocellus(run_words("other") + ask + Words{"--method", "head-stats", "--prompt-template", "short"}), 2,
                 {"short-answer"});
}

}  // namespace
}  // namespace ocellus::test
