#include <gtest/gtest.h>

#include <ocellus/sdk/options.hpp>

#include "host/registry/records.hpp"
#include "host/services/plugin_instance.hpp"
#include "tests/support/refusal.hpp"

namespace ocellus {
namespace {

using test::Refusal;
using test::refusal_of;

struct Options : OptionSet {
  BoolOption title{*this, "title", "on", "draw a title"};
  IntegerOption dpi{*this, "dpi", "100", "dots per inch", 10, 1200};
  RealOption alpha{*this, "alpha", "0.6", "opacity", 0, 1};
  TextOption note{*this, "note", "", "a text"};
  ChoiceOption style{*this, "style", "panel", "what to draw", {{"panel", "both"}, {"map", "the map alone"}}};
  WordsOption parts{
      *this, "parts", "left+right", "which parts", {{"left", "l"}, {"right", "r"}, {"top", "t"}, {"top++", "T"}}};
  IndexSetOption layers{*this, "layers", "-1", "layers"};
  IndexOption heads{*this, "heads", "mean", "heads", {{"mean", "average"}}};
  QueryOption query{*this, "query", "last", "the row"};
};

TEST(OptionSet, IsATable) {
  Options options;
  const oc_param* const* table = options.table();
  const std::vector<std::pair<std::string, uint32_t>> expected{
      {"title", OC_PARAM_BOOL},       {"dpi", OC_PARAM_INT},      {"alpha", OC_PARAM_FLOAT},
      {"note", OC_PARAM_TEXT},        {"style", OC_PARAM_CHOICE}, {"parts", OC_PARAM_WORDS},
      {"layers", OC_PARAM_INDEX_SET}, {"heads", OC_PARAM_INDEX},  {"query", OC_PARAM_QUERY}};
  for (size_t i = 0; i < expected.size(); ++i) {
    ASSERT_NE(table[i], nullptr);
    EXPECT_EQ(table[i]->struct_size, sizeof(oc_param));
    EXPECT_EQ(table[i]->key, expected[i].first);
    EXPECT_EQ(table[i]->type, expected[i].second) << expected[i].first;
  }
  EXPECT_EQ(table[expected.size()], nullptr);
  EXPECT_STREQ(table[1]->help, "dots per inch");
  EXPECT_STREQ(table[1]->default_text, "100");
  EXPECT_EQ(table[1]->min, 10);
  EXPECT_EQ(table[1]->max, 1200);
  EXPECT_EQ(table[0]->choices, nullptr);
  const std::vector<std::string> style(table[4]->choices, table[4]->choices + 4);
  EXPECT_EQ(style, (std::vector<std::string>{"panel", "both", "map", "the map alone"}));
  EXPECT_EQ(table[4]->choices[4], nullptr);
}

// The values as the real host parses them from the table and `spec`.
class Bound {
 public:
  explicit Bound(const std::string& spec)
      : plugin_("method m", options::Values::parse(record(), options::parse_spec(spec))) {
    options.bind(Host(plugin_.host()), plugin_.options());
  }
  Refusal refusal(oc_status status) const {
    return refusal_of([&] { plugin_.expect_ok(status); });
  }
  const services::PluginInstance& plugin() const { return plugin_; }

  Options options;

 private:
  static registry::PluginRecord record() {
    Options options;
    registry::PluginRecord record;
    record.id = "m";
    for (const oc_param* const* at = options.table(); *at != nullptr; ++at) {
      const oc_param& param = **at;
      registry::ParamRecord& row = record.params.emplace_back();
      row = {param.type, param.key, param.help, param.default_text, param.min, param.max, {}};
      for (const char* const* choice = param.choices; choice != nullptr && *choice != nullptr; choice += 2) {
        row.choices.emplace_back(choice[0], choice[1]);
      }
    }
    return record;
  }
  services::PluginInstance plugin_;
};

TEST(OptionSet, Defaults) {
  const Bound bound("m");
  EXPECT_TRUE(bound.options.title.value());
  EXPECT_EQ(bound.options.dpi.value(), 100);
  EXPECT_EQ(bound.options.alpha.value(), 0.6);
  EXPECT_EQ(bound.options.note.value(), "");
  EXPECT_EQ(bound.options.style.value(), "panel");
  EXPECT_EQ(bound.options.parts.value(), (std::vector<std::string>{"left", "right"}));
  EXPECT_EQ(bound.options.layers.resolve("layer", 28), std::vector<int64_t>{27});
  EXPECT_EQ(bound.options.heads.value(), "mean");
  EXPECT_FALSE(bound.options.heads.is_number());
  EXPECT_EQ(bound.options.query.value().kind, uint32_t{OC_QUERY_LAST});
}

TEST(OptionSet, WhatTheUserWrote) {
  const Bound bound(
      R"(m:title=off,dpi=300,alpha=1,note="a, b",style=map,parts=top+++left+top,layers=3+0..1,heads=12,query=answer:4)");
  EXPECT_FALSE(bound.options.title.value());
  EXPECT_EQ(bound.options.dpi.value(), 300);
  EXPECT_EQ(bound.options.alpha.value(), 1.0);
  EXPECT_EQ(bound.options.note.value(), "a, b");
  EXPECT_EQ(bound.options.style.value(), "map");
  EXPECT_EQ(bound.options.parts.value(), (std::vector<std::string>{"top++", "left", "top"}));
  EXPECT_EQ(bound.options.layers.resolve("layer", 28), (std::vector<int64_t>{3, 0, 1}));
  EXPECT_TRUE(bound.options.heads.is_number());
  EXPECT_EQ(bound.options.heads.number("head", 16), 12);
  EXPECT_EQ(bound.options.query.value().index, 4);
}

TEST(OptionSet, AutoIsEmpty) {
  EXPECT_TRUE(Bound("m:layers=auto").options.layers.resolve("layer", 28).empty());
}

TEST(OptionSet, AnIndexOutOfRangeTellsTheRange) {
  const Refusal expected{OC_E_UNSUPPORTED, "head 16 does not exist: this model has 16 of them, 0 to 15"};
  EXPECT_EQ(refusal_of([] { Bound("m:heads=16").options.heads.number("head", 16); }), expected);
  EXPECT_EQ(refusal_of([] { Bound("m:heads=4294967296").options.heads.number("head", 16); }).status, OC_E_UNSUPPORTED);
}

TEST(OptionSet, AnIndexSetOutOfRangeHasTheHostsSentence) {
  const Bound bound("m:layers=28");
  const oc_status status = guarded(bound.plugin().host(), [&] { bound.options.layers.resolve("layer", 28); });
  EXPECT_EQ(bound.refusal(status),
            (Refusal{OC_E_UNSUPPORTED,
                     "method m: layer 28 does not exist: this model has 28 of them, 0 to 27 (or -28 to -1)"}));
}

}  // namespace
}  // namespace ocellus
