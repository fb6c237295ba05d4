#include "plugins/methods/smooth_gradcam/layer_choice.hpp"

#include <gmock/gmock.h>

namespace ocellus::methods {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The numbers of the published tool's documentation, and models smaller than it thought of.
TEST(Layers, AutoSpreadsSix) {
  EXPECT_THAT(spread_layers(36), ElementsAre(0, 7, 14, 21, 28, 35));
  EXPECT_THAT(spread_layers(28), ElementsAre(0, 5, 10, 15, 20, 27));
  EXPECT_THAT(spread_layers(6), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(spread_layers(3), ElementsAre(0, 1, 2));
  EXPECT_THAT(spread_layers(1), ElementsAre(0));
}

TEST(Layers, SitesAreNumberedAsHiddenStates) {
  EXPECT_EQ(site_of(0, Site::input), 0);
  EXPECT_EQ(site_of(0, Site::output), 1);
  EXPECT_EQ(site_of(5, Site::output), 6);
}

TEST(Layers, TheLastOutputIsEmptyForAllAndItsInputForHirescam) {
  for (const Weighting weighting :
       {Weighting::gradcam, Weighting::hirescam, Weighting::layercam, Weighting::gradcam_plus_plus}) {
    EXPECT_THAT(why_empty(6, 6, weighting), HasSubstr("exactly 0 behind the last layer"));
    EXPECT_THAT(why_empty(4, 6, weighting), IsEmpty());
    EXPECT_EQ(why_empty(5, 6, weighting).empty(), weighting != Weighting::hirescam);
  }
  EXPECT_THAT(why_empty(5, 6, Weighting::hirescam), HasSubstr("cancels"));
}

}  // namespace
}  // namespace ocellus::methods
