// What describe() makes of descriptors, built here in memory; whole libraries are in scan_test.cpp.
#include "host/registry/describe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ocellus/abi/method.h>

#include <cmath>
#include <cstddef>
#include <functional>
#include <ocellus/sdk/error.hpp>

#include "tests/support/refusal.hpp"

namespace ocellus::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

// A package of one method with one option; tests change what they are about.
struct Fixture {
  Fixture() {
    table.struct_size = sizeof table;
    table.create = [](const oc_host*, const oc_options*, void**) noexcept -> oc_status { return OC_OK; };
    table.destroy = [](void*) noexcept {};
    table.plan = [](void*, const oc_run*, oc_plan*) noexcept -> oc_status { return OC_OK; };
    table.capture = [](void*, const oc_run*, const oc_capture*) noexcept -> oc_status { return OC_OK; };
    table.finish = [](void*, const oc_run*) noexcept -> oc_status { return OC_OK; };
    for (oc_plugin* each : {&plugin, &second}) {
      each->struct_size = sizeof *each;
      each->kind = OC_KIND_METHOD;
      each->summary = "looks";
      each->table = &table;
    }
    plugin.id = "look";
    plugin.params = params;
    second.id = "look";
    param.struct_size = sizeof param;
    param.type = OC_PARAM_CHOICE;
    param.key = "heads";
    param.help = "which heads";
    param.default_text = "mean";
    param.choices = choices;
    package.struct_size = sizeof package;
    package.abi_minor = package.min_host_minor = 1;
    package.n_plugins = 1;
    package.id = "org.example.look";
    package.version = "1.2";
    package.vendor = "example";
    package.license = "MIT";
    package.runtime = "";
    package.plugins = plugins;
  }
  Fixture(const Fixture&) = delete;

  oc_method_1 table{};
  const char* choices[5] = {"mean", "of all", "max", "of all", nullptr};
  oc_param param{};
  const oc_param* params[3] = {&param, nullptr, nullptr};
  oc_plugin plugin{}, second{};
  const oc_plugin* plugins[2] = {&plugin, &second};
  oc_package package{};
};

TEST(Describe, CopiesEverything) {
  Fixture fixture;
  const char* produces[] = {"heatmap/1", "tensors/1", nullptr};
  fixture.plugin.produces = produces;
  fixture.param.min = -1;
  fixture.param.max = 2.5;
  const PackageRecord package = describe(&fixture.package);
  EXPECT_EQ(package.id, "org.example.look");
  EXPECT_EQ(package.version, "1.2");
  EXPECT_EQ(package.vendor, "example");
  EXPECT_EQ(package.license, "MIT");
  EXPECT_EQ(package.min_host_minor, 1U);
  ASSERT_EQ(package.plugins.size(), 1U);
  const PluginRecord& plugin = package.plugins[0];
  EXPECT_EQ(plugin.id, "look");
  EXPECT_EQ(plugin.kind, Kind::method);
  EXPECT_EQ(plugin.summary, "looks");
  EXPECT_THAT(plugin.produces, ElementsAre("heatmap/1", "tensors/1"));
  EXPECT_TRUE(plugin.probes.empty());
  ASSERT_EQ(plugin.params.size(), 1U);
  const ParamRecord& param = plugin.params[0];
  EXPECT_EQ(param.type, uint32_t{OC_PARAM_CHOICE});
  EXPECT_EQ(param.key, "heads");
  EXPECT_EQ(param.help, "which heads");
  EXPECT_EQ(param.default_text, "mean");
  EXPECT_EQ(param.min, -1);
  EXPECT_EQ(param.max, 2.5);
  EXPECT_THAT(param.choices, ElementsAre(Pair("mean", "of all"), Pair("max", "of all")));
}

TEST(Describe, SurvivesJson) {
  Fixture fixture;
  const nlohmann::json written = describe(&fixture.package);
  EXPECT_EQ(nlohmann::json(written.get<PackageRecord>()), written);
  nlohmann::json unknown = written;
  unknown["plugins"][0]["kind"] = "oracle";
  EXPECT_THROW(unknown.get<PackageRecord>(), nlohmann::json::exception);
}

