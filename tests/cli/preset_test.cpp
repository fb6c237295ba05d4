// Names of the user's for pictures of samples, and presets, which use them.
#include <algorithm>

#include "tests/cli/picture.hpp"
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

class NamedPictures : public Program {
 protected:
  Words one(const std::string& out, const std::string& render) const {
    return run_words(out) + Words{"--image",  image("small.png"),         "--prompt", "Why?",
                                  "--method", "raw-attention:layers=0+2", "--render", render};
  }
  Words two(const std::string& out, const std::string& render) const {
    return one(out, render) + Words{"--image", image("portrait.png")};
  }
  std::set<std::string> pictures(const std::string& out) const {
    std::set<std::string> names;
    for (const std::string& file : files_in(scratch / out)) {
      if (file.ends_with(".png")) names.insert(file);
    }
    return names;
  }
};

TEST_F(NamedPictures, WordsAreFilledIn) {
  Outcome outcome = ocellus(one(
      "out", "overlay:style=overlay,name={sample/}figures/{label}_{layer}-{image}{image-number}_{renderer}_{model}"));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(pictures("out"), (std::set<std::string>{"figures/raw-attention_0-small0_overlay_model.png",
                                                    "figures/raw-attention_2-small0_overlay_model.png"}));
  EXPECT_THAT(outcome.out, HasSubstr("out/figures/raw-attention_0-small0_overlay_model.png"));
  EXPECT_THAT(read_json(sample("out", "small-0") / "sample.json")["pictures"],
              ::testing::Contains("../../figures/raw-attention_0-small0_overlay_model.png"));

  // Of several samples each has a folder.
  outcome = ocellus(two("two", "overlay:style=overlay,name={sample/}maps/layer_{layer}"));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(pictures("two"), (std::set<std::string>{"portrait-1/maps/layer_0.png", "portrait-1/maps/layer_2.png",
                                                    "small-0/maps/layer_0.png", "small-0/maps/layer_2.png"}));
}

TEST_F(NamedPictures, AreDrawnAgainUnderTheSameNames) {
  const std::string render = "grid:cell=1,dpi=60,name={sample/}maps/all";
  ASSERT_EQ(ocellus(two("out", render)).exit_code, 0);
  const auto before = contents_of(scratch / "out");
  ASSERT_TRUE(before.contains("small-0/maps/all.png"));
  const Outcome outcome = ocellus({"render", "out", "--render", render});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "out/small-0/maps/all.png\nout/portrait-1/maps/all.png\n");
  EXPECT_TRUE(contents_of(scratch / "out") == before);
}

TEST_F(NamedPictures, AMissingOneIsMadeAgain) {
  const Words words = one("out", "grid:cell=1,dpi=60,name=maps/all");
  ASSERT_EQ(ocellus(words).exit_code, 0);
  const std::string bytes = read_file(scratch / "out/maps/all.png");
  std::filesystem::remove(scratch / "out/maps/all.png");
  ASSERT_EQ(ocellus(words).exit_code, 0);
  EXPECT_EQ(read_file(scratch / "out/maps/all.png"), bytes);
}

TEST_F(NamedPictures, ShardsBringThemAlong) {
  for (const char* shard : {"1/2", "2/2"}) {
    const std::string out = std::string("part") + shard[0];
    ASSERT_EQ(ocellus(two(out, "grid:cell=1,dpi=60,name={sample/}all") + Words{"--shard", shard}).exit_code, 0);
  }
  ASSERT_EQ(ocellus({"merge", "part1", "part2", "--out", "whole"}).exit_code, 0);
  EXPECT_EQ(pictures("whole"), (std::set<std::string>{"portrait-1/all.png", "small-0/all.png"}));
}

