// Promise 7: the same request gives the same bytes.
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

TEST_F(Program, TheSameRequestGivesTheSameBytes) {
  const Words words{"--prompt",         "Why?",
                    "--method",         "raw-attention:layers=all",
                    "--method",         "tensors:probes=all",
                    "--render",         "overlay:dpi=50,style=panel+overlay+heatmap",
                    "--max-new-tokens", "5"};
  const Outcome first = run("first", words + Words{"--json"}), second = run("second", words + Words{"--json"});
  EXPECT_EQ(contents_of(scratch / "first/samples"), contents_of(scratch / "second/samples"));
  EXPECT_EQ(contents_of(scratch / "first/samples").size(), 2u * (3 + 3 * 3));
  EXPECT_EQ(first.out, second.out);
}

}  // namespace
}  // namespace ocellus::test
