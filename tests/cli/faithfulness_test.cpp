// The faithfulness stage through the whole program: curves against transformers on the demo's checkpoints, controls,
// what is stored, drawn and printed.
#include <algorithm>

#include "host/faithfulness/masking.hpp"
#include "tests/cli/model_folder.hpp"
#include "tests/cli/picture.hpp"
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;

const std::filesystem::path references = fixtures.parent_path() / "faithfulness";
const std::filesystem::path demo = source_dir / "demo";

std::vector<float> floats(const NpyArray& array) {
  const auto values = array.as<float>();
  return {values.begin(), values.end()};
}

class Faithfulness : public Program {
 protected:
  // A run about one of the demo's scenes with a known box.
  Words scene(const std::string& out, const Words& more) const {
    return run_words(out, demo / "qwen2_5_vl") + Words{"--dataset", (demo / "scenes/scenes.json").string()} + more;
  }
  Words small(const std::string& out, const Words& more) const {
    return run_words(out) + Words{"--image", image("small.png"), "--prompt", "Why?"} + more;
  }
  json judged(const std::string& out, const std::string& id) const {
    return read_json(sample(out, id) / "sample.json")["faithfulness"];
  }
  // One row of the curves of `out`.
  std::vector<float> line(const std::string& out, const std::string& id, const std::string& name, size_t curve) const {
    const NpyArray array = read_npz(sample(out, id) / "faithfulness.npz").at(name);
    const auto points = static_cast<size_t>(array.shape.at(1));
    const std::vector<float> all = floats(array);
    return {all.begin() + static_cast<std::ptrdiff_t>(curve * points),
            all.begin() + static_cast<std::ptrdiff_t>((curve + 1) * points)};
  }
  static constexpr const char* layer3 = "raw-attention:layers=3";
};

