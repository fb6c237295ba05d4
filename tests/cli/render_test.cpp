// `ocellus render`: pictures from stored results alone.
#include <cstdlib>

#include "tests/cli/picture.hpp"
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

TEST_F(Program, RenderRedrawsWithoutTheModel) {
  const auto model = scratch / "model";
  std::filesystem::copy(base_model, model);
  const Words words = run_words("out", model) +
                      Words{"--image",  image("landscape.png"), "--prompt",         "Why?", "--method", "raw-attention",
                            "--render", "overlay:dpi=50",       "--max-new-tokens", "3"};
  ASSERT_EQ(ocellus(words).exit_code, 0);
  std::filesystem::remove_all(model);
  const auto folder = sample("out", "landscape-0");
  const std::string drawn = read_file(folder / "raw-attention.overlay.png");
  std::filesystem::remove(folder / "raw-attention.overlay.png");

  const Outcome outcome = ocellus({"render", (scratch / "out").string(), "--render", "overlay:dpi=50", "--render",
                                   "overlay:as=map,style=heatmap,colormap=viridis,dpi=50"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, (folder / "raw-attention.overlay.png").string() + "\n" +
                             (folder / "raw-attention.map.png").string() + "\n");
  EXPECT_EQ(read_file(folder / "raw-attention.overlay.png"), drawn);
  EXPECT_EQ(read_json(folder / "sample.json")["pictures"],
            nlohmann::json({"raw-attention.overlay.png", "raw-attention.map.png"}));
}

// Two pictures in one prompt, and a stack of layers.
class RenderedTalk : public Program {
 protected:
  void SetUp() override {
    const std::string talk = R"([{"role": "user", "content": [{"type": "image", "image": ")" + image("landscape.png") +
                             R"("}, {"type": "image", "image": ")" + image("portrait.png") +
                             R"("}, {"type": "text", "text": "Why?"}]}])";
    write_file(scratch / "talk.json", talk);
    const Outcome outcome =
        ocellus(run_words("out") + Words{"--messages", "talk.json", "--method", "raw-attention:layers=0+1"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  // The names of the files drawn, in order.
  Words render(const std::string& spec) const {
    const Outcome outcome = ocellus({"render", "out", "--render", spec, "--json"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    Words names;
    for (const auto& [file, bytes] : contents_of(scratch / "out")) {
      if (file.find(".pic") != std::string::npos) names.push_back(std::filesystem::path(file).filename());
    }
    return names;
  }
  std::filesystem::path file(const std::string& name) const { return sample("out", "landscape-0") / name; }
};

TEST_F(RenderedTalk, ARowIsOneFileForAllImages) {
  EXPECT_THAT(
      render("overlay:as=pic,images=row,scale=shared,style=contour+heatmap,levels=3,dpi=50"),
      testing::UnorderedElementsAre("raw-attention.layer0.pic.contour.png", "raw-attention.layer0.pic.heatmap.png",
                                    "raw-attention.layer1.pic.contour.png", "raw-attention.layer1.pic.heatmap.png"));
  EXPECT_GT(read_picture(file("raw-attention.layer0.pic.heatmap.png")).width, 225 + 150);  // landscape beside portrait
}

TEST_F(RenderedTalk, EveryFormatIsReadableAndTheSameAgain) {
  const std::string spec = "overlay:as=pic,format=png+jpg+pdf+svg,quality=95,top=4,style=overlay,font=DejaVu Sans";
  EXPECT_THAT(render(spec), testing::SizeIs(16));  // 2 images x 2 layers x 4 formats
  const media::Picture png = read_picture(file("raw-attention.image1.layer0.pic.png"));
  const media::Picture jpg = read_picture(file("raw-attention.image1.layer0.pic.jpg"));
  ASSERT_EQ(jpg.width, png.width);
  ASSERT_EQ(jpg.height, png.height);
  int64_t difference = 0;
  const int64_t n = int64_t{png.width} * png.height * 3;
  for (int64_t i = 0; i < n; ++i) difference += std::abs(png.rgb.get()[i] - jpg.rgb.get()[i]);
  EXPECT_LT(difference / n, 4);

  const auto first = contents_of(scratch / "out");
  render(spec);
  EXPECT_TRUE(contents_of(scratch / "out") == first);
}

TEST_F(Program, AFontThatIsNotThereIsRefusedBeforeTimeIsSpent) {
  expect_refusal(ocellus(run_words("out") + Words{"--image", image("landscape.png"), "--prompt", "Why?", "--method",
                                                  "raw-attention", "--render", "overlay:font=No Such Font"}),
                 2, {"font", "'No Such Font'", "fc-list"});
  EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
}

TEST_F(Program, RenderRefusesAPictureThatIsNotTheOneExplained) {
  std::filesystem::copy(image("landscape.png"), scratch / "picture.png");
  const Words words =
      run_words("out") + Words{"--image", "picture.png", "--prompt", "Why?", "--method", "raw-attention"};
  ASSERT_EQ(ocellus(words).exit_code, 0);
  const Words render{"render", "out", "--render", "overlay"};

  std::filesystem::copy(image("portrait.png"), scratch / "picture.png",
                        std::filesystem::copy_options::overwrite_existing);
  expect_refusal(ocellus(render), 1, {"picture.png", "changed"});
  std::filesystem::remove(scratch / "picture.png");
  expect_refusal(ocellus(render), 1, {"picture.png", "gone"});
  EXPECT_EQ(files_in(sample("out", "picture-0")), (std::set<std::string>{"raw-attention.npz", "sample.json"}));
}

TEST_F(Program, RenderRefusesAFolderWithoutARun) {
  expect_refusal(ocellus({"render", scratch.path().string(), "--render", "overlay"}), 3,
                 {scratch.path().string(), "run.json"});
}

}  // namespace
}  // namespace ocellus::test
