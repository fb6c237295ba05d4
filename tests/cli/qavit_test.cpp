// A QA-ViT folder through the whole program: where a picture is looked at with a question in mind.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/cli/picture.hpp"
#include "tests/cli/program.hpp"
#include "tests/support/qavit_folder.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr int64_t patches = 25;  // of a picture, five a side

std::vector<float> floats_of(const NpyArray& array) {
  const auto values = array.as<float>();
  return {values.begin(), values.end()};
}

const std::string left = "What is on the left?", right = "Where is the red star?";

class QaVit : public Program {
 protected:
  std::filesystem::path model(const std::string& name, const json& text_encoder = json::object()) const {
    const auto folder = scratch / name;
    make_qavit_folder(fixtures.parent_path() / "qavit", name, folder, text_encoder);
    return folder;
  }
  Outcome ask(const std::filesystem::path& model, const std::string& out, const std::string& question,
              const Words& more) const {
    return ocellus(run_words(out, model) + Words{"--image", image("landscape.png"), "--prompt", question} + more);
  }
  // A data set of `left` and `right`, each about its picture.
  std::string two_questions(const std::vector<std::string>& pictures) const {
    const std::vector<std::string> questions{left, right}, categories{"a", "b"};
    std::string lines;
    for (size_t i = 0; i < 2; ++i) {
      lines += json{{"image", image(pictures[i])}, {"prompt", questions[i]}, {"category", categories[i]}}.dump() + "\n";
    }
    return write_file(scratch / "data.jsonl", lines).string();
  }
  std::map<std::string, NpyArray> arrays(const std::string& out, const std::string& label) const {
    return read_npz(sample(out, "landscape-0") / (label + ".npz"));
  }
};

