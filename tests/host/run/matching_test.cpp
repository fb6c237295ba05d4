#include "host/run/matching.hpp"

#include <gtest/gtest.h>

#include "tests/support/refusal.hpp"

namespace ocellus::run {
namespace {

using test::Refusal;
using test::refusal_of;

registry::PluginRecord plugin(const char* id) {
  registry::PluginRecord record;
  record.id = id;
  return record;
}

class Matching : public testing::Test {
 protected:
  Matching() {
    model_.probes = {"attention/1@language", "input/1"};
    attention_.probes = {"attention/1@language"};
    attention_.produces = {"heatmap/1", "heatmap-stack/1"};
    gradients_.probes = {"attention/1@language", "gradient/1@language"};
    gradients_.produces = {"table/1"};
    overlay_.accepts = {"heatmap/1", "heatmap-stack/1"};
  }
  registry::PluginRecord model_ = plugin("qwen2_5_vl"), attention_ = plugin("raw-attention"),
                         gradients_ = plugin("smooth-gradcam"), overlay_ = plugin("overlay");
};

TEST_F(Matching, WhatIsServedMatches) {
  EXPECT_EQ(why_not(model_, attention_), "");
  EXPECT_EQ(why_not(model_, plugin("asks-for-nothing")), "");
  EXPECT_EQ(refusal_of([&] { match(model_, {&attention_}, {&overlay_}); }), Refusal{});
  EXPECT_EQ(refusal_of([&] { match(model_, {}, {}); }), Refusal{});
}

TEST_F(Matching, OneOfSeveralIsEnough) {
  attention_.probes = {"attention/1@language|attention/1@vision"};
  EXPECT_EQ(why_not(model_, attention_), "");
  model_.probes = {"attention/1@vision"};
  EXPECT_EQ(why_not(model_, attention_), "");
  model_.probes = {"hidden/1@vision"};
  EXPECT_EQ(why_not(model_, attention_),
            "raw-attention needs attention/1@language or attention/1@vision, which models of qwen2_5_vl do not serve");
}

TEST_F(Matching, WhatTheModelDoesNotServe) {
  const char* reason = "smooth-gradcam needs gradient/1@language, which models of qwen2_5_vl do not serve";
  EXPECT_EQ(why_not(model_, gradients_), reason);
  EXPECT_EQ(refusal_of([&] { match(model_, {&attention_, &gradients_}, {}); }), (Refusal{OC_E_UNSUPPORTED, reason}));
}

TEST_F(Matching, WhatNobodyMakesCannotBeDrawn) {
  model_.probes.push_back("gradient/1@language");
  EXPECT_EQ(refusal_of([&] { match(model_, {&gradients_}, {&overlay_}); }),
            (Refusal{OC_E_UNSUPPORTED,
                     "overlay draws heatmap/1 or heatmap-stack/1, but the methods asked for make only table/1"}));
  EXPECT_EQ(refusal_of([&] { match(model_, {&gradients_, &attention_}, {&overlay_}); }), Refusal{}) << "one is enough";
}

TEST_F(Matching, WhatTheProgramItselfMakesIsNamed) {
  registry::PluginRecord curves = plugin("curves");
  curves.accepts = {"curves/1"};
  EXPECT_EQ(
      why_not_drawn(curves, {&attention_}),
      "curves draws curves/1, but the methods asked for make only heatmap/1, heatmap-stack/1: --faithfulness makes "
      "curves/1");
}

TEST_F(Matching, PicturesWithoutAQuestionAreAskedTheMethods) {
  EXPECT_EQ(default_prompt({&attention_, &gradients_}), "");
  gradients_.prompt = "What is there?";
  EXPECT_EQ(default_prompt({&attention_, &gradients_, &gradients_}), "What is there?");
  attention_.prompt = "What?";
  EXPECT_EQ(refusal_of([&] {
              (void)default_prompt({&attention_, &gradients_});
            }),
            (Refusal{OC_E_OPTION,
                     "without a prompt raw-attention asks 'What?' and smooth-gradcam 'What is there?': give --prompt "
                     "TEXT"}));
}

}  // namespace
}  // namespace ocellus::run
