#include "host/options/spec.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/refusal.hpp"

namespace ocellus::options {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

TEST(Spec, AName) {
  const Spec spec = parse_spec("raw-attention");
  EXPECT_EQ(spec.name, "raw-attention");
  EXPECT_EQ(spec.label, "raw-attention");
  EXPECT_TRUE(spec.settings.empty());
}

TEST(Spec, SettingsInOrder) {
  const Spec spec = parse_spec("raw-attention:layers=0..11+20,heads=max,query=answer:0");
  EXPECT_EQ(spec.name, "raw-attention");
  EXPECT_EQ(spec.settings, (Settings{{"layers", "0..11+20"}, {"heads", "max"}, {"query", "answer:0"}}));
}

TEST(Spec, EmptyValuesAndEqualSigns) {
  EXPECT_EQ(parse_spec("a:title=,x=1").settings, (Settings{{"title", ""}, {"x", "1"}}));
  EXPECT_EQ(parse_spec("a:title=x=y").settings, (Settings{{"title", "x=y"}}));
}

TEST(Spec, QuotesKeepCommasAndColons) {
  EXPECT_EQ(parse_spec(R"(a:title="one, two: three",x=1)").settings,
            (Settings{{"title", "one, two: three"}, {"x", "1"}}));
  EXPECT_EQ(parse_spec(R"(a:title="")").settings, (Settings{{"title", ""}}));
  EXPECT_EQ(parse_spec("a:title=\"日本, 語\"").settings, (Settings{{"title", "日本, 語"}}));
}

TEST(Spec, Labels) {
  const Spec spec = parse_spec("raw-attention:layers=3,as=layer_3.a-b");
  EXPECT_EQ(spec.label, "layer_3.a-b");
  EXPECT_EQ(spec.settings, (Settings{{"layers", "3"}})) << "the label is no setting of the plugin";
}

TEST(Spec, LabelsThatLeaveTheFolderAreRefused) {
  for (const std::string& label :
       std::vector<std::string>{"", "..", ".x", "a/b", "/etc", "a b", "ä", std::string(81, 'a')}) {
    const test::Refusal refusal = test::refusal_of([&] { parse_spec(fmt::format("m:as=\"{}\"", label)); });
    EXPECT_EQ(refusal.status, OC_E_OPTION) << label;
    EXPECT_TRUE(refusal.says(fmt::format("the label '{}'", label))) << refusal;
  }
}

TEST(Spec, MalformedOnesAreRefusedWithThePlace) {
  const std::vector<std::pair<const char*, const char*>> cases{{"", "the name is missing"},
                                                               {":a=1", "the name is missing"},
                                                               {"m:", "'' has no value"},
                                                               {"m:layers", "'layers' has no value"},
                                                               {"m:a=1,", "'' has no value"},
                                                               {"m:a,b=1", "'a,b' has no value"},
                                                               {"m:=1", "'' has no value"},
                                                               {"m:a=\"x", "a double quote is not closed"},
                                                               {"m:a=\"x\"y", "a comma is missing"},
                                                               {"m:a=1,a=2", "a is given twice"},
                                                               {"m:as=x,as=y", "as is given twice"}};
  for (const auto& [text, why] : cases) {
    const test::Refusal refusal = test::refusal_of([&, t = text] { parse_spec(t); });
    EXPECT_EQ(refusal.status, OC_E_OPTION) << text;
    EXPECT_TRUE(refusal.says(why)) << refusal;
    EXPECT_TRUE(refusal.says(fmt::format("'{}': ", text))) << refusal;
  }
}

}  // namespace
}  // namespace ocellus::options
