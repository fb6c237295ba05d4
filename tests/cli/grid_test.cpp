// The renderer grid through the program: maps of one sample, of several, and of several runs.
#include <fmt/format.h>

#include "tests/cli/picture.hpp"
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

class Grid : public Program {
 protected:
  // Two pictures, two questions: four samples.
  Outcome run_four(const std::string& out, const Words& more) const {
    return ocellus(run_words(out) +
                   Words{"--image", image("small.png"), "--image", image("portrait.png"), "--prompt", "Why?",
                         "--prompt", "这是什么?"} +
                   more);
  }
  std::set<std::string> pictures(const std::string& out) const {
    std::set<std::string> names;
    for (const std::string& file : files_in(scratch / out)) {
      if (file.ends_with(".png")) names.insert(file);
    }
    return names;
  }
};

TEST_F(Grid, LayersHeadsAndMethodsOfASample) {
  const Outcome outcome =
      run("out", {"--method", "raw-attention:layers=all", "--method", "raw-attention:as=heads,layers=1,heads=each",
                  "--render", "grid:cell=1,dpi=60", "--render", "grid:as=h,by=head,cell=1,dpi=60,scale=shared",
                  "--render", "grid:as=m,by=method,cell=1,dpi=60,format=svg", "--render", "overlay:dpi=50"});
  const std::string folder = "samples/landscape-0/";
  EXPECT_THAT(pictures("out"), IsSupersetOf({folder + "raw-attention.grid.png", folder + "heads.h.png",
                                             folder + "heads.overlay.head5.png"}));
  EXPECT_TRUE(std::filesystem::exists(sample("out", "landscape-0") / "raw-attention.m.methods.svg"));
  EXPECT_THAT(outcome.out, HasSubstr("heads layer 1 head5"));
  const json record = read_json(sample("out", "landscape-0") / "sample.json");
  EXPECT_THAT(record["pictures"], ::testing::Contains("heads.h.png"));
}

TEST_F(Grid, EachHeadIsThatHeadAloneAndTheirMeanIsTheMean) {
  Words words{"--method", "raw-attention:layers=1",
              "--method", "raw-attention:as=each,layers=1,heads=each",
              "--method", "raw-attention:as=deep,layers=0+1,heads=each,reduce=mean",
              "--method", "raw-attention:as=deep4,layers=0+1,heads=4,reduce=mean"};
  words = words + Words{"--method", "raw-attention:as=four,layers=1,heads=4"};
  run("out", words);
  const auto folder = sample("out", "landscape-0");
  const NpyArray mean = read_npz(folder / "raw-attention.npz").at("values");
  const auto each = read_npz(folder / "each.npz"), deep = read_npz(folder / "deep.npz");
  const NpyArray four = read_npz(folder / "four.npz").at("values"), deep4 = read_npz(folder / "deep4.npz").at("values");
  const size_t cells = mean.as<float>().size();
  ASSERT_EQ(each.at("values").shape, (std::vector<int64_t>{6, mean.shape[0], mean.shape[1]}));
  ASSERT_EQ(each.at("index").as<int64_t>().back(), 5);
  for (size_t cell = 0; cell < cells; ++cell) {
    double sum = 0;
    for (size_t head = 0; head < 6; ++head)
      sum += static_cast<double>(each.at("values").as<float>()[head * cells + cell]);
    EXPECT_NEAR(static_cast<double>(mean.as<float>()[cell]), sum / 6, 1e-7);
    EXPECT_EQ(each.at("values").as<float>()[4 * cells + cell], four.as<float>()[cell]);
    EXPECT_EQ(deep.at("values").as<float>()[4 * cells + cell], deep4.as<float>()[cell]);
  }
  const json record = read_json(folder / "sample.json");
  for (const json& artifact : record.at("artifacts")) {
    if (artifact["label"] != "each") continue;
    EXPECT_EQ(artifact["texts"]["axis"], "head");
    EXPECT_EQ(artifact["numbers"]["layer"], 1);
    EXPECT_GT(artifact["numbers"]["mass.image0"].get<double>(), 0);
  }
}

