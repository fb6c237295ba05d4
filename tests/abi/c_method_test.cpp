// The method in C at work in the real host: options, plan, captures, artifacts.
#include <gtest/gtest.h>
#include <ocellus/abi/method.h>

#include <cstring>
#include <ocellus/sdk/error.hpp>
#include <ocellus/sdk/tensor.hpp>

#include "host/registry/describe.hpp"
#include "host/registry/library.hpp"
#include "host/services/sample_context.hpp"
#include "tests/support/small_layout.hpp"

namespace ocellus {
namespace {

class CMethod : public testing::Test {
 protected:
  CMethod() : decoder_("not needed"), context_(decoder_, {"a.png", "b.png"}) {
    context_.stacks = {test::small_stack()};
    context_.layouts.add(test::SmallLayout().view());
    package_ = registry::load_package(OCELLUS_C_METHOD).package;
    record_ = registry::describe(package_).plugins.at(0);
  }
  ~CMethod() override {
    if (self_ != nullptr) table().destroy(self_);
  }

  const oc_method_1& table() const {
    return *static_cast<const oc_method_1*>(registry::plugin_of(package_, registry::Kind::method, record_.id).table);
  }

  // Creates the method with the options of `spec` and lets it plan.
  oc_status plan(const std::string& spec) {
    plugin_ = std::make_unique<services::PluginInstance>("method c",
                                                         options::Values::parse(record_, options::parse_spec(spec)));
    run_.sample = &context_;
    run_.plugin = plugin_.get();
    run_.label = "c";
    EXPECT_EQ(table().create(plugin_->host(), plugin_->options(), &self_), OC_OK);
    oc_plan wishes;
    wishes.run = &run_;
    wishes.serves = &serves_;
    wishes.wishes = &wishes_;
    return table().plan(self_, &run_, &wishes);
  }

  std::string sentence(oc_status status) const {
    try {
      plugin_->expect_ok(status);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  media::Decoder decoder_;
  services::SampleContext context_;
  const oc_package* package_ = nullptr;
  registry::PluginRecord record_;
  std::unique_ptr<services::PluginInstance> plugin_;
  oc_run run_;
  plan::Serves serves_{{"attention/1@language"}};
  std::vector<plan::Wish> wishes_;
  void* self_ = nullptr;
};

TEST_F(CMethod, AsksForTheLastRowOfTheLayerOverTheImages) {
  ASSERT_EQ(plan("c-mean-attention"), OC_OK);
  ASSERT_EQ(wishes_.size(), 1u);
  EXPECT_EQ(wishes_[0].layers, plan::Indices{3});
  EXPECT_EQ(wishes_[0].heads, (plan::Indices{0, 1}));
  EXPECT_EQ(wishes_[0].rows, plan::Indices{14});
  EXPECT_EQ(wishes_[0].keys, (plan::Indices{2, 3, 4, 5, 6, 7, 9, 10}));
}

TEST_F(CMethod, MakesAMapOfEveryImage) {
  ASSERT_EQ(plan("c-mean-attention:layers=1"), OC_OK);
  std::vector<float> values;
  for (int i = 0; i < 16; ++i) values.push_back(static_cast<float>(i));
  const TensorPointer tensor = make_tensor(std::move(values), {2, 1, 8});
  const plan::Wish& wish = wishes_[0];
  const oc_capture piece{sizeof(oc_capture), 0, 1, 0, wish.heads.data(), wish.rows.data(),
                         wish.keys.data(),   2, 1, 8, tensor.get()};
  ASSERT_EQ(table().capture(self_, &run_, &piece), OC_OK);
  std::vector<store::ArtifactData> artifacts;
  run_.artifacts = &artifacts;
  ASSERT_EQ(table().finish(self_, &run_), OC_OK);

  ASSERT_EQ(artifacts.size(), 2u);
  const std::vector<std::vector<float>> expected{{4, 5, 6, 7, 8, 9}, {10, 11}};  // means of key i and key 8 + i
  const std::vector<std::vector<int64_t>> shapes{{2, 3}, {1, 2}};
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(artifacts[i].type, "heatmap/1");
    EXPECT_EQ(artifacts[i].image, static_cast<int32_t>(i));
    const auto& [key, array] = artifacts[i].tensors.at(0);
    EXPECT_EQ(key, "values");
    EXPECT_EQ(array.shape, shapes[i]);
    ASSERT_EQ(array.bytes.size(), expected[i].size() * sizeof(float));
    EXPECT_EQ(std::memcmp(array.bytes.data(), expected[i].data(), array.bytes.size()), 0);
  }
}

TEST_F(CMethod, LeavesItsOwnSentence) {
  const oc_status status = plan("c-mean-attention:layers=0+1");
  EXPECT_EQ(status, OC_E_OPTION);
  EXPECT_EQ(sentence(status), "method c: c-mean-attention draws one layer: write layers=N");
}

TEST_F(CMethod, PassesOnTheSentenceOfTheHost) {
  const oc_status status = plan("c-mean-attention:layers=4");
  EXPECT_EQ(status, OC_E_UNSUPPORTED);
  EXPECT_EQ(sentence(status), "method c: layer 4 does not exist: this model has 4 of them, 0 to 3 (or -4 to -1)");
}

}  // namespace
}  // namespace ocellus
