// A whole method of the SDK in its C table, driven by the real services as a run does it.
#include <gtest/gtest.h>

#include <memory>
#include <ocellus/sdk.hpp>

#include "host/registry/describe.hpp"
#include "tests/host/services/working_plugin.hpp"

namespace {

// The sum of each key's attention over the rows and heads that were captured.
class Sum : public ocellus::Method {
 public:
  struct Options : ocellus::OptionSet {
    ocellus::IndexSetOption layers{*this, "layers", "-1", "layers"};
    ocellus::QueryOption query{*this, "query", "last", "rows"};
  } options;

  void plan(const ocellus::Run& run, ocellus::Plan& plan) override {
    sums_.assign(8, 0.0f);
    probe_ =
        plan.probe({.kind = OC_PROBE_ATTENTION,
                    .layers = ocellus::Select::indices(options.layers.resolve("layer", run.stack("language").n_layers)),
                    .queries = ocellus::Select::rows(options.query.value()),
                    .keys = ocellus::Select::images()});
    mass_ = plan.probe(
        {.kind = OC_PROBE_MASS, .groups = {ocellus::Select::images(), ocellus::Select::segment(OC_SEGMENT_SYSTEM)}});
  }
  void capture(const ocellus::Run&, const ocellus::Capture& capture) override {
    if (capture.probe() == mass_) throw std::runtime_error("the mass is not for here");
    for (size_t head = 0; head < capture.heads().size(); ++head) {
      for (size_t row = 0; row < capture.rows().size(); ++row) {
        for (size_t key = 0; key < capture.keys().size(); ++key) sums_[key] += capture.values()(head, row, key);
      }
    }
  }
  void finish(const ocellus::Run& run) override {
    for (const oc_grid& grid : run.grids("language")) {
      const auto begin = sums_.begin() + (grid.image == 0 ? 0 : 6),
                 end = grid.image == 0 ? sums_.begin() + 6 : sums_.end();
      run.artifact("heatmap/1", grid.image)
          .tensor("values", std::vector<float>(begin, end), {grid.rows, grid.cols})
          .commit();
    }
  }

 private:
  uint32_t probe_ = 0, mass_ = 0;
  std::vector<float> sums_;
};

}  // namespace

OCELLUS_METHOD(Sum, {.id = "org.example.sum", .version = "1.2", .vendor = "nobody", .license = "Apache-2.0"},
               {.id = "sum", .summary = "sums", .probes = {"attention/1@language"}, .produces = {"heatmap/1"}})

namespace ocellus {
namespace {

using test::Refusal;

TEST(Package, SaysWhatIsInIt) {
  const registry::PackageRecord package = registry::describe(ocellus_package_v0());
  EXPECT_EQ(package.id, "org.example.sum");
  EXPECT_EQ(package.version, "1.2");
  EXPECT_EQ(package.runtime, "");
  EXPECT_EQ(package.abi_minor, uint32_t{OC_ABI_MINOR});
  ASSERT_EQ(package.plugins.size(), 1u);
  const registry::PluginRecord& plugin = package.plugins[0];
  EXPECT_EQ(plugin.id, "sum");
  EXPECT_EQ(plugin.kind, registry::Kind::method);
  EXPECT_EQ(plugin.probes, std::vector<std::string>{"attention/1@language"});
  EXPECT_EQ(plugin.produces, std::vector<std::string>{"heatmap/1"});
  EXPECT_TRUE(plugin.opens.empty() && plugin.accepts.empty());
  ASSERT_EQ(plugin.params.size(), 2u);
  EXPECT_EQ(plugin.params[0].key, "layers");
  EXPECT_EQ(ocellus_package_v0(), ocellus_package_v0()) << "made once";
}

class SumTest : public testing::Test {
 protected:
  explicit SumTest(const std::string& spec = "sum")
      : plugin_("method sum", options::Values::parse(registry::describe(ocellus_package_v0()).plugins.at(0),
                                                     options::parse_spec(spec))) {
    work_.run.plugin = &plugin_;
    wishes_.run = &work_.run;
    wishes_.serves = &serves_;
    wishes_.wishes = &made_;
    EXPECT_EQ(table_.create(plugin_.host(), plugin_.options(), &self_), OC_OK);
  }
  ~SumTest() override { table_.destroy(self_); }

  oc_status plan() { return table_.plan(self_, &work_.run, &wishes_); }
  oc_status capture(uint32_t probe, std::vector<float> values) {
    const plan::Wish& wish = made_.at(0);
    const TensorPointer tensor = make_tensor(std::move(values), {2, 1, 8});
    const oc_capture piece{sizeof(oc_capture), probe, 3, 0, wish.heads.data(), wish.rows.data(),
                           wish.keys.data(),   2,     1, 8, tensor.get()};
    return table_.capture(self_, &work_.run, &piece);
  }
  Refusal refusal(oc_status status) const {
    return test::refusal_of([&] { plugin_.expect_ok(status); });
  }

