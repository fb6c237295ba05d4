#include <gtest/gtest.h>

#include <limits>

#include "tests/host/services/working_plugin.hpp"

namespace ocellus::services {
namespace {

using test::Refusal;

PluginInstance plugin_with(const std::string& spec) {
  registry::PluginRecord record;
  record.id = "m";
  record.params = {
      {OC_PARAM_BOOL, "flag", "", "on", 0, 0, {}},        {OC_PARAM_INT, "number", "", "3", 0, 0, {}},
      {OC_PARAM_FLOAT, "alpha", "", "0.6", 0, 1, {}},     {OC_PARAM_TEXT, "title", "", "", 0, 0, {}},
      {OC_PARAM_INDEX_SET, "layers", "", "-1", 0, 0, {}}, {OC_PARAM_QUERY, "query", "", "answer:2", 0, 0, {}}};
  return {"method m", options::Values::parse(record, options::parse_spec(spec))};
}

TEST(OptionsService, HandsOutTypedValues) {
  const PluginInstance plugin = plugin_with("m:flag=off,title=x y");
  const oc_options* options = plugin.options();
  int32_t flag = 1;
  int64_t number = 0;
  double alpha = 0;
  const char* title = nullptr;
  oc_query query{};
  EXPECT_EQ(options_service.boolean(options, "flag", &flag), OC_OK);
  EXPECT_EQ(options_service.integer(options, "number", &number), OC_OK);
  EXPECT_EQ(options_service.real(options, "alpha", &alpha), OC_OK);
  EXPECT_EQ(options_service.text(options, "title", &title), OC_OK);
  EXPECT_EQ(options_service.query(options, "query", &query), OC_OK);
  EXPECT_EQ(flag, 0);
  EXPECT_EQ(number, 3);
  EXPECT_EQ(alpha, 0.6);
  EXPECT_STREQ(title, "x y");
  EXPECT_EQ(query.kind, uint32_t{OC_QUERY_ANSWER_TOKEN});
  EXPECT_EQ(query.index, 2);
}

TEST(OptionsService, IndicesComeInTwoCalls) {
  const PluginInstance plugin = plugin_with("m:layers=3+0..1");
  size_t n = 99;
  ASSERT_EQ(options_service.indices(plugin.options(), "layers", "layer", 4, nullptr, &n), OC_OK);
  ASSERT_EQ(n, 3u);
  std::vector<int64_t> indices(n, -1);
  ASSERT_EQ(options_service.indices(plugin.options(), "layers", "layer", 4, indices.data(), &n), OC_OK);
  EXPECT_EQ(indices, (std::vector<int64_t>{3, 0, 1}));
  n = 1;
  std::vector<int64_t> small(2, -1);
  ASSERT_EQ(options_service.indices(plugin.options(), "layers", "layer", 4, small.data(), &n), OC_OK);
  EXPECT_EQ(small, (std::vector<int64_t>{3, -1})) << "never more than there is room for";
  EXPECT_EQ(n, 3u);
}

TEST(OptionsService, AutoIsNone) {
  const PluginInstance plugin = plugin_with("m:layers=auto");
  size_t n = 99;
  EXPECT_EQ(options_service.indices(plugin.options(), "layers", "layer", 4, nullptr, &n), OC_OK);
  EXPECT_EQ(n, 0u);
}

TEST(OptionsService, OutOfRangeHasTheHostsSentence) {
  const PluginInstance plugin = plugin_with("m:layers=9");
  size_t n = 0;
  const oc_status status = options_service.indices(plugin.options(), "layers", "layer", 4, nullptr, &n);
  EXPECT_EQ(
      test::refusal_of([&] { plugin.expect_ok(status); }),
      (Refusal{OC_E_UNSUPPORTED, "method m: layer 9 does not exist: this model has 4 of them, 0 to 3 (or -4 to -1)"}));
}

TEST(OptionsService, WrongKeysAndTypesAreThePluginsFault) {
  const PluginInstance plugin = plugin_with("m");
  const oc_options* options = plugin.options();
  int64_t number = 0;
  const char* text = nullptr;
  size_t n = 0;
  const std::vector<oc_status> statuses{options_service.integer(options, "absent", &number),
                                        options_service.integer(options, "alpha", &number),
                                        options_service.text(options, "absent", &text),
                                        options_service.indices(options, "title", "layer", 4, nullptr, &n)};
  EXPECT_EQ(statuses, std::vector<oc_status>(4, OC_E_INTERNAL));
}

}  // namespace
}  // namespace ocellus::services
