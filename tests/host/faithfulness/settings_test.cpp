#include "host/faithfulness/settings.hpp"

#include <gmock/gmock.h>

#include "tests/support/refusal.hpp"

namespace ocellus::faithfulness {
namespace {

using ::testing::HasSubstr;

TEST(Settings, AreTheDefaultsWhereNothingIsSaid) {
  const Settings settings = parse_settings("");
  EXPECT_EQ(settings.steps, 12u);
  EXPECT_EQ(settings.seeds, 3u);
  EXPECT_EQ(settings.fill, Fill::mean);
  EXPECT_EQ(settings.score, Score::probability);
  EXPECT_FALSE(settings.whole_answer);
}

TEST(Settings, AreReadBackFromTheirText) {
  const Settings settings = parse_settings("steps=7,fill=blur,score=logit,tokens=answer,seeds=2");
  EXPECT_EQ(settings.steps, 7u);
  EXPECT_EQ(settings.fill, Fill::blur);
  EXPECT_EQ(settings.score, Score::logit);
  EXPECT_TRUE(settings.whole_answer);
  EXPECT_EQ(parse_settings(text_of(settings)).record, settings.record);
}

TEST(Settings, WrongOnesAreRefusedWithWhatIsTaken) {
  for (const auto& [text, words] :
       {std::pair("steps=1", "from 2 to 1000"), std::pair("steps=many", "whole number"),
        std::pair("fill=gray", "mean|blur|black"), std::pair("seeds=0", "from 1"),
        std::pair("step=3", "did you mean steps"), std::pair("steps", "has no value"), std::pair("as=mine", "label")}) {
    const test::Refusal refusal = test::refusal_of([t = text] { parse_settings(t); });
    EXPECT_EQ(refusal.status, OC_E_OPTION) << text;
    EXPECT_THAT(refusal.sentence, HasSubstr(words)) << text;
  }
}

}  // namespace
}  // namespace ocellus::faithfulness