TEST_F(QaVit, TheMapIsTheClassTokensRowOverThePatches) {
  const Outcome outcome =
      ask(model("all"), "out", left,
          {"--method", "qa-attention", "--method", "tensors:probes=attentions+hidden_states+input_ids+pixel_values"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto tensors = arrays("out", "tensors");
  const NpyArray& last = tensors.at("attention_2");  // [heads, tokens, keys]: class, patches, question
  const int64_t heads = last.shape[0], rows = last.shape[1], keys = last.shape[2];
  EXPECT_EQ(rows, 1 + patches);
  const json record = read_json(sample("out", "landscape-0") / "sample.json");
  const auto question_tokens = static_cast<int64_t>(record["tokens"].size());
  EXPECT_EQ(question_tokens, 8);  // [CLS] what is on the left ? [SEP]
  EXPECT_EQ(record["tokens"][1], (json{6, " what", "question"}));
  EXPECT_EQ(keys, rows + question_tokens);
  const std::vector<float> attention = floats_of(last);
  std::vector<double> row(static_cast<size_t>(keys));
  for (int64_t head = 0; head < heads; ++head) {
    double sum = 0;
    for (int64_t key = 0; key < keys; ++key) {
      const double value = attention[static_cast<size_t>((head * rows + 0) * keys + key)];
      row[static_cast<size_t>(key)] += value / static_cast<double>(heads);
      sum += value;
    }
    EXPECT_NEAR(sum, 1, 1e-5);
  }
  const double of_patches = std::accumulate(row.begin() + 1, row.begin() + 1 + patches, 0.0);
  const std::vector<float> map = floats_of(arrays("out", "qa-attention").at("values"));
  ASSERT_EQ(map.size(), static_cast<size_t>(patches));
  for (size_t patch = 0; patch < map.size(); ++patch) EXPECT_NEAR(map[patch], row[patch + 1] / of_patches, 1e-6);

  const json& artifact = record["artifacts"][0]["numbers"];
  EXPECT_NEAR(artifact["mass.image"].get<double>(), of_patches, 1e-6);
  EXPECT_NEAR(artifact["mass.question"].get<double>(), std::accumulate(row.begin() + rows, row.end(), 0.0), 1e-6);
  double entropy = 0;
  for (const float value : map) entropy -= static_cast<double>(value) * std::log(static_cast<double>(value) + 1e-8);
  EXPECT_NEAR(artifact["entropy"].get<double>(), entropy, 1e-5);
  EXPECT_NEAR(artifact["attention_mean"].get<double>(), 1.0 / patches, 1e-7);
  const NpyArray top = arrays("out", "qa-attention").at("top_patches");
  EXPECT_EQ(top.shape, (std::vector<int64_t>{5, 2}));
  const auto place = top.as<int64_t>();
  const auto hottest = std::max_element(map.begin(), map.end()) - map.begin();
  EXPECT_EQ(place[0] * 5 + place[1], hottest);
}

TEST_F(QaVit, TheQuestionMovesTheMapOnlyWhereItIsSeen) {
  const auto folder = model("late");  // layers 2 and 3 of 4 see it
  for (const auto& [out, question] : {std::pair("left", left), std::pair("right", right)}) {
    const Outcome outcome =
        ask(folder, out, question, {"--method", "qa-attention:layers=all,blind=label", "--render", "overlay:dpi=50"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  const std::vector<float> a = floats_of(arrays("left", "qa-attention").at("values")),
                           b = floats_of(arrays("right", "qa-attention").at("values"));
  ASSERT_EQ(a.size(), static_cast<size_t>(4 * patches));
  EXPECT_TRUE(std::equal(a.begin(), a.begin() + 2 * patches, b.begin()));
  for (int64_t layer = 2; layer < 4; ++layer)
    EXPECT_FALSE(
        std::equal(a.begin() + layer * patches, a.begin() + (layer + 1) * patches, b.begin() + layer * patches));
  const json artifact = read_json(sample("left", "landscape-0") / "sample.json")["artifacts"][0]["texts"];
  EXPECT_THAT(artifact["degenerate.0"].get<std::string>(), HasSubstr("not see the question"));
  EXPECT_FALSE(artifact.contains("degenerate.2"));

  expect_refusal(ask(folder, "refused", left, {"--method", "qa-attention:layers=0+2"}), 4,
                 {"layer 0 does not see the question", "2, 3", "blind=label"});
  ASSERT_EQ(ask(folder, "late", left, {"--method", "qa-attention:layers=all"}).exit_code, 0);
  EXPECT_EQ(read_json(sample("late", "landscape-0") / "sample.json")["artifacts"][0]["texts"]["layers.left_out"],
            "0+1");
}

TEST_F(QaVit, TwoQuestionsAreCompared) {
  const auto folder = model("late2");
  const Outcome outcome =
      ask(folder, "out", left,
          {"--method", "qa-attention", "--method", "qa-attention:as=other,difference=\"" + right + "\"", "--method",
           "qa-attention:as=soft,double-softmax=on", "--method", "qa-attention:as=rows,query=patches,heads=max"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  ASSERT_EQ(ask(folder, "right", right, {"--method", "qa-attention"}).exit_code, 0);
  const std::vector<float> a = floats_of(arrays("out", "qa-attention").at("values")),
                           b = floats_of(arrays("right", "qa-attention").at("values")),
                           difference = floats_of(arrays("out", "other").at("values"));
  double largest = 0;
  for (size_t patch = 0; patch < a.size(); ++patch) {
    EXPECT_NEAR(difference[patch], a[patch] - b[patch], 1e-7);
    largest = std::max(largest, std::abs(static_cast<double>(difference[patch])));
  }
  EXPECT_GT(largest, 1e-4);
  const json record = read_json(sample("out", "landscape-0") / "sample.json");
  EXPECT_FALSE(record["artifacts"][1]["numbers"].contains("entropy"));
  EXPECT_NEAR(record["artifacts"][2]["numbers"]["entropy"].get<double>(), std::log(patches), 0.01);
}

TEST_F(QaVit, MapsOfAllSamplesAreOneArray) {
  const auto run = [&](const std::string& out, const std::filesystem::path& folder, const std::string& data,
                       const std::string& method) {
    const Outcome outcome = ocellus(run_words(out, folder) + Words{"--dataset", data, "--method", method});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return scratch / out / "collection";
  };
  const auto folder = model("late");
  const auto one = run("one", folder, two_questions({"landscape.png", "portrait.png"}), "qa-attention");
  const NpyArray maps = read_npz(one / "qa-attention.maps.npz").at("values");
  ASSERT_EQ(maps.shape, (std::vector<int64_t>{2, patches}));
  const std::vector<float> all = floats_of(maps);
  const json record = read_json(one / "qa-attention.json");
  const std::vector<std::string> samples{"landscape-0", "portrait-1"};
  EXPECT_EQ(record["artifacts"][0]["texts"]["sample"], samples[0] + "\n" + samples[1]);
  for (size_t i = 0; i < 2; ++i) {
    const auto own = floats_of(read_npz(sample("one", samples[i]) / "qa-attention.npz").at("values"));
    EXPECT_TRUE(std::equal(own.begin(), own.end(), all.begin() + static_cast<std::ptrdiff_t>(i) * patches));
  }
  EXPECT_THAT(read_file(one / "qa-attention.statistics.csv"), HasSubstr("sample,question,image,layer,mean,std,max"));
  EXPECT_THAT(read_file(one / "qa-attention.statistics.csv"), HasSubstr("landscape-0,What is on the left?,0,3,0.04"));

  const auto stacks =
      run("stacks", folder, two_questions({"landscape.png", "portrait.png"}), "qa-attention:layers=all");
  EXPECT_EQ(read_npz(stacks / "qa-attention.maps.npz").at("values").shape, (std::vector<int64_t>{2, 2, patches}));

  // A decoder's grids have the shapes of the pictures: there is no such array.
  const auto decoder = run("decoder", base_model, two_questions({"landscape.png", "portrait.png"}), "qa-attention");
  EXPECT_FALSE(std::filesystem::exists(decoder / "qa-attention.maps.npz"));
  EXPECT_TRUE(std::filesystem::exists(decoder / "qa-attention.statistics.csv"));
}

TEST_F(QaVit, HeadsAreMeasuredByWhatTheQuestionGets) {
  const auto folder = model("late");  // layers 2 and 3 of 4 see it
  const std::string data = two_questions({"landscape.png", "landscape.png"});
  const Outcome outcome = ocellus(run_words("out", folder) + Words{"--dataset", data, "--method", "head-stats",
                                                                   "--method", "tensors:probes=attentions", "--render",
                                                                   "histogram:dpi=50", "--render", "export"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const auto& entry : std::filesystem::directory_iterator(scratch / "out/samples")) {
    const NpyArray attention = read_npz(entry.path() / "tensors.npz").at("attention_3");  // class, patches, question
    const std::vector<float> values = floats_of(attention),
                             found = floats_of(read_npz(entry.path() / "head-stats.npz").at("visual_to_text"));
    const int64_t heads = attention.shape[0], rows = attention.shape[1], keys = attention.shape[2];
    ASSERT_EQ(found.size(), static_cast<size_t>(2 * heads));
    for (int64_t head = 0; head < heads; ++head) {
      double sum = 0;
      for (int64_t row = 1; row < rows; ++row) {
        for (int64_t key = rows; key < keys; ++key)
          sum += static_cast<double>(values[static_cast<size_t>((head * rows + row) * keys + key)]);
      }
      EXPECT_NEAR(found[static_cast<size_t>(heads + head)], sum / patches, 1e-6);
    }
    const json texts = read_json(entry.path() / "sample.json")["artifacts"][0]["texts"];
    EXPECT_THAT(texts["undefined.text_to_visual"].get<std::string>(), HasSubstr("keys alone"));
    EXPECT_EQ(texts["layers.left_out"], "0+1");
  }
  const json records = read_json(scratch / "out/collection/head-stats.records.export.json");
  EXPECT_EQ(records[1]["category"], "b");
  EXPECT_FALSE(records[1]["per_layer"][0].contains("text_to_visual"));
  EXPECT_TRUE(std::filesystem::exists(scratch / "out/collection/head-stats.histogram.png"));

  expect_refusal(ask(folder, "blind", left, {"--method", "head-stats:layers=1"}), 4,
                 {"layer 1 does not see the question"});
  expect_refusal(ask(folder, "upstream", left, {"--method", "head-stats:text-group=upstream"}), 2, {"text-group"});
  expect_refusal(ask(model("plain"), "plain", left, {"--method", "head-stats"}), 4, {"no layer of this tower"});
}

TEST_F(QaVit, WhatItCannotDoIsRefusedByName) {
  const auto folder = model("all");
  expect_refusal(ask(folder, "a", left, {"--method", "smooth-gradcam"}), 4, {"gradient/1@language", "qavit"});
  expect_refusal(ask(folder, "b", left, {"--method", "qa-attention", "--max-new-tokens", "3"}), 4, {"says nothing"});
  expect_refusal(ask(folder, "c", left, {"--method", "raw-attention:query=answer"}), 2, {"takes no query"});
  expect_refusal(ask(folder, "d", left, {"--method", "raw-attention:rollout=on"}), 4, {"qa-attention"});
  EXPECT_EQ(ask(folder, "e", left, {"--method", "raw-attention", "--method", "tensors"}).exit_code, 0);
  const Outcome silent = ask(folder, "f", " ", {"--method", "qa-attention"});
  EXPECT_EQ(silent.exit_code, 1);
  EXPECT_THAT(silent.err, HasSubstr("there is no question"));
}

TEST_F(QaVit, APlainClipIsATowerWithoutAQuestion) {
  const auto folder = model("plain");
  expect_refusal(ask(folder, "refused", left, {"--method", "qa-attention"}), 4,
                 {"no layer of this tower", "blind=label"});
  const Outcome outcome = ask(folder, "out", left, {"--method", "qa-attention:blind=label", "--method", "tensors"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(read_json(scratch / "out/run.json")["facts"]["model type"].get<std::string>(), HasSubstr("clip"));
  EXPECT_EQ(arrays("out", "tensors").at("hidden_states").shape, (std::vector<int64_t>{3, 1 + patches, 33}));
}

TEST_F(QaVit, QuestionsAreCutAndCleanedAsTheFolderSays) {
  const auto ids = [&](const std::string& out, const std::filesystem::path& folder) {
    EXPECT_EQ(ask(folder, out, "What IS on the \"left\"... the red star!", {"--method", "tensors:probes=input_ids"})
                  .exit_code,
              0);
    const auto array = arrays(out, "tensors").at("input_ids");
    const auto values = array.as<int64_t>();
    return std::vector<int64_t>(values.begin(), values.end());
  };
  EXPECT_EQ(ids("whole", model("all")), (std::vector<int64_t>{2, 6, 8, 9, 10, 11, 10, 13, 14, 3}));
  EXPECT_EQ(ids("cut", model("early", {{"max_length", 5}})), (std::vector<int64_t>{2, 6, 8, 9, 3}));
  EXPECT_EQ(ids("words", model("late3", {{"max_words", 2}, {"add_special_tokens", false}})),
            (std::vector<int64_t>{6, 8}));
  const std::vector<int64_t> raw = ids("raw", model("sparse", {{"question_preprocess", "none"}}));
  EXPECT_GT(raw.size(), 10u);  // punctuation is unknown
}

TEST_F(QaVit, TheSeedsConfigurationIsRead) {
  const auto folder = model("all");
  const std::string config =
      write_file(scratch / "seed.yaml",
                 "model:\n  arch: pnp_vqa_qavit\n  qavit_config: {integration_point: all, patch_size: 5}\n"
                 "run: {block_num: 1, num_captions: 50}\n")
          .string();
  const Words words = run_words("out", folder) + Words{"--image", image("landscape.png"), "--prompt", left};
  const Outcome outcome = ocellus(words + Words{"--config", config});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("not used here: model.arch, run.num_captions"));
  EXPECT_EQ(read_json(sample("out", "landscape-0") / "sample.json")["artifacts"][0]["numbers"]["layer"], 1);
  write_file(scratch / "seed.yaml", "model:\n  qavit_config: {integration_point: late}\nrun: {block_num: 1}\n");
  expect_refusal(ocellus(words + Words{"--config", config}), 3, {"integration_point is all and not late"});
}

TEST_F(QaVit, ThePresetDrawsEachQuestionAndAllOfThem) {
  Words words = run_words("out", model("all")) +
                Words{"--image", image("landscape.png"), "--image", image("portrait.png"), "--preset", "qavit"};
  for (const std::string& question : {left, right}) words = words + Words{"--prompt", question};
  const Outcome outcome = ocellus(words);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  std::set<std::string> pictures;
  for (const std::string& file : files_in(scratch / "out")) {
    if (file.ends_with(".png")) pictures.insert(file);
  }
  const std::string of_left = "heatmap_what-is-on-the-left-52111c84.png",
                    of_right = "heatmap_where-is-the-red-star-11add354.png";
  EXPECT_EQ(pictures, (std::set<std::string>{"qavit/landscape/" + of_left, "qavit/landscape/" + of_right,
                                             "qavit/landscape/comparison.png", "qavit/portrait/" + of_left,
                                             "qavit/portrait/" + of_right, "qavit/portrait/comparison.png"}));
  // Three panels with pictures of 4.5 inches at 300 dpi, three columns of 4 inches at 150 dpi.
  EXPECT_GT(read_picture(scratch / "out/qavit/landscape" / of_left).width, 2 * 1350 + 900);
  EXPECT_GT(read_picture(scratch / "out/qavit/landscape/comparison.png").width, 3 * 600);
  EXPECT_NE(read_file(scratch / "out/qavit/landscape" / of_left),
            read_file(scratch / "out/qavit/landscape" / of_right));
}

TEST_F(QaVit, InspectTellsWhatEachLayerSees) {
  const Outcome outcome = ocellus(
      {"inspect", "--model", model("late").string(), "--image", image("landscape.png"), "--prompt", left, "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json record = json::parse(outcome.out);
  EXPECT_EQ(record["facts"]["question-aware layers"], "2, 3");
  ASSERT_EQ(record["layouts"].size(), 3u);
  EXPECT_EQ(record["layouts"][0]["layers"], (json{0, 2}));
  EXPECT_EQ(record["layouts"][0]["n_tokens"], 1 + patches);
  EXPECT_EQ(record["layouts"][1]["n_tokens"], 1 + patches + 8);
  EXPECT_EQ(record["layouts"][2]["stack"], "question");
}

}  // namespace
}  // namespace ocellus::test
