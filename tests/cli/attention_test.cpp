// Promise 6: rows are probabilities, groups of tokens partition them, and maps are the rows that they are named after.
// raw-attention is checked against what `tensors` exports of the same run, and against the reference.
#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;

// attentions[L, H, T, T]
struct Attentions {
  NpyArray array;
  int64_t layers, heads, length;
  std::span<const float> row(int64_t layer, int64_t head, int64_t query) const {
    const auto all = array.as<float>();
    return all.subspan(static_cast<size_t>(((layer * heads + head) * length + query) * length),
                       static_cast<size_t>(length));
  }
};

class Attention : public Program {
 protected:
  // A conversation of two turns about two pictures, explained with `specs` and exported.
  void explain(const Words& specs) {
    json messages = json::array();
    messages.push_back({{"role", "system"}, {"content", "Answer in one word."}});
    messages.push_back({{"role", "user"},
                        {"content",
                         {{{"type", "text"}, {"text", "Look at "}},
                          {{"type", "image"}, {"image", "landscape.png"}},
                          {{"type", "image"}, {"image", "portrait.png"}},
                          {{"type", "text"}, {"text", "Is it even?"}}}}});
    messages.push_back({{"role", "assistant"}, {"content", "No."}});
    messages.push_back({{"role", "user"}, {"content", "Why not?"}});
    write_file(scratch / "messages.json", messages.dump());
    Words words = run_words("out") + Words{"--messages",       "messages.json",
                                           "--image-dir",      (fixtures / "images").string(),
                                           "--max-new-tokens", "4",
                                           "--method",         "tensors:probes=attentions"};
    for (const std::string& spec : specs) words = words + Words{"--method", spec};
    const Outcome outcome = ocellus(words);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    said = outcome.err;
    folder = sample("out", "landscape-0");
    record = read_json(folder / "sample.json");
    NpyArray array = read_npz(folder / "tensors.npz").at("attentions");
    exported = {array, array.shape[0], array.shape[1], array.shape[2]};
  }

  // The tokens of a segment of the prompt: [begin, end).
  std::vector<std::pair<int64_t, int64_t>> segments(const std::string& kind, int image = -1) const {
    std::vector<std::pair<int64_t, int64_t>> found;
    for (const json& segment : record["layouts"][0]["segments"]) {
      if (segment["kind"] == kind && segment.value("image", -1) == image)
        found.emplace_back(segment["begin"], segment["end"]);
    }
    return found;
  }

  // The map that `label` should have for `image`: the mean over heads, then over `queries`.
  std::vector<double> expected_map(int64_t layer, const std::vector<int64_t>& queries, int image) const {
    const auto [begin, end] = segments("image", image).at(0);
    std::vector<double> map;
    for (int64_t key = begin; key < end; ++key) {
      double sum = 0;
      for (const int64_t query : queries) {
        for (int64_t head = 0; head < exported.heads; ++head)
          sum += exported.row(layer, head, query)[static_cast<size_t>(key)];
      }
      map.push_back(sum / static_cast<double>(exported.heads) / static_cast<double>(queries.size()));
    }
    return map;
  }

  void expect_map(const std::string& label, int64_t layer, const std::vector<int64_t>& queries) const {
    for (const int image : {0, 1}) {
      const NpyArray values = read_npz(folder / (label + fmt::format(".image{}.npz", image))).at("values");
      const std::vector<double> expected = expected_map(layer, queries, image);
      ASSERT_EQ(values.as<float>().size(), expected.size());
      for (size_t i = 0; i < expected.size(); ++i)
        EXPECT_NEAR(values.as<float>()[i], expected[i], 1e-7) << label << " cell " << i;
    }
  }

  std::filesystem::path folder;
  std::string said;  // on standard error
  json record;
  Attentions exported;
};

