// `ocellus render`: pictures from stored results alone.
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