TEST(Describe, GatesOnTheHostItNeedsAndOnNothingElse) {
  Fixture fixture;
  fixture.package.abi_minor = 7;
  EXPECT_EQ(describe(&fixture.package, 1).abi_minor, 7U);
  fixture.package.min_host_minor = 7;
  EXPECT_EQ(describe(&fixture.package, 7).min_host_minor, 7U);
  try {
    describe(&fixture.package, 6);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_UNSUPPORTED);
    EXPECT_STREQ(error.what(), "it wants host ABI 0.7, this is 0.6: update ocellus");
  }
}

struct Fault {
  const char* name;
  const char* sentence;
  std::function<void(Fixture&)> make;
};
void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.name;
}

class DescribeRefuses : public ::testing::TestWithParam<Fault> {};

TEST_P(DescribeRefuses, Faults) {
  Fixture fixture;
  describe(&fixture.package);  // good before it is spoilt
  GetParam().make(fixture);
  try {
    describe(&fixture.package);
    FAIL() << "was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_INTERNAL);
    EXPECT_THAT(error.what(), HasSubstr(GetParam().sentence));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Describe, DescribeRefuses,
    ::testing::Values(
        Fault{"no_size", "the package says it has 0 bytes", [](Fixture& f) { f.package.struct_size = 0; }},
        Fault{"huge_size", "says it has 4294967295 bytes", [](Fixture& f) { f.package.struct_size = UINT32_MAX; }},
        Fault{"only_a_size", "the id of the package is NULL", [](Fixture& f) { f.package.struct_size = 4; }},
        Fault{"no_package_id", "the id of the package is empty", [](Fixture& f) { f.package.id = ""; }},
        Fault{"no_license", "the license of the package is NULL", [](Fixture& f) { f.package.license = nullptr; }},
        Fault{"no_runtime", "the runtime of the package is NULL", [](Fixture& f) { f.package.runtime = nullptr; }},
        Fault{"no_plugins", "has no plugins", [](Fixture& f) { f.package.n_plugins = 0; }},
        Fault{"no_plugin_list", "has no plugins", [](Fixture& f) { f.package.plugins = nullptr; }},
        Fault{"too_many", "says it has 4294967295 plugins", [](Fixture& f) { f.package.n_plugins = UINT32_MAX; }},
        Fault{"null_plugin", "a plugin is NULL", [](Fixture& f) { f.plugins[0] = nullptr; }},
        Fault{"twice", "the package has two methods called look", [](Fixture& f) { f.package.n_plugins = 2; }},
        Fault{"null_id", "the id of a plugin is NULL", [](Fixture& f) { f.plugin.id = nullptr; }},
        Fault{"path_as_id", "plugin ../look has an id", [](Fixture& f) { f.plugin.id = "../look"; }},
        Fault{"flag_as_id", "plugin -x has an id", [](Fixture& f) { f.plugin.id = "-x"; }},
        Fault{"null_kind", "the kind of plugin look is NULL", [](Fixture& f) { f.plugin.kind = nullptr; }},
        Fault{"unknown_kind", "kind ocellus.oracle/1", [](Fixture& f) { f.plugin.kind = "ocellus.oracle/1"; }},
        Fault{"null_summary", "summary of plugin look", [](Fixture& f) { f.plugin.summary = nullptr; }},
        Fault{"null_table", "table of plugin look is NULL", [](Fixture& f) { f.plugin.table = nullptr; }},
        Fault{"other_table", "build it again", [](Fixture& f) { f.table.struct_size += 8; }},
        Fault{"null_function", "function 3 of the table of plugin look is NULL",
              [](Fixture& f) { f.table.capture = nullptr; }},
        Fault{"null_key", "the key of an option of plugin look is NULL", [](Fixture& f) { f.param.key = nullptr; }},
        Fault{"unwritable_key", "a key that cannot be written", [](Fixture& f) { f.param.key = "a=b"; }},
        Fault{"reserved_key", "a key that cannot be written", [](Fixture& f) { f.param.key = "as"; }},
        Fault{"same_key", "plugin look has two options heads", [](Fixture& f) { f.params[1] = &f.param; }},
        Fault{"unknown_type", "option heads of plugin look is of an unknown type",
              [](Fixture& f) { f.param.type = 99; }},
        Fault{"null_help", "the help of option heads", [](Fixture& f) { f.param.help = nullptr; }},
        Fault{"null_default", "the default of option heads", [](Fixture& f) { f.param.default_text = nullptr; }},
        Fault{"backwards_range", "has no range", [](Fixture& f) { f.param.min = 1; }},
        Fault{"endless_range", "has no range", [](Fixture& f) { f.param.max = INFINITY; }},
        Fault{"odd_choices", "a choice without help", [](Fixture& f) { f.choices[3] = nullptr; }},
        Fault{"unwritable_choice", "option heads of plugin look has a choice of more than letters",
              [](Fixture& f) { f.choices[2] = "it's"; }},
        Fault{"choice_that_begins_with_plus", "has a choice of more than letters",
              [](Fixture& f) { f.choices[2] = "+max"; }},
        Fault{"no_choices", "has no choices", [](Fixture& f) { f.param.choices = nullptr; }}),
    [](const auto& test) { return test.param.name; });

TEST(Describe, RefusesAListWithoutEnd) {
  Fixture fixture;
  std::vector<const char*> endless(100'000, "x/1");
  endless.push_back(nullptr);  // far away
  fixture.plugin.produces = endless.data();
  EXPECT_THROW(describe(&fixture.package), Error);
}

TEST(PluginOf, FillsUpAShortDescriptor) {
  Fixture fixture;
  fixture.plugin.struct_size = offsetof(oc_plugin, params);
  const oc_plugin plugin = plugin_of(&fixture.package, Kind::method, "look");
  EXPECT_EQ(plugin.table, &fixture.table);
  EXPECT_EQ(plugin.params, nullptr);
  EXPECT_THROW(plugin_of(&fixture.package, Kind::renderer, "look"), Error);
}

TEST(Describe, AReductionIsASecondTableOfAMethod) {
  Fixture fixture;
  EXPECT_FALSE(describe(&fixture.package).plugins[0].reduces);
  oc_reduction_1 reduction{};
  reduction.struct_size = sizeof reduction;
  reduction.create = [](const oc_host*, const oc_options*, void**) noexcept -> oc_status { return OC_OK; };
  reduction.destroy = [](void*) noexcept {};
  reduction.add = [](void*, const oc_run*, const oc_artifact* const*, size_t) noexcept -> oc_status { return OC_OK; };
  fixture.plugin.reduction = &reduction;
  EXPECT_THAT(test::refusal_of([&] { describe(&fixture.package); }).sentence,
              testing::HasSubstr("function 3 of the table of the reduction of plugin look is NULL"));
  reduction.conclude = [](void*, const oc_run*) noexcept -> oc_status { return OC_OK; };
  EXPECT_TRUE(describe(&fixture.package).plugins[0].reduces);
  fixture.plugin.struct_size = offsetof(oc_plugin, reduction);  // as a package of ABI 0.2 says it
  EXPECT_FALSE(describe(&fixture.package).plugins[0].reduces);
}

TEST(Describe, AMethodMayHaveAPrompt) {
  Fixture fixture;
  EXPECT_EQ(describe(&fixture.package).plugins[0].prompt, "");
  fixture.plugin.prompt = "Was ist da?";
  const PluginRecord plugin = describe(&fixture.package).plugins[0];
  EXPECT_EQ(plugin.prompt, "Was ist da?");
  EXPECT_EQ(nlohmann::json(plugin).get<PluginRecord>().prompt, "Was ist da?");
}

}  // namespace
}  // namespace ocellus::registry