TEST_F(Attention, RowsAreProbabilitiesAndLookBackOnly) {
  explain({});
  ASSERT_EQ(exported.layers, 3);
  ASSERT_EQ(exported.heads, 6);
  for (int64_t layer = 0; layer < exported.layers; ++layer) {
    for (int64_t head = 0; head < exported.heads; ++head) {
      for (int64_t query = 0; query < exported.length; ++query) {
        const auto row = exported.row(layer, head, query);
        double sum = 0;
        for (int64_t key = 0; key < exported.length; ++key) {
          ASSERT_GE(row[static_cast<size_t>(key)], 0) << query;
          if (key > query) {
            ASSERT_EQ(row[static_cast<size_t>(key)], 0) << query;
          }
          sum += row[static_cast<size_t>(key)];
        }
        ASSERT_NEAR(sum, 1, 1e-6) << layer << ' ' << head << ' ' << query;
      }
    }
  }
}

TEST_F(Attention, MapsAreTheRowsTheyAreNamedAfter) {
  explain({"raw-attention:as=last", "raw-attention:as=first_token,query=answer:0,layers=1",
           "raw-attention:as=question,query=question", "raw-attention:as=position,query=position:70,layers=0",
           "raw-attention:as=head,heads=4"});
  const int64_t last = exported.length - 1;
  expect_map("last", 2, {last});
  expect_map("first_token", 1, {last});  // the last position of the prompt produced it
  expect_map("position", 0, {70});
  const auto [begin, end] = segments("question").at(0);
  std::vector<int64_t> question(static_cast<size_t>(end - begin));
  std::iota(question.begin(), question.end(), begin);
  expect_map("question", 2, question);

  const NpyArray head = read_npz(folder / "head.image0.npz").at("values");
  const auto row = exported.row(2, 4, last);
  const int64_t first = segments("image", 0).at(0).first;
  for (size_t i = 0; i < head.as<float>().size(); ++i)
    EXPECT_EQ(head.as<float>()[i], row[static_cast<size_t>(first) + i]);
}

TEST_F(Attention, AStackHoldsTheMapsOfItsLayersAndTheirMean) {
  explain({"raw-attention:as=stack,layers=2+0", "raw-attention:as=mean,layers=2+0,reduce=mean",
           "raw-attention:as=max,heads=max"});
  const auto stack = read_npz(folder / "stack.image1.npz");
  EXPECT_THAT(stack.at("index").as<int64_t>(), ::testing::ElementsAre(2, 0));
  const NpyArray values = stack.at("values");
  const auto maps = values.as<float>();
  const int64_t last = exported.length - 1;
  const std::vector<double> two = expected_map(2, {last}, 1), zero = expected_map(0, {last}, 1);
  const NpyArray mean = read_npz(folder / "mean.image1.npz").at("values"),
                 max = read_npz(folder / "max.image1.npz").at("values");
  const size_t n = two.size();
  ASSERT_EQ(maps.size(), 2 * n);
  const int64_t first = segments("image", 1).at(0).first;
  for (size_t i = 0; i < n; ++i) {
    EXPECT_NEAR(maps[i], two[i], 1e-7);
    EXPECT_NEAR(maps[n + i], zero[i], 1e-7);
    EXPECT_NEAR(mean.as<float>()[i], (two[i] + zero[i]) / 2, 1e-7);
    float largest = 0;
    for (int64_t head = 0; head < exported.heads; ++head)
      largest = std::max(largest, exported.row(2, head, last)[static_cast<size_t>(first) + i]);
    EXPECT_EQ(max.as<float>()[i], largest);
  }
}