TEST_F(Grid, ImpossibleHeadsAreRefused) {
  const auto refuse = [&](const std::string& spec, const Words& said) {
    expect_refusal(
        ocellus(run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why?", "--method", spec}), 2,
        said);
  };
  refuse("raw-attention:heads=each,layers=0+1", {"heads=each", "reduce=mean", "as=LABEL"});
  refuse("raw-attention:heads=each,rollout=on", {"rollout", "heads=each"});
}

TEST_F(Grid, QuestionsAndPicturesOverAllSamples) {
  Outcome outcome =
      run_four("out", {"--method", "raw-attention:layers=0+1", "--render", "grid:as=q,by=question,cell=1,dpi=60",
                       "--render", "grid:as=i,by=image,cell=1,dpi=60,original=on"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(pictures("out"), (std::set<std::string>{
                                 "collection/raw-attention.layer0.i.question0.png",
                                 "collection/raw-attention.layer0.i.question1.png",
                                 "collection/raw-attention.layer0.q.portrait.png",
                                 "collection/raw-attention.layer0.q.small.png",
                                 "collection/raw-attention.layer1.i.question0.png",
                                 "collection/raw-attention.layer1.i.question1.png",
                                 "collection/raw-attention.layer1.q.portrait.png",
                                 "collection/raw-attention.layer1.q.small.png",
                             }));
  EXPECT_THAT(outcome.out, HasSubstr("raw-attention.layer0.q.small.png"));
  // Pictures and their sources: four cells instead of two.
  EXPECT_GT(read_picture(scratch / "out/collection/raw-attention.layer0.i.question0.png").width,
            read_picture(scratch / "out/collection/raw-attention.layer0.q.small.png").width * 3 / 2);

  // Drawn again from what is stored, the same.
  const auto before = contents_of(scratch / "out");
  outcome = ocellus({"render", "out", "--render", "grid:as=q,by=question,cell=1,dpi=60"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(contents_of(scratch / "out") == before);
}

// Stretches of a row of pixels that are not white, as [begin, end).
std::vector<std::pair<int, int>> blocks_of(const media::Picture& picture, int y) {
  std::vector<std::pair<int, int>> blocks;
  for (int x = 0; x < picture.width; ++x) {
    const uint8_t* pixel = picture.rgb.get() + (y * picture.width + x) * 3;
    if (pixel[0] == 255 && pixel[1] == 255 && pixel[2] == 255) continue;
    if (blocks.empty() || blocks.back().second != x) blocks.emplace_back(x, x);
    blocks.back().second = x + 1;
  }
  return blocks;
}

TEST_F(Grid, QuestionsAreComparedBesideTheOriginal) {
  write_bmp(scratch / "grey.bmp", 60, 40, [](int, int) { return Colour{90, 90, 90}; });
  Words words{"--image", "grey.bmp"};
  for (const char* question : {"Why?", "How?", "Who?", "Where?", "What is the person on the left holding?"})
    words = words + Words{"--prompt", question};
  const Outcome outcome = ocellus(
      run_words("out") + words +
      Words{"--method", "raw-attention", "--render",
            "grid:by=question,style=both,pairs=above,original=on,cell=1,dpi=60,colormap=viridis,bar=off,titles=off,"
            "agreement=off,title=off"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const media::Picture picture = read_picture(scratch / "out/collection/raw-attention.grid.grey.png");
  // Rows of pixels that only pictures have so much of: 60 x 40 pixels each, in two rows of cells.
  std::vector<int> rows;
  for (int y = 0; y < picture.height; ++y) {
    const auto blocks = blocks_of(picture, y);
    if (!blocks.empty() &&
        std::all_of(blocks.begin(), blocks.end(), [](const auto& block) { return block.second - block.first == 60; }))
      rows.push_back(y);
  }
  ASSERT_EQ(rows.size(), 80u);
  const auto upper = blocks_of(picture, rows.front()), lower = blocks_of(picture, rows.back());
  ASSERT_EQ(upper.size(), 6u);  // the original, five maps
  ASSERT_EQ(lower.size(), 5u);  // five overlays
  EXPECT_TRUE(std::equal(upper.begin() + 1, upper.end(), lower.begin()));
  const uint8_t* original = picture.rgb.get() + (rows.front() * picture.width + upper.front().first) * 3;
  EXPECT_EQ(original[0], 90);
  EXPECT_EQ(original[1], 90);

  const auto height_with = [&](const std::string& more) {
    EXPECT_EQ(ocellus({"render", "out", "--render", "grid:by=question,style=both,cell=1,dpi=60" + more}).exit_code, 0);
    return read_picture(scratch / "out/collection/raw-attention.grid.grey.png").height;
  };
  EXPECT_GT(height_with(",columns=4"), height_with(""));  // two lines of them
}

TEST_F(Grid, ShardsDrawWhenTheyAreMerged) {
  const Words more{"--method", "raw-attention", "--render", "grid:by=question,cell=1,dpi=60"};
  ASSERT_EQ(run_four("whole", more).exit_code, 0);
  for (const char* shard : {"1/2", "2/2"}) ASSERT_EQ(run_four("parts", more + Words{"--shard", shard}).exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(scratch / "parts/collection"));
  ASSERT_EQ(ocellus({"merge", "parts"}).exit_code, 0);
  for (const char* name : {"raw-attention.grid.small.png", "raw-attention.grid.portrait.png"})
    EXPECT_EQ(read_file(scratch / "parts/collection" / name), read_file(scratch / "whole/collection" / name));
}

TEST_F(Grid, ComparesRunsOfSeveralModels) {
  std::filesystem::copy(base_model, scratch / "other", std::filesystem::copy_options::recursive);
  const Words words{"--image", image("small.png"), "--prompt", "Why?", "--method", "raw-attention"};
  ASSERT_EQ(ocellus(run_words("a") + words).exit_code, 0);
  ASSERT_EQ(ocellus(run_words("b", scratch / "other") + words).exit_code, 0);
  Outcome outcome =
      ocellus({"render", "a", "b", "--render", "grid:by=model,cell=1,dpi=60,agreement=on", "--out", "both"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "both/raw-attention.grid.small-0.png\n");
  outcome = ocellus({"render", "a", "b", "--render", "grid:by=model,cell=1,dpi=60"});
  EXPECT_EQ(outcome.out, "a/collection/comparison/raw-attention.grid.small-0.png\n");
  outcome = ocellus({"render", "a", "--render", "grid:by=model"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("no picture and question is in several of the runs"));
}

TEST_F(Grid, NothingToLaySideBySideIsSaid) {
  const Outcome outcome =
      run("out", {"--method", "raw-attention", "--render", "grid:by=question", "--render", "grid:as=i,by=image"});
  EXPECT_THAT(outcome.err, HasSubstr("no picture is asked about more than once"));
  EXPECT_THAT(outcome.err, HasSubstr("no question is asked about several pictures"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "out/collection"));
}

TEST_F(Grid, ScoresReachThePictures) {
  write_file(scratch / "set.json", R"([{"id": "a", "image": "small.png", "prompt": "Why?",
                                        "boxes": [{"label": "x", "box": [0, 0, 20, 20]}]},
                                       {"id": "b", "image": "small.png", "prompt": "Why?"}])");
  const Outcome outcome =
      ocellus(run_words("out") + Words{"--dataset", "set.json", "--image-dir", (fixtures / "images").string(),
                                       "--method", "raw-attention:as=a", "--method", "raw-attention:as=b,heads=each",
                                       "--render", "grid:by=method,cell=1,dpi=60"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  // A line of scores and a remark more where boxes are known.
  EXPECT_GT(read_picture(sample("out", "a") / "a.grid.methods.png").height,
            read_picture(sample("out", "b") / "a.grid.methods.png").height);
  std::set<std::string> labels;
  const json record = read_json(sample("out", "a") / "sample.json");
  for (const json& score : record.at("pointing")) labels.insert(score["label"].get<std::string>());
  EXPECT_EQ(labels, (std::set<std::string>{"a", "b.head0", "b.head1", "b.head2", "b.head3", "b.head4", "b.head5"}));
}

}  // namespace
}  // namespace ocellus::test
