#include "host/knockout/settings.hpp"

#include <gmock/gmock.h>

#include "tests/support/refusal.hpp"

namespace ocellus::knockout {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(KnockoutSettings, AreTheAnswersAttentionToTheImageWhereNothingElseIsSaid) {
  const Settings settings = parse_settings("layers=3");
  EXPECT_EQ(settings.label, "layers=3");
  EXPECT_EQ(settings.text, "layers=3");
  EXPECT_EQ(settings.layers.resolve("layer", 4), std::vector<int64_t>{3});
  EXPECT_EQ(settings.heads.resolve("head", 2), (std::vector<int64_t>{0, 1}));
  const RawSelection from(settings.from, 10), to(settings.to, 10);
  ASSERT_EQ(from.pointers().size(), 1u);
  EXPECT_EQ(from.pointers()[0]->kind, static_cast<uint32_t>(OC_SELECT_ANSWER));
  ASSERT_EQ(to.pointers().size(), 1u);
  EXPECT_EQ(to.pointers()[0]->kind, static_cast<uint32_t>(OC_SELECT_IMAGE));
  EXPECT_EQ(to.pointers()[0]->argument, -1);
  EXPECT_EQ(
      nlohmann::json(settings.record),
      (nlohmann::json{{"label", "layers=3"}, {"layers", "3"}, {"heads", "all"}, {"from", "answer"}, {"to", "image"}}));
}

TEST(KnockoutSettings, HaveTheNameThatTheUserGives) {
  EXPECT_EQ(parse_settings("to=question,as=no-question").label, "no-question");
  EXPECT_EQ(settings_record({parse_settings("layers=0,as=first"), parse_settings("layers=1")})[0]["label"], "first");
  EXPECT_TRUE(settings_record({}).is_null());
}

std::vector<uint32_t> kinds_of(const std::string& text, Of of) {
  const Selection selection = Selection::parse(text, of);
  const RawSelection raw(selection, 20);
  std::vector<uint32_t> kinds;
  for (const oc_select* select : raw.pointers()) kinds.push_back(select->kind);
  return kinds;
}

TEST(KnockoutSelection, IsAUnion) {
  EXPECT_THAT(kinds_of("image:1+question+last+all", Of::rows),
              ElementsAre(OC_SELECT_IMAGE, OC_SELECT_SEGMENT, OC_SELECT_LAST, OC_SELECT_ALL));
  EXPECT_THAT(kinds_of("text", Of::keys), testing::SizeIs(6));
  // Among the keys the answer's tokens, among the rows those that produce them.
  EXPECT_THAT(kinds_of("answer", Of::keys), ElementsAre(OC_SELECT_SEGMENT));
  EXPECT_THAT(kinds_of("answer:2", Of::rows), ElementsAre(OC_SELECT_ANSWER));
}

TEST(KnockoutSelection, CountsPlacesFromBothEnds) {
  const Selection selection = Selection::parse("3..5+-1+answer:4", Of::rows);
  const RawSelection raw(selection, 20);
  const auto indices = [&](size_t i) {
    const oc_select& select = *raw.pointers()[i];
    return std::vector<int64_t>(select.indices, select.indices + select.n_indices);
  };
  EXPECT_THAT(indices(0), ElementsAre(3, 4, 5));
  EXPECT_THAT(indices(1), ElementsAre(19));
  EXPECT_THAT(indices(2), ElementsAre(4));
  const test::Refusal refusal = test::refusal_of([] {
    const Selection far = Selection::parse("20", Of::keys);
    const RawSelection none(far, 20);
  });
  EXPECT_EQ(refusal.status, OC_E_SAMPLE);
  EXPECT_THAT(refusal.sentence, HasSubstr("0 to 19"));
}

TEST(KnockoutSettings, WrongOnesAreRefusedWithWhatIsTaken) {
  for (const auto& [text, words] :
       {std::pair("layer=3", "did you mean layers"), std::pair("layers=x", "index set"),
        std::pair("layers=auto", "all"), std::pair("to=picture", "'picture' names no tokens"),
        std::pair("to=answer:1", "rows also answer:K"), std::pair("from=image:x", "image:K"),
        std::pair("from=", "names no tokens"), std::pair("layers", "has no value"),
        std::pair("from=image++last", "names no tokens"), std::pair("layers=1,layers=2", "twice")}) {
    const test::Refusal refusal = test::refusal_of([t = text] { parse_settings(t); });
    EXPECT_EQ(refusal.status, OC_E_OPTION) << text;
    EXPECT_THAT(refusal.sentence, HasSubstr(words)) << text;
  }
}

}  // namespace
}  // namespace ocellus::knockout
