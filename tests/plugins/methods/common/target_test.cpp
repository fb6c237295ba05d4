#include "plugins/methods/common/target.hpp"

#include <gmock/gmock.h>

#include "tests/support/refusal.hpp"

namespace ocellus::methods {
namespace {

TEST(Target, IsTheAnswerOneTokenOrAText) {
  EXPECT_EQ(parse_target("answer").tokens, uint32_t{OC_TARGET_ANSWER});
  EXPECT_EQ(parse_target("token:12").tokens, uint32_t{OC_TARGET_TOKEN});
  EXPECT_EQ(parse_target("token:12").index, 12);
  EXPECT_EQ(parse_target("text:red").tokens, uint32_t{OC_TARGET_TEXT});
  EXPECT_EQ(parse_target("text:red").text, "red");
  EXPECT_EQ(parse_target("text:\"a red, round: one\"").text, "a red, round: one");
}

TEST(Target, IsToldAsItIsWritten) {
  for (const char* text : {"answer", "token:0", "text:red"}) EXPECT_EQ(target_text(parse_target(text)), text);
}

TEST(Target, AnythingElseIsRefused) {
  for (const char* text : {"", "token", "token:", "token:-1", "token:1x", "text:", "text:\"\"", "red"}) {
    const test::Refusal refusal = test::refusal_of([&] { (void)parse_target(text); });
    EXPECT_EQ(refusal.status, OC_E_OPTION) << text;
    EXPECT_THAT(refusal.sentence, testing::HasSubstr("write answer, token:K")) << text;
  }
}

}  // namespace
}  // namespace ocellus::methods