TEST_F(Attention, MassesOfTheGroupsAddUpToOne) {
  explain({"raw-attention:as=last", "raw-attention:as=question,query=question,layers=0",
           "raw-attention:as=answer,query=answer", "raw-attention:as=third,query=answer:2,layers=1"});
  size_t n_maps = 0;
  for (const json& artifact : record["artifacts"]) {
    if (artifact["type"] != "heatmap/1") continue;
    ++n_maps;
    double sum = 0, on_image = 0;
    const std::string own = "mass.image" + artifact["image"].dump();
    for (const auto& [name, value] : artifact["numbers"].items()) {
      if (name.starts_with("mass.") && name != "mass.first_token") sum += value.get<double>();
      if (name == own) on_image = value.get<double>();
    }
    EXPECT_NEAR(sum, 1, 1e-6) << artifact["label"];
    const NpyArray values = read_npz(folder / artifact["file"].get<std::string>()).at("values");
    EXPECT_NEAR(std::accumulate(values.as<float>().begin(), values.as<float>().end(), 0.0), on_image, 1e-6);
  }
  EXPECT_EQ(n_maps, 8u);
}

TEST_F(Attention, LaterRowsOfTheAnswerAreTheReferences) {
  // step_attention[L, H, T + 1] is the row that produced answer token 1.
  const NpyArray step = expected_array("base", "step_attention");
  run("out", {"--max-new-tokens", "8", "--method", "raw-attention:query=answer:1,layers=all"});
  const NpyArray values = read_npz(sample("out", "landscape-0") / "raw-attention.npz").at("values");
  const size_t layers = 3, heads = 6, keys = static_cast<size_t>(step.shape[2]), cells = 30, first = 16;
  ASSERT_EQ(values.as<float>().size(), layers * cells);
  for (size_t layer = 0; layer < layers; ++layer) {
    for (size_t cell = 0; cell < cells; ++cell) {
      double sum = 0;
      for (size_t head = 0; head < heads; ++head) sum += step.as<float>()[(layer * heads + head) * keys + first + cell];
      EXPECT_NEAR(values.as<float>()[layer * cells + cell], sum / heads, 2e-6);
    }
  }
}

TEST_F(Attention, ARelativeMapIsDividedByThatOfTheGeneralQuestion) {
  const auto maps = [&](const std::string& out, const std::string& prompt, const std::string& label) {
    const Outcome outcome = ocellus(run_words(out) + Words{"--image", image("landscape.png"), "--prompt", prompt,
                                                           "--method", "raw-attention:layers=all,as=plain", "--method",
                                                           "raw-attention:layers=all,as=relative,relative=on"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const NpyArray array = read_npz(sample(out, "landscape-0") / (label + ".npz")).at("values");
    return std::vector<float>(array.as<float>().begin(), array.as<float>().end());
  };
  const std::string general = "Write a general description of the image.";
  const std::vector<float> question = maps("question", "Is it even?", "plain"),
                           divisor = maps("general", general, "plain"),
                           relative = maps("again", "Is it even?", "relative"), one = maps("one", general, "relative");
  ASSERT_EQ(relative.size(), 3u * 30);
  for (size_t i = 0; i < relative.size(); ++i) {
    EXPECT_NEAR(relative[i], question[i] / divisor[i], 1e-5 * relative[i]) << i;
    EXPECT_NEAR(one[i], 1, 1e-6) << i;
  }
}

TEST_F(Attention, RolloutMultipliesTheExportedLayers) {
  explain({"raw-attention:as=rollout,rollout=on,layers=0..2"});
  const auto n = static_cast<size_t>(exported.length);
  std::vector<std::vector<double>> flow(n, std::vector<double>(n));
  for (size_t i = 0; i < n; ++i) flow[i][i] = 1;
  const auto [begin, end] = segments("image", 1).at(0);
  const NpyArray values = read_npz(folder / "rollout.image1.npz").at("values");
  for (int64_t layer = 0; layer < exported.layers; ++layer) {
    std::vector<std::vector<double>> next(n, std::vector<double>(n));
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j <= i; ++j) {
        double weight = i == j ? 1 : 0;
        for (int64_t head = 0; head < exported.heads; ++head) {
          weight += exported.row(layer, head, static_cast<int64_t>(i))[j] / static_cast<double>(exported.heads);
        }
        for (size_t k = 0; k <= j; ++k) next[i][k] += weight / 2 * flow[j][k];
      }
    }
    flow = next;
    for (int64_t key = begin; key < end; ++key) {
      const auto cell = static_cast<size_t>(layer * (end - begin) + key - begin);
      ASSERT_NEAR(values.as<float>()[cell], flow[n - 1][static_cast<size_t>(key)], 1e-6) << layer << ' ' << key;
    }
  }
}

