// The adapter's choice of a resize reaches the pixels that the model is given.
#include <algorithm>

#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using Resize = Program;

TEST_F(Resize, EachGivesPixelsOfItsOwn) {
  std::vector<std::vector<float>> pixels;
  for (const std::string way : {"pil", "pil12", "torchvision"}) {
    // 100 x 96 to 112 x 84: Pillow 13 begins with the height here.
    const Outcome outcome =
        ocellus(run_words(way) + Words{"--image", image("noise.png"), "--prompt", "Why?", "--adapter",
                                       "qwen2_5_vl:resize=" + way, "--method", "tensors:probes=pixel_values"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const NpyArray array = read_npz(sample(way, "noise-0") / "tensors.npz").at("pixel_values");
    const auto values = array.as<float>();
    pixels.emplace_back(values.begin(), values.end());
  }
  EXPECT_EQ(pixels[0].size(), pixels[1].size());
  EXPECT_EQ(pixels[0].size(), pixels[2].size());
  EXPECT_NE(pixels[0], pixels[1]);
  EXPECT_NE(pixels[0], pixels[2]);
  EXPECT_NE(pixels[1], pixels[2]);
}

}  // namespace
}  // namespace ocellus::test
