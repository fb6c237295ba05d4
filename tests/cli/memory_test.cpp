// Promise 3: what a capture costs grows with the length of the prompt, not with its square.
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;

struct Cost {
  int64_t tokens = 0, planned = 0, peak = 0;  // planned: captures and activations
};

class Memory : public Program {
 protected:
  Cost cost(const std::string& out, size_t n_words) const {
    std::string prompt;
    for (size_t i = 0; i < n_words; ++i) prompt += " 7";
    const Words words = run_words(out) + Words{"--image", image("small.png"), "--prompt",
                                               prompt,    "--method",         "raw-attention:layers=all"};
    const Outcome dry = ocellus(words + Words{"--dry-run", "--json"});
    EXPECT_EQ(dry.exit_code, 0) << dry.err;
    const json plan = parse_lines(dry.out).at(0);
    const Outcome outcome = ocellus(words);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return {plan["passes"][0]["prompt_tokens"],
            plan["capture_bytes"].get<int64_t>() + plan["activation_bytes"].get<int64_t>(), outcome.peak_bytes};
  }
};

TEST_F(Memory, GrowsWithTheLengthOfThePrompt) {
  const Cost once = cost("once", 1500), twice = cost("twice", 3000);
  ASSERT_GT(once.tokens, 3000);
  ASSERT_NEAR(static_cast<double>(twice.tokens), 2.0 * static_cast<double>(once.tokens), 100);
  EXPECT_LT(static_cast<double>(twice.planned), 2.2 * static_cast<double>(once.planned));
  const int64_t layers = 3, heads = 6;
  const int64_t all_rows = layers * heads * (twice.tokens * twice.tokens - once.tokens * once.tokens) * 4;
  EXPECT_LT(twice.peak - once.peak, all_rows / 20);
}

}  // namespace
}  // namespace ocellus::test