TEST_F(Attention, DroppedSinksAreRemovedAndTold) {
  // A threshold of 1 makes every state a sink that shares its largest dimension with the first token.
  explain({"raw-attention:as=keep", "raw-attention:as=drop,sinks=drop,sink-threshold=2"});
  double removed_cells = 0;
  for (const int image : {0, 1}) {
    const auto kept = read_npz(folder / fmt::format("keep.image{}.npz", image)).at("values");
    auto dropped = read_npz(folder / fmt::format("drop.image{}.npz", image));
    double mass = 0;
    for (size_t i = 0; i < kept.as<float>().size(); ++i) {
      const float value = dropped.at("values").as<float>()[i], removed = dropped.at("removed").as<float>()[i];
      EXPECT_EQ(value + removed, kept.as<float>()[i]) << i;
      EXPECT_TRUE(value == 0 || removed == 0) << i;
      mass += removed;
      removed_cells += removed != 0 ? 1 : 0;
    }
    for (const json& artifact : record["artifacts"]) {
      if (artifact["label"] == "drop" && artifact["image"] == image) {
        EXPECT_NEAR(artifact["numbers"]["sinks.mass"].get<double>(), mass, 1e-6);
      }
    }
  }
  EXPECT_GT(removed_cells, 0);
}

TEST_F(Attention, TheTowersMapsAreDistributionsOverTheirOwnImage) {
  explain({"raw-attention:as=tower,stack=vision,layers=1+3"});
  for (const int image : {0, 1}) {
    const auto values = read_npz(folder / fmt::format("tower.image{}.npz", image)).at("values");
    const size_t cells = values.as<float>().size() / 2;
    for (size_t layer = 0; layer < 2; ++layer) {
      const auto map = values.as<float>().subspan(layer * cells, cells);
      EXPECT_NEAR(std::accumulate(map.begin(), map.end(), 0.0), 1, 1e-5) << image << ' ' << layer;
    }
  }
}

TEST_F(Attention, WordsLeaveOutTheTowersWindowedBlocksAndSaySo) {
  explain({"raw-attention:as=tower,stack=vision,layers=all", "raw-attention:as=last,stack=vision"});
  EXPECT_THAT(said, testing::HasSubstr("layers=all leaves out 0, 2, each of which attends within windows"));
  for (const json& artifact : record["artifacts"]) {
    const bool is_stack = artifact["label"] == "tower";
    EXPECT_EQ(artifact["texts"].contains("layers.left_out"), is_stack);
    if (is_stack) {
      EXPECT_EQ(artifact["texts"]["layers.left_out"], "0, 2");
    }
  }
  const auto layers = read_npz(folder / "tower.image0.npz").at("index");
  EXPECT_EQ(std::vector(layers.as<int64_t>().begin(), layers.as<int64_t>().end()), (std::vector<int64_t>{1, 3}));
}

TEST_F(Attention, WhatExcludesEachOtherIsRefused) {
  const auto refused = [&](const std::string& options, int code, const std::string& word) {
    expect_refusal(ocellus(run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why?", "--method",
                                                    "raw-attention:" + options}),
                   code, {word});
  };
  refused("rollout=on,relative=on", 2, "rollout and relative");
  refused("rollout=on,sinks=drop", 2, "rollout and sinks=drop");
  refused("stack=vision,query=question", 2, "no query");
  refused("stack=vision,relative=on", 2, "qa-attention compares questions");
  refused("stack=vision,layers=0", 4, "1, 3");
  refused("rollout=on,query=answer", 4, "--answer");
}

}  // namespace
}  // namespace ocellus::test
