// A folder of the older family, found by its model_type, through the whole program.
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using Qwen2VL = Program;

TEST_F(Qwen2VL, IsOpenedAndEveryBlockOfItsTowerHasRows) {
  const Outcome outcome = ocellus(run_words("out", fixtures / "qwen2_vl/model") +
                                  Words{"--image", image("landscape.png"), "--prompt", "Which picture has a shape?",
                                        "--method", "raw-attention:stack=vision,layers=0+2", "--method",
                                        "tensors:probes=generated_ids", "--max-new-tokens", "8"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto folder = sample("out", "landscape-0");
  EXPECT_EQ(read_npz(folder / "raw-attention.npz").at("values").shape, (std::vector<int64_t>{2, 10, 12}));
  EXPECT_EQ(read_npz(folder / "tensors.npz").at("generated_ids").shape.size(), 1u);
  EXPECT_EQ(read_json(scratch / "out/run.json")["facts"]["model type"], "qwen2_vl");
}

}  // namespace
}  // namespace ocellus::test