TEST_F(Faithfulness, CurvesAreThoseOfTransformers) {
  for (const std::string name : {"color", "answer", "cropped"}) {
    const json about = read_json(references / (name + ".json"));
    const std::string picture = (demo / about["picture"]).string();
    const bool whole = about["whole_answer"];
    const Outcome outcome =
        ocellus(run_words(name, demo / about["model"]) +
                Words{"--image", picture, "--prompt", about["question"], "--dtype", "float32", "--method", layer3,
                      whole ? "--faithfulness:seeds=1,tokens=answer" : "--faithfulness:seeds=1"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::string id = std::filesystem::path(picture).stem().string() + "-0";
    auto expected = read_npz(references / (name + ".npz"));
    const auto artifact = read_npz(sample(name, id) / "raw-attention.npz");
    const auto values = artifact.at("values").as<float>();
    const auto theirs = expected.at("values").as<float>();
    ASSERT_EQ(values.size(), theirs.size());
    for (size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i], theirs[i], 2e-6) << name;
    for (const std::string curve : {"x", "deletion", "insertion"}) {
      const std::vector<float> mine = line(name, id, curve, 0);
      const auto reference = expected.at(curve).as<double>();
      ASSERT_EQ(mine.size(), reference.size());
      for (size_t i = 0; i < mine.size(); ++i) EXPECT_NEAR(mine[i], reference[i], 1e-5) << name << " " << curve << i;
    }
    const auto likeliest = expected.at("likeliest").as<int64_t>();
    const auto flip = std::find_if(likeliest.begin(), likeliest.end(), [&](int64_t of) { return of != likeliest[0]; });
    const json map = judged(name, id)["maps"][0];
    EXPECT_EQ(map["flips"], flip == likeliest.end() ? 0.0 : 1.0);
    if (flip != likeliest.end()) {
      EXPECT_EQ(map["flip_area"], expected.at("x").as<double>()[static_cast<size_t>(flip - likeliest.begin())]);
    }
  }
}

TEST_F(Faithfulness, TheOracleIsAboveTheMapAndTheMapAboveRandom) {
  const Outcome outcome =
      ocellus(scene("out", {"--limit", "4", "--method", layer3, "--method", "raw-attention:layers=0,as=first",
                            "--faithfulness:steps=6,seeds=2", "--render", "curves:format=png+svg,dpi=60"}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  double map = 0, random = 0, oracle = 0, first = 0;
  for (const std::string id : {"00-color", "01-shape", "02-where", "03-exist"}) {
    const json maps = judged("out", id)["maps"];
    ASSERT_EQ(maps.size(), 2u);
    map += maps[0]["gap"].get<double>();
    first += maps[1]["gap"].get<double>();
    random += maps[0]["random"]["gap"].get<double>();
    oracle += maps[0]["oracle"]["gap"].get<double>();
    EXPECT_EQ(maps[0]["random"], maps[1]["random"]) << "of one grid";
    EXPECT_NEAR(maps[0]["gap"].get<double>(), maps[0]["insertion"].get<double>() - maps[0]["deletion"].get<double>(),
                1e-12);
  }
  EXPECT_GT(map, random + 1);
  EXPECT_GT(oracle, map - 0.4) << "the supervised layer reaches the oracle, about";
  EXPECT_GT(map, first);
  // Tables of all samples, and what is printed: each map beside its controls.
  const std::string table = read_file(scratch / "out/collection/faithfulness.csv");
  EXPECT_THAT(table,
              ::testing::StartsWith("label,layer,order,n,insertion,insertion_error,deletion,deletion_error,gap,"));
  EXPECT_THAT(table, ::testing::HasSubstr("\nraw-attention,3,map,4,"));
  EXPECT_THAT(table, ::testing::HasSubstr("\nraw-attention,3,random,4,"));
  EXPECT_THAT(table, ::testing::HasSubstr("\nfirst,0,oracle,4,"));
  EXPECT_THAT(read_file(scratch / "out/collection/faithfulness.differences.csv"),
              ::testing::HasSubstr("\nraw-attention,3,first,0,4,"));
  for (const char* word : {"insertion", "± ", "raw-attention", "  random", "  centre", "  oracle"})
    EXPECT_THAT(outcome.out, ::testing::HasSubstr(word));
  // Pictures of each sample and of all.
  EXPECT_TRUE(std::filesystem::exists(sample("out", "00-color") / "faithfulness.curves.png"));
  const std::string chart = read_file(scratch / "out/collection/faithfulness.mean.curves.svg");
  EXPECT_THAT(chart, ::testing::HasSubstr("<svg"));
}

// The pixels that the model is given, [patches, values], of a run about `picture`.
std::vector<float> pixels_of(const std::filesystem::path& folder) {
  return floats(read_npz(folder / "tensors.npz").at("pixel_values"));
}

TEST_F(Faithfulness, MaskingACellChangesExactlyThePatchesOfItsCell) {
  const std::filesystem::path scene = demo / "scenes/00-color.png";
  ASSERT_EQ(ocellus(run_words("clean", demo / "qwen2_5_vl") + Words{"--image", scene.string(), "--prompt", "Why?",
                                                                    "--method", "raw-attention", "--method",
                                                                    "tensors:probes=pixel_values"})
                .exit_code,
            0);
  const auto artifact = read_npz(sample("clean", "00-color-0") / "raw-attention.npz");
  const auto rows = artifact.at("cells").shape.at(0), cols = artifact.at("cells").shape.at(1);
  std::vector<store::Heatmap::Cell> cells;
  const auto edges = artifact.at("cells").as<float>();
  for (size_t i = 0; i < edges.size(); i += 4) cells.push_back({edges[i], edges[i + 1], edges[i + 2], edges[i + 3]});
  const media::Picture picture = read_picture(scene);
  const faithfulness::Grid grid(cells, picture.width, picture.height);
  const uint32_t place = static_cast<uint32_t>(cols + 2);  // second row, third column
  // White, which no pixel of the scene is.
  media::Picture white = picture;
  auto rgb = std::make_shared<uint8_t[]>(static_cast<size_t>(3 * picture.width * picture.height));
  std::fill_n(rgb.get(), 3 * picture.width * picture.height, uint8_t{255});
  white.rgb = rgb;
  const media::Picture masked = faithfulness::masked(picture, white, grid, std::span(&place, 1));
  const std::string file = write_bmp(scratch / "masked.bmp", masked.width, masked.height, [&](int x, int y) {
    const uint8_t* at = masked.rgb.get() + 3 * (y * masked.width + x);
    return Colour{at[0], at[1], at[2]};
  });
  ASSERT_EQ(ocellus(run_words("masked", demo / "qwen2_5_vl") +
                    Words{"--image", file, "--prompt", "Why?", "--method", "tensors:probes=pixel_values"})
                .exit_code,
            0);
  const std::vector<float> before = pixels_of(sample("clean", "00-color-0")),
                           after = pixels_of(sample("masked", "masked-0"));
  ASSERT_EQ(before.size(), after.size());
  // A cell is two by two patches, which follow each other: merge units are in raster order.
  const size_t patches = static_cast<size_t>(4 * rows * cols), width = before.size() / patches;
  for (size_t patch = 0; patch < patches; ++patch) {
    const bool is_same = std::equal(&before[patch * width], &before[patch * width] + width, &after[patch * width]);
    EXPECT_EQ(is_same, patch / 4 != place) << patch;
  }
}

TEST_F(Faithfulness, MethodsTogetherAreJudgedAsAlone) {
  const Words about{"--faithfulness:steps=3,seeds=1", "--image", image("small.png"), "--prompt", "Why?"};
  const Words one{"--method", "raw-attention:layers=0"}, other{"--method", "smooth-gradcam:layers=0,smooth=off"};
  ASSERT_EQ(ocellus(run_words("one") + about + one).exit_code, 0);
  ASSERT_EQ(ocellus(run_words("other") + about + other).exit_code, 0);
  ASSERT_EQ(ocellus(run_words("both") + about + other + one).exit_code, 0);
  const json both = judged("both", "small-0")["maps"];
  EXPECT_EQ(both[0], judged("other", "small-0")["maps"][0]);
  EXPECT_EQ(both[1], judged("one", "small-0")["maps"][0]);
}

TEST_F(Faithfulness, SameInSameOutAndAnotherSeedIsAnotherRandomOrder) {
  const Words words{"--method", "raw-attention:layers=0..1", "--faithfulness:steps=4,seeds=2"};
  ASSERT_EQ(ocellus(small("a", words)).exit_code, 0);
  ASSERT_EQ(ocellus(small("b", words)).exit_code, 0);
  ASSERT_EQ(ocellus(small("c", words + Words{"--seed", "5"})).exit_code, 0);
  EXPECT_EQ(read_file(sample("a", "small-0") / "faithfulness.npz"),
            read_file(sample("b", "small-0") / "faithfulness.npz"));
  EXPECT_EQ(judged("a", "small-0"), judged("b", "small-0"));
  EXPECT_EQ(judged("a", "small-0")["maps"][0]["insertion"], judged("c", "small-0")["maps"][0]["insertion"]);
  EXPECT_NE(judged("a", "small-0")["maps"][0]["random"], judged("c", "small-0")["maps"][0]["random"]);
}

TEST_F(Faithfulness, ChangesNoMapAndNoAnswer) {
  const Words words{"--method", "raw-attention:layers=0..1,query=answer", "--max-new-tokens", "3"};
  ASSERT_EQ(ocellus(small("without", words)).exit_code, 0);
  ASSERT_EQ(ocellus(small("with", words + Words{"--faithfulness:steps=2,seeds=1,tokens=answer"})).exit_code, 0);
  EXPECT_EQ(read_file(sample("with", "small-0") / "raw-attention.npz"),
            read_file(sample("without", "small-0") / "raw-attention.npz"));
  const json with = read_json(sample("with", "small-0") / "sample.json"),
             without = read_json(sample("without", "small-0") / "sample.json");
  EXPECT_EQ(with["generated_ids"], without["generated_ids"]);
  EXPECT_EQ(with["faithfulness"]["tokens"].size(), 3u);
}

TEST_F(Faithfulness, OfSeveralImagesEachIsMaskedByItself) {
  const Outcome outcome =
      ocellus(run_words("out") + Words{"--image", image("small.png"), "--image", image("landscape.png"), "--together",
                                       "--prompt", "Why?", "--method", "raw-attention:layers=0",
                                       "--faithfulness:steps=2,seeds=1"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::filesystem::path folder = sample("out", "small-0");
  const json record = read_json(folder / "sample.json");
  ASSERT_EQ(record["faithfulness"]["maps"].size(), 2u);
  EXPECT_EQ(record["faithfulness"]["maps"][1]["image"], 1);
  for (const char* file : {"faithfulness.image0.npz", "faithfulness.image1.npz"}) {
    const auto curves = read_npz(folder / file);
    EXPECT_NEAR(curves.at("deletion").as<float>()[0], record["faithfulness"]["clean"].get<float>(), 1e-6);
  }
  EXPECT_NE(record["faithfulness"]["maps"][0]["deletion"], record["faithfulness"]["maps"][1]["deletion"]);
}

TEST_F(Faithfulness, MapsOfFilmsAreJudgedByTheTokensThatTheyAreOf) {
  const Words film{"--method", "raw-attention:layers=0..1,query=generated", "--faithfulness:steps=2,seeds=1"};
  const auto numbers_of = [&](const std::string& out, const Words& more) {
    const Outcome outcome = ocellus(small(out, film + more));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return judged(out, "small-0")["maps"];
  };
  // An answer of one token: its map, and what is said of it, are those of the first token.
  const json one = numbers_of("one", {"--max-new-tokens", "1"});
  ASSERT_EQ(one.size(), 2u);
  EXPECT_EQ(one[1]["label"], "raw-attention.words");
  EXPECT_EQ(one[1]["layer"], 1);
  const Words first{"--method", "raw-attention:layers=0..1,query=answer:0", "--max-new-tokens", "1"};
  ASSERT_EQ(ocellus(small("first", first + Words{"--faithfulness:steps=2,seeds=1"})).exit_code, 0);
  const json maps = judged("first", "small-0")["maps"];
  for (const char* number : {"insertion", "deletion", "gap"}) {
    for (size_t layer = 0; layer < 2; ++layer) {
      EXPECT_NEAR(one[layer][number].get<double>(), maps[layer][number].get<double>(), 1e-6) << number;
      EXPECT_NEAR(one[layer]["random"][number].get<double>(), maps[layer]["random"][number].get<double>(), 1e-6);
    }
  }
  // Of several tokens one judgement a layer, whoever wrote them.
  const json written = numbers_of("written", {"--max-new-tokens", "3"});
  const json record = read_json(sample("written", "small-0") / "sample.json");
  const json given = numbers_of("given", {"--answer", record["answer"]});
  ASSERT_EQ(written.size(), 2u);
  EXPECT_NEAR(written[1]["gap"].get<double>(), given[1]["gap"].get<double>(), 1e-6);
  EXPECT_NE(written[1]["gap"], one[1]["gap"]);
  EXPECT_EQ(record["faithfulness"]["tokens"].size(), 1u) << "tokens=first is for other maps";
  // One whose bytes are no text cannot be given as one: its tokens are forced.
  EXPECT_EQ(numbers_of("bytes", {"--max-new-tokens", "6"}).size(), 2u);
}

TEST_F(Faithfulness, NumbersStandInTitlesBesideTheirControls) {
  const Words words{"--method", "raw-attention:layers=0..1", "--faithfulness:steps=2,seeds=1"};
  ASSERT_EQ(ocellus(small("out", words)).exit_code, 0);
  const Outcome outcome =
      ocellus({"render", "out", "--render", "overlay:format=svg,dpi=72,faithfulness=on", "--render",
               "grid:format=svg,dpi=72,faithfulness=on", "--render", "overlay:as=plain,format=svg,dpi=72"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::filesystem::path folder = sample("out", "small-0");
  // Letters are outlines: a title of one line more makes another picture.
  EXPECT_NE(read_file(folder / "raw-attention.layer0.overlay.svg"),
            read_file(folder / "raw-attention.layer0.plain.svg"));
  EXPECT_TRUE(std::filesystem::exists(folder / "raw-attention.grid.svg"));
}

// Two samples, judged quickly.
Words two_samples() {
  return {"--method",
          "raw-attention:layers=0",
          "--faithfulness:steps=2,seeds=1",
          "--image",
          image("small.png"),
          "--prompt",
          "Why?",
          "--prompt",
          "What is it?"};
}

TEST_F(Faithfulness, ARunGoesOnAndEndsAsOneThatNothingDisturbed) {
  const Words words = two_samples() + Words{"--render", "curves:dpi=50"};
  ASSERT_EQ(ocellus(run_words("whole") + words).exit_code, 0);
  ASSERT_EQ(ocellus(run_words("again") + words).exit_code, 0);
  std::filesystem::remove(sample("again", "small-1") / "sample.json");
  std::filesystem::remove_all(scratch / "again/collection");
  ASSERT_EQ(ocellus(run_words("again") + words).exit_code, 0);
  for (const char* part : {"samples", "collection"})
    EXPECT_EQ(contents_of(scratch / "whole" / part), contents_of(scratch / "again" / part)) << part;
}

TEST_F(Faithfulness, ShardsEndAsTheWhole) {
  const Words words = two_samples();
  ASSERT_EQ(ocellus(run_words("whole") + words).exit_code, 0);
  for (const std::string shard : {"1/2", "2/2"})
    ASSERT_EQ(ocellus(run_words("shared") + words + Words{"--shard", shard}).exit_code, 0);
  const Outcome merged = ocellus({"merge", "shared"});
  ASSERT_EQ(merged.exit_code, 0) << merged.err;
  EXPECT_THAT(merged.out, ::testing::HasSubstr("  centre"));
  EXPECT_EQ(contents_of(scratch / "shared/collection"), contents_of(scratch / "whole/collection"));
}

TEST_F(Faithfulness, ADryRunTellsWhatItWillCost) {
  const Outcome outcome =
      ocellus(small("out", {"--method", "raw-attention", "--faithfulness:steps=5,seeds=2", "--dry-run"}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, ::testing::HasSubstr("faithfulness: at most 8 forwards"));
  EXPECT_THAT(outcome.out, ::testing::HasSubstr("25 for the controls of each grid and 1 more"));
  const Outcome in_json =
      ocellus(small("out", {"--method", "raw-attention", "--faithfulness:steps=5,seeds=2", "--dry-run", "--json"}));
  EXPECT_EQ(parse_lines(in_json.out)[0]["faithfulness"]["forwards_per_map"], 8);
}

TEST_F(Faithfulness, TheConfigurationFileAsksForTheSame) {
  ASSERT_EQ(ocellus(small("out", {"--method", "raw-attention:layers=0", "--faithfulness:steps=3,fill=blur"})).exit_code,
            0);
  EXPECT_THAT(read_file(scratch / "out/run.yaml"), ::testing::HasSubstr("faithfulness: \"fill=blur,"));
  const Outcome again = ocellus({"run", "--config", "out/run.yaml", "--out", "elsewhere"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(judged("elsewhere", "small-0"), judged("out", "small-0"));
}

TEST_F(Faithfulness, WhatCannotBeIsRefused) {
  const Words method{"--method", "raw-attention:layers=0"};
  expect_refusal(ocellus(small("out", method + Words{"--faithfulness:steps=1"})), 2, {"--faithfulness", "steps", "2"});
  expect_refusal(ocellus(small("out", method + Words{"--faithfulness:fill=grey"})), 2, {"fill", "mean|blur|black"});
  expect_refusal(ocellus(small("out", method + Words{"--faithfulnes"})), 2, {"--faithfulness"});
  expect_refusal(ocellus(small("out", {"--method", "raw-attention:as=faithfulness", "--faithfulness"})), 2,
                 {"label", "as=LABEL"});
  expect_refusal(ocellus(small("out", {"--method", "head-stats", "--faithfulness"})), 4, {"heatmaps"});
  expect_refusal(ocellus(small("out", method + Words{"--render", "curves"})), 4, {"--faithfulness"});
  expect_refusal(ocellus(small("out", method + Words{"--faithfulness:tokens=answer", "--max-new-tokens", "0"})), 2,
                 {"tokens=answer", "--max-new-tokens 0"});
  expect_refusal(ocellus(run_words("out", demo / "qavit") + Words{"--image", image("small.png"), "--prompt", "Why?",
                                                                  "--method", "qa-attention", "--faithfulness"}),
                 4, {"--faithfulness", "qavit", "no answer"});
  EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
}

}  // namespace
}  // namespace ocellus::test