TEST_F(NamedPictures, NeitherLeaveOutNorHideEachOther) {
  for (const char* name : {"../up{layer}", "a/../../up{layer}", "/abs{layer}", "{sample", "samples/{layer}",
                           "run.json/{layer}", "collection/{layer}", ".hidden{layer}"}) {
    const Outcome outcome = ocellus(one("out", std::string("overlay:style=overlay,name=") + name));
    EXPECT_EQ(outcome.exit_code, 2) << name;
    EXPECT_THAT(outcome.err, HasSubstr("name=")) << name;
    std::filesystem::remove_all(scratch / "out");
  }
  EXPECT_TRUE(files_in(scratch.path()).empty());  // nothing beside OUT
  expect_refusal(ocellus(one("out", "overlay:name={nothing}")), 2, {"{nothing}", "{layer}", "{sample}"});
  expect_refusal(ocellus(one("same", "overlay:name=same")), 2, {"two files", "same.png", "{layer}"});
  expect_refusal(ocellus(two("many", "overlay:name=maps/{layer}")), 2, {"several samples", "{sample}"});
  EXPECT_FALSE(std::filesystem::exists(scratch / "many"));  // before time is spent
  expect_refusal(ocellus(one("pair", "overlay:as=a,style=overlay,name=map{layer}") +
                         Words{"--render", "overlay:as=b,style=overlay,name=map{layer}"}),
                 2, {"two files", "map0.png"});
}