  const oc_method_1& table_ = MethodThunks<Sum>::table;
  services::WorkingPlugin work_;
  services::PluginInstance plugin_;
  plan::Serves serves_{{"attention/1@language", "attention-mass/1@language"}};
  std::vector<plan::Wish> made_;
  oc_plan wishes_;
  void* self_ = nullptr;
};

TEST_F(SumTest, ProbesArriveAsTheyWereWritten) {
  ASSERT_EQ(plan(), OC_OK);
  ASSERT_EQ(made_.size(), 2u);
  EXPECT_EQ(made_[0].kind, OC_PROBE_ATTENTION);
  EXPECT_EQ(made_[0].layers, plan::Indices{3});
  EXPECT_EQ(made_[0].heads, (plan::Indices{0, 1}));
  EXPECT_EQ(made_[0].rows, plan::Indices{14});
  EXPECT_EQ(made_[0].keys, (plan::Indices{2, 3, 4, 5, 6, 7, 9, 10}));
  EXPECT_EQ(made_[1].kind, OC_PROBE_MASS);
  EXPECT_EQ(made_[1].layers.size(), 4u);
  EXPECT_EQ(made_[1].groups, (std::vector<plan::Indices>{{2, 3, 4, 5, 6, 7, 9, 10}, {0, 1}}));
}

TEST_F(SumTest, CapturesBecomeArtifacts) {
  ASSERT_EQ(plan(), OC_OK);
  std::vector<float> values;
  for (int i = 0; i < 16; ++i) values.push_back(static_cast<float>(i));
  ASSERT_EQ(capture(0, values), OC_OK);
  ASSERT_EQ(table_.finish(self_, &work_.run), OC_OK);
  ASSERT_EQ(work_.artifacts.size(), 2u);
  const std::vector<std::byte>& bytes = work_.artifacts[1].tensors.at(0).second.bytes;
  std::vector<float> second(2);
  ASSERT_EQ(bytes.size(), sizeof(float) * 2);
  std::memcpy(second.data(), bytes.data(), bytes.size());
  EXPECT_EQ(second, (std::vector<float>{6 + 14, 7 + 15}));
}

TEST_F(SumTest, ExceptionsStayInside) {
  ASSERT_EQ(plan(), OC_OK);
  const oc_status status = capture(1, std::vector<float>(16));
  EXPECT_EQ(refusal(status), (Refusal{OC_E_INTERNAL, "method sum: the mass is not for here"}));
}

TEST_F(SumTest, WhatTheHostRefusesKeepsItsSentence) {
  serves_.probes.pop_back();
  EXPECT_EQ(refusal(plan()),
            (Refusal{OC_E_UNSUPPORTED, "method sum: the model does not serve attention-mass/1@language"}));
  work_.run.artifacts = nullptr;
  EXPECT_EQ(refusal(table_.finish(self_, &work_.run)),
            (Refusal{OC_E_INTERNAL, "method sum: it made an artifact outside finish"}));
}

TEST_F(SumTest, AStackThatIsNotThereIsNamed) {
  work_.sample.stacks.clear();
  EXPECT_EQ(refusal(plan()), (Refusal{OC_E_UNSUPPORTED, "method sum: the model has no stack called language"}));
}

class SumOfTheAnswer : public SumTest {
 protected:
  SumOfTheAnswer() : SumTest("sum:query=answer:2,layers=0") {}
};

TEST_F(SumOfTheAnswer, OptionsReachThePlan) {
  ASSERT_EQ(plan(), OC_OK);
  EXPECT_EQ(made_.at(0).layers, plan::Indices{0});
  EXPECT_TRUE(made_[0].answer);
  EXPECT_EQ(made_[0].answer_tokens, plan::Indices{2});
  EXPECT_TRUE(wishes_.generate);
}

TEST(Select, RowsOfAQuery) {
  const auto rows = [](uint32_t kind, int64_t index) { return Select::rows({kind, 0, index}); };
  EXPECT_EQ(rows(OC_QUERY_LAST, 0).kind, uint32_t{OC_SELECT_LAST});
  EXPECT_EQ(rows(OC_QUERY_ANSWER, 0).kind, uint32_t{OC_SELECT_ANSWER});
  EXPECT_TRUE(rows(OC_QUERY_ANSWER, 0).numbers.empty());
  EXPECT_EQ(rows(OC_QUERY_ANSWER_TOKEN, 3).numbers, std::vector<int64_t>{3});
  EXPECT_EQ(rows(OC_QUERY_QUESTION, 0).kind, uint32_t{OC_SELECT_SEGMENT});
  EXPECT_EQ(rows(OC_QUERY_QUESTION, 0).argument, OC_SEGMENT_QUESTION);
  EXPECT_EQ(rows(OC_QUERY_POSITION, 5).kind, uint32_t{OC_SELECT_INDICES});
  EXPECT_EQ(rows(OC_QUERY_POSITION, 5).numbers, std::vector<int64_t>{5});
  EXPECT_EQ(test::refusal_of([&] { rows(OC_QUERY_GENERATED, 0); }).status, OC_E_UNSUPPORTED) << "it is no single map";
}

}  // namespace
}  // namespace ocellus
