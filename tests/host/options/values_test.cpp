#include "host/options/values.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/refusal.hpp"

namespace ocellus::options {
namespace {

using registry::ParamRecord;
using test::Refusal;
using test::refusal_of;

ParamRecord param(uint32_t type, double min = 0, double max = 0) {
  return {type, "key", "help", "", min, max, {{"mean", "average"}, {"max", "largest"}}};
}

template <class T>
T value(const ParamRecord& param, const std::string& text) {
  return std::get<T>(parse_value(param, text));
}

void expect_refused(const ParamRecord& param, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    const Refusal refusal = refusal_of([&] { parse_value(param, text); });
    EXPECT_EQ(refusal.status, OC_E_OPTION);
    const bool is_number = param.type == OC_PARAM_INT || param.type == OC_PARAM_FLOAT;
    const std::string start = fmt::format("'{}' is not {}{}", text, is_number ? "a " : "", type_name(param));
    EXPECT_TRUE(refusal.sentence.starts_with(start)) << refusal.sentence;
  }
}

TEST(Value, Bool) {
  for (const char* yes : {"on", "true", "yes", "1"}) EXPECT_TRUE(value<bool>(param(OC_PARAM_BOOL), yes)) << yes;
  for (const char* no : {"off", "false", "no", "0"}) EXPECT_FALSE(value<bool>(param(OC_PARAM_BOOL), no)) << no;
  expect_refused(param(OC_PARAM_BOOL), {"", "ON", "2", "maybe"});
}

TEST(Value, Int) {
  EXPECT_EQ(value<int64_t>(param(OC_PARAM_INT), "-12"), -12);
  EXPECT_EQ(value<int64_t>(param(OC_PARAM_INT, 1, 10), "1"), 1);
  EXPECT_EQ(value<int64_t>(param(OC_PARAM_INT, 1, 10), "10"), 10);
  expect_refused(param(OC_PARAM_INT, 1, 10), {"0", "11", "", "x", "1.0", "1e1", "+1", " 1", "99999999999999999999"});
}

TEST(Value, Float) {
  EXPECT_EQ(value<double>(param(OC_PARAM_FLOAT, 0, 1), "0.6"), 0.6);
  EXPECT_EQ(value<double>(param(OC_PARAM_FLOAT, 0, 1), "1"), 1.0);
  EXPECT_EQ(value<double>(param(OC_PARAM_FLOAT), "-1e3"), -1000.0);
  expect_refused(param(OC_PARAM_FLOAT), {"", "x", "nan", "inf", "-inf", "1e999", "0.5x", "0,5"});
  expect_refused(param(OC_PARAM_FLOAT, 0, 1), {"-0.001", "1.001"});
}

TEST(Value, TextIsTakenAsItIs) {
  EXPECT_EQ(value<std::string>(param(OC_PARAM_TEXT), ""), "");
  EXPECT_EQ(value<std::string>(param(OC_PARAM_TEXT), "a, b = c"), "a, b = c");
}

TEST(Value, TheNearestChoiceIsNamed) {
  EXPECT_EQ(refusal_of([] { parse_value(param(OC_PARAM_CHOICE), "maen"); }).sentence,
            "'maen' is not mean|max; did you mean mean or max?");
  EXPECT_EQ(refusal_of([] { parse_value(param(OC_PARAM_CHOICE), "everything"); }).sentence,
            "'everything' is not mean|max");
}

TEST(Value, OfSeveralWordsTheOneThatIsNoneIsCompared) {
  EXPECT_EQ(refusal_of([] { parse_value(param(OC_PARAM_WORDS), "max+meann"); }).sentence,
            "'max+meann' is not some of mean max, joined by +; did you mean mean?");
}

TEST(Value, Choice) {
  EXPECT_EQ(value<std::string>(param(OC_PARAM_CHOICE), "max"), "max");
  expect_refused(param(OC_PARAM_CHOICE), {"", "Max", "mean+max", "min"});
}

TEST(Value, Words) {
  EXPECT_EQ(value<std::string>(param(OC_PARAM_WORDS), "max"), "max");
  EXPECT_EQ(value<std::string>(param(OC_PARAM_WORDS), "max+mean"), "max+mean");
  expect_refused(param(OC_PARAM_WORDS), {"max+", "+max", "max+min", "max,mean"});
}

// Where a choice begins another, the longest that a '+' or the end follows is meant.
TEST(Value, WordsMayEndInThePlusThatJoinsThem) {
  registry::ParamRecord cams = param(OC_PARAM_WORDS);
  cams.choices = {{"cam", ""}, {"cam++", ""}, {"x", ""}};
  for (const char* text : {"cam", "cam++", "cam+x", "cam+++x", "x+cam++", "cam+cam++"})
    EXPECT_EQ(value<std::string>(cams, text), text);
  expect_refused(cams, {"cam+", "cam++x", "cam+++", "cam++++", "xcam", "cam+++y"});
}

TEST(Value, Index) {
  EXPECT_EQ(value<std::string>(param(OC_PARAM_INDEX), "mean"), "mean");
  EXPECT_EQ(value<std::string>(param(OC_PARAM_INDEX), "0"), "0");
  EXPECT_EQ(value<std::string>(param(OC_PARAM_INDEX), "31"), "31");
  expect_refused(param(OC_PARAM_INDEX), {"", "min", "-1", "-0", "1.5", "mean+max", "0..3"});
}

TEST(Value, IndexSetAndQuery) {
  EXPECT_EQ(value<IndexSet>(param(OC_PARAM_INDEX_SET), "-1").resolve("layer", 4), std::vector<int64_t>{3});
  EXPECT_EQ(value<oc_query>(param(OC_PARAM_QUERY), "answer:2").index, 2);
  EXPECT_EQ(refusal_of([] { parse_value(param(OC_PARAM_INDEX_SET), "x"); }).status, OC_E_OPTION);
  EXPECT_EQ(refusal_of([] { parse_value(param(OC_PARAM_QUERY), "x"); }).status, OC_E_OPTION);
}

TEST(Value, TypeNames) {
  EXPECT_EQ(type_name(param(OC_PARAM_BOOL)), "on|off");
  EXPECT_EQ(type_name(param(OC_PARAM_INT)), "whole number");
  EXPECT_EQ(type_name(param(OC_PARAM_INT, 1, 10)), "whole number from 1 to 10");
  EXPECT_EQ(type_name(param(OC_PARAM_FLOAT, 0, 0.5)), "number from 0 to 0.5");
  EXPECT_EQ(type_name(param(OC_PARAM_TEXT)), "text");
  EXPECT_EQ(type_name(param(OC_PARAM_CHOICE)), "mean|max");
  EXPECT_EQ(type_name(param(OC_PARAM_WORDS)), "some of mean max, joined by +");
  EXPECT_EQ(type_name(param(OC_PARAM_INDEX_SET)), "index set");
  EXPECT_EQ(type_name(param(OC_PARAM_INDEX)), "mean|max|K");
  EXPECT_EQ(type_name(param(OC_PARAM_QUERY)), "last|answer|answer:K|generated|question|position:P");
}

registry::PluginRecord plugin() {
  registry::PluginRecord record;
  record.id = "raw-attention";
  record.params = {{OC_PARAM_INDEX_SET, "layers", "", "-1", 0, 0, {}},
                   {OC_PARAM_INDEX, "heads", "", "mean", 0, 0, {{"mean", ""}}},
                   {OC_PARAM_FLOAT, "alpha", "", "0.6", 0, 1, {}}};
  return record;
}

TEST(Values, WrittenOverDefault) {
  const Values values = Values::parse(plugin(), parse_spec("raw-attention:alpha=0.25"));
  EXPECT_EQ(std::get<double>(*values.find("alpha")), 0.25);
  EXPECT_EQ(values.text("alpha"), "0.25");
  EXPECT_EQ(values.text("heads"), "mean");
  EXPECT_EQ(std::get<IndexSet>(*values.find("layers")).resolve("layer", 4), std::vector<int64_t>{3});
  EXPECT_EQ(values.find("query"), nullptr);
  EXPECT_EQ(values.record().dump(), R"({"alpha":"0.25","heads":"mean","layers":"-1"})");
}

TEST(Values, DefaultsGoThroughTheSameParser) {
  registry::PluginRecord broken = plugin();
  broken.params[2].default_text = std::string("2");
  EXPECT_EQ(refusal_of([&] { Values::parse(broken, parse_spec("raw-attention")); }),
            (Refusal{OC_E_OPTION, "raw-attention: option alpha: '2' is not a number from 0 to 1"}));
}

TEST(Values, WrongOnesNameTheOption) {
  EXPECT_EQ(refusal_of([] { Values::parse(plugin(), parse_spec("raw-attention:alpha=2")); }),
            (Refusal{OC_E_OPTION, "raw-attention: option alpha: '2' is not a number from 0 to 1"}));
}

TEST(Values, UnknownKeysNameTheNearest) {
  EXPECT_EQ(refusal_of([] { Values::parse(plugin(), parse_spec("raw-attention:layer=3")); }),
            (Refusal{OC_E_OPTION, "raw-attention has no option 'layer'; did you mean layers?"}));
  EXPECT_EQ(refusal_of([] { Values::parse(plugin(), parse_spec("raw-attention:temperature=3")); }),
            (Refusal{OC_E_OPTION, "raw-attention has no option 'temperature'; there are layers, heads, alpha"}));
}

}  // namespace
}  // namespace ocellus::options
