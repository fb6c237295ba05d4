#include "plugins/models/qavit/expectations.hpp"

#include <gmock/gmock.h>

#include "tests/support/refusal.hpp"

namespace ocellus::qavit {
namespace {

using testing::HasSubstr;

TowerConfig base() {
  TowerConfig config{};
  config.vision.hidden_size = 768;
  config.vision.layers = 12;
  config.vision.layer_norm_eps = 1e-5;
  config.integration_point = IntegrationPoint::all;
  config.instruction_dim = 768;
  return config;
}

test::Refusal refusal(const std::string& expected) {
  return test::refusal_of([&] { expect(base(), expected, "folder"); });
}

TEST(Expectations, HoldOrNameWhatDiffers) {
  EXPECT_NO_THROW(expect(base(), "", "folder"));
  EXPECT_NO_THROW(
      expect(base(), "hidden_size=768 num_hidden_layers=12 layer_norm_eps=1e-5 integration_point=all", "folder"));
  EXPECT_EQ(refusal("hidden_size=1024").status, OC_E_MODEL);
  EXPECT_THAT(refusal("hidden_size=768 num_hidden_layers=24").sentence,
              HasSubstr("num_hidden_layers is 12 and not 24"));
  EXPECT_THAT(refusal("integration_point=late").sentence, HasSubstr("integration_point is all and not late"));
}

TEST(Expectations, MustBeKnownAndReadable) {
  EXPECT_EQ(refusal("hidden=1").status, OC_E_OPTION);
  EXPECT_THAT(refusal("hidden=1").sentence, HasSubstr("hidden_size"));
  EXPECT_EQ(refusal("hidden_size=many").status, OC_E_OPTION);
  EXPECT_EQ(refusal("hidden_size=768x").status, OC_E_OPTION);
  EXPECT_EQ(refusal("hidden_size").status, OC_E_OPTION);
}

}  // namespace
}  // namespace ocellus::qavit