TEST_F(NamedPictures, QuestionsTellSamplesApartWhereTheyDiffer) {
  const Words questions = Words{"--prompt", "How many?"};
  Outcome outcome = ocellus(one("out", "overlay:style=overlay,name=maps/{layer}_{question}") + questions);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::set<std::string> drawn = pictures("out");
  EXPECT_EQ(drawn, (std::set<std::string>{"maps/0_how-many-ba352e24.png", "maps/0_why-5d8a995a.png",
                                          "maps/2_how-many-ba352e24.png", "maps/2_why-5d8a995a.png"}));
  for (const std::string& name : drawn) std::filesystem::remove(scratch / "out" / name);
  outcome = ocellus({"render", "out", "--render", "overlay:style=overlay,name=maps/{layer}_{question}"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(pictures("out"), drawn);

  // One question about two pictures: with the names of the pictures.
  expect_refusal(ocellus(two("many", "overlay:style=overlay,name={layer}_{question}") + questions), 2,
                 {"several samples", "{sample}", "{image}"});
  outcome = ocellus(two("named", "overlay:style=overlay,name={image}/{layer}_{question}") + questions);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(pictures("named").size(), 8u);
  expect_refusal(ocellus({"render", "named", "--render", "overlay:style=overlay,name={layer}_{question}"}), 2,
                 {"several samples"});
  // A figure of several samples has no question.
  outcome = ocellus(one("both", "grid:by=question,name={question}") + questions);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("has no {question}"));
}

TEST_F(NamedPictures, OfSeveralSamplesTogether) {
  const Words words = two("out", "grid:by=image,cell=1,dpi=60,name=figures/{label}_{layer}");
  ASSERT_EQ(ocellus(words).exit_code, 0);
  EXPECT_EQ(pictures("out"), (std::set<std::string>{"figures/raw-attention_0.png", "figures/raw-attention_2.png"}));
}

TEST_F(NamedPictures, PresetsAreMethodsRenderersAndNames) {
  const Words words = run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why?", "--preset", "layers"};
  const Outcome outcome = ocellus(words);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(pictures("out"), (std::set<std::string>{"layers/grid.png", "layers/layer_0_heatmap.png",
                                                    "layers/layer_0_superimposed.png", "layers/layer_1_heatmap.png",
                                                    "layers/layer_1_superimposed.png", "layers/layer_2_heatmap.png",
                                                    "layers/layer_2_superimposed.png", "layers/original_image.png"}));
  const media::Picture original = read_picture(scratch / "out/layers/original_image.png");
  const media::Picture source = read_picture(image("small.png"));
  ASSERT_EQ(original.width, source.width);
  ASSERT_EQ(original.height, source.height);
  EXPECT_TRUE(std::equal(source.rgb.get(), source.rgb.get() + source.width * source.height * 3, original.rgb.get()));
  // The same by the file that the run leaves.
  EXPECT_EQ(ocellus({"run", "--config", "out/run.yaml", "--threads", "1"}).exit_code, 0);
}

// The modes of a published script for smooth-gradcam, with its names of files.
class GradcamModes : public NamedPictures {
 protected:
  // Without a prompt: the method has one.
  std::set<std::string> files_of(const std::string& preset, const Words& more = {}) const {
    const Outcome outcome =
        ocellus(run_words(preset, source_dir / "demo/qwen2_5_vl") +
                Words{"--image", image("small.png"), "--preset", preset, "--max-new-tokens", "2"} + more);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return pictures(preset);
  }
};

TEST_F(GradcamModes, Single) {
  EXPECT_EQ(files_of("single"), (std::set<std::string>{"single/heatmap.png", "single/original_image.png",
                                                       "single/superimposed_result.png", "single/visualization.png"}));
  const media::Picture source = read_picture(image("small.png"));
  for (const char* name : {"heatmap", "superimposed_result", "original_image"}) {
    const media::Picture picture = read_picture(scratch / "single/single" / (std::string(name) + ".png"));
    EXPECT_EQ(picture.width, source.width) << name;
    EXPECT_EQ(picture.height, source.height) << name;
  }
  // Three cells of six inches at 150 dpi.
  EXPECT_GT(read_picture(scratch / "single/single/visualization.png").width, 3 * 900);
}

TEST_F(GradcamModes, Grid) {
  const std::set<std::string> files = files_of("grid");
  EXPECT_THAT(files, IsSupersetOf({"grid/layer_comparison_grid.png", "grid/layer_0_heatmap.png",
                                   "grid/layer_0_superimposed.png"}));
  EXPECT_EQ(files.size() % 2, 1u);  // a figure, and two pictures a layer
}

TEST_F(GradcamModes, Multi) {
  EXPECT_EQ(files_of("multi", {"--method", "smooth-gradcam:layers=1+3,noise-samples=2"}),
            (std::set<std::string>{"multilayer/all_layers_comparison.png", "multilayer/layer_1_heatmap.png",
                                   "multilayer/layer_1_superimposed.png", "multilayer/layer_3_heatmap.png",
                                   "multilayer/layer_3_superimposed.png", "multilayer/original_image.png"}));
}

TEST_F(GradcamModes, Comparative) {
  EXPECT_THAT(files_of("comparative"), IsSupersetOf({"early/layer_comparison_grid.png", "early/layer_0_heatmap.png",
                                                     "early/layer_1_superimposed.png",
                                                     "middle/layer_comparison_grid.png", "middle/layer_2_heatmap.png",
                                                     "late/layer_comparison_grid.png", "late/layer_4_heatmap.png"}));
}

// What lies side by side is compared: two methods in one figure.
TEST_F(GradcamModes, BesideRawAttention) {
  const Outcome outcome = ocellus(
      run_words("out", source_dir / "demo/qwen2_5_vl") +
      Words{"--image", image("small.png"), "--prompt", "What color is it?", "--method", "raw-attention", "--method",
            "smooth-gradcam:weights=gradcam+hirescam,noise-samples=2", "--render", "grid:by=method,cell=1,dpi=60",
            "--render", "grid:as=w,by=weights,cell=1,dpi=60", "--max-new-tokens", "2"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(files_in(sample("out", "small-0")), IsSupersetOf({"raw-attention.grid.methods.png"}));
  size_t weights = 0;
  for (const std::string& file : files_in(sample("out", "small-0")))
    weights += file.ends_with(".w.weights.png") ? 1 : 0;
  EXPECT_EQ(weights, 1u);
}

TEST_F(NamedPictures, FlagsWinOverPresets) {
  const Words words = run_words("out") + Words{"--image",  image("small.png"), "--prompt", "Why?",
                                               "--preset", "layers",           "--method", "raw-attention:layers=1"};
  ASSERT_EQ(ocellus(words).exit_code, 0);
  EXPECT_THAT(pictures("out"), IsSupersetOf({"layers/layer_1_heatmap.png"}));
  EXPECT_FALSE(pictures("out").contains("layers/layer_0_heatmap.png"));
  write_file(scratch / "run.yaml",
             "preset: layers\nrender: overlay:style=overlay\nimage: " + image("small.png") + "\n");
  const Outcome outcome = ocellus(run_words("config") + Words{"--config", "run.yaml", "--prompt", "Why?"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(std::filesystem::exists(sample("config", "small-0") / "raw-attention.layer2.overlay.png"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "config/layers"));
}

TEST_F(NamedPictures, AnUnknownPresetListsThoseThereAre) {
  const Words words = run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why?", "--preset"};
  expect_refusal(ocellus(words + Words{"nosuch"}), 2, {"--preset nosuch", "layers", "there are"});
  expect_refusal(ocellus(words + Words{"layer"}), 2, {"did you mean layers"});
  EXPECT_THAT(ocellus({"completion", "bash"}).out, HasSubstr("'--preset') echo"));
  EXPECT_THAT(ocellus({"man"}).out, HasSubstr(".SH PRESETS"));
}

}  // namespace
}  // namespace ocellus::test
