#include "host/options/schema.hpp"

#include <gmock/gmock.h>
#include <ocellus/abi/options.h>

#include <ocellus/sdk/error.hpp>
#include <regex>

#include "host/options/values.hpp"

namespace ocellus::options {
namespace {

using nlohmann::ordered_json;

registry::ParamRecord param(uint32_t type, const std::string& default_text, double min = 0, double max = 0) {
  return {type, "key", "what it does", default_text, min, max, {}};
}

ordered_json property(registry::ParamRecord of) {
  registry::PluginRecord plugin;
  plugin.id = "it";
  plugin.params = {std::move(of)};
  return option_schema(plugin)["properties"]["key"];
}

TEST(OptionSchema, IsAClosedObject) {
  const ordered_json schema = option_schema({});
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema["type"], "object");
  EXPECT_EQ(schema["additionalProperties"], false);
}

TEST(OptionSchema, TypesBoundsAndDefaults) {
  EXPECT_EQ(property(param(OC_PARAM_BOOL, "off")),
            (ordered_json{{"description", "what it does"}, {"type", "boolean"}, {"default", false}}));
  EXPECT_EQ(
      property(param(OC_PARAM_INT, "7", 1, 9)),
      (ordered_json{
          {"description", "what it does"}, {"type", "integer"}, {"minimum", 1.0}, {"maximum", 9.0}, {"default", 7}}));
  EXPECT_EQ(property(param(OC_PARAM_FLOAT, "0.5"))["default"], 0.5);
  EXPECT_FALSE(property(param(OC_PARAM_FLOAT, "0.5")).contains("minimum"));
  EXPECT_EQ(property(param(OC_PARAM_TEXT, ""))["type"], "string");
}

TEST(OptionSchema, ADefaultThatItsOptionDoesNotTakeIsLeftOut) {
  EXPECT_FALSE(property(param(OC_PARAM_INT, "many")).contains("default"));
}

TEST(OptionSchema, ChoicesAreListed) {
  registry::ParamRecord choice = param(OC_PARAM_CHOICE, "b");
  choice.choices = {{"a", "the first"}, {"b", "the second"}};
  const ordered_json schema = property(choice);
  EXPECT_EQ(schema["enum"], (ordered_json{"a", "b"}));
  EXPECT_EQ(schema["$comment"], "a: the first; b: the second");
}

bool matches(const ordered_json& schema, const std::string& text) {
  return std::regex_search(text, std::regex(schema["pattern"].get<std::string>()));
}

TEST(OptionSchema, PatternsAgreeWithTheParser) {
  registry::ParamRecord words = param(OC_PARAM_WORDS, "a");
  words.choices = {{"a", ""}, {"b", ""}, {"b++", ""}};
  const registry::ParamRecord set = param(OC_PARAM_INDEX_SET, "-1"), query = param(OC_PARAM_QUERY, "last");
  const std::vector<std::pair<registry::ParamRecord, std::vector<std::string>>> cases{
      {words, {"a", "a+b", "", "c", "a+", "+b", "ab", "b++", "b+++a", "a+b++", "b++a"}},
      {set, {"3", "-1", "0..11+20", "all", "late+0", "auto", "auto+1", "", "1..", "..2", "x", "1+"}},
      {query, {"last", "answer", "answer:3", "answer:", "generated", "question", "position:0", "position", "first"}}};
  for (const auto& [of, texts] : cases) {
    const ordered_json schema = property(of);
    for (const std::string& text : texts) {
      bool parses = true;
      try {
        parse_value(of, text);
      } catch (const Error&) {
        parses = false;
      }
      EXPECT_EQ(matches(schema, text), parses) << text;
    }
  }
}

}  // namespace
}  // namespace ocellus::options
