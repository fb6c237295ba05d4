#include "host/options/nearest.hpp"

#include <gtest/gtest.h>

namespace ocellus::options {
namespace {

using Names = std::vector<std::string>;

TEST(Nearest, OneSlipOfEachKind) {
  const Names names{"layers", "heads", "reduce"};
  for (const char* slip : {"layer", "layerss", "lalers", "alyers"})
    EXPECT_EQ(nearest(slip, names), Names{"layers"}) << slip;
  EXPECT_EQ(nearest("layers", names), Names{"layers"});
}

TEST(Nearest, NearestFirstAtMostThree) {
  EXPECT_EQ(nearest("abcd", {"abxy", "abcx", "abcd", "abc"}), (Names{"abcd", "abcx", "abc"}));
}

TEST(Nearest, FarNamesAreNotOffered) {
  EXPECT_EQ(nearest("overlay", {"raw-attention", "tensors"}), Names{});
  EXPECT_EQ(nearest("raw_attn", {"raw-attention"}), Names{}) << "6 of 13 letters";
  EXPECT_EQ(nearest("raw-attenton", {"raw-attention"}), Names{"raw-attention"});
}

TEST(Nearest, Sentences) {
  EXPECT_EQ(did_you_mean("layer", {"layers", "heads"}), "; did you mean layers?");
  EXPECT_EQ(did_you_mean("cat", {"bat", "cut"}), "; did you mean bat or cut?");
  EXPECT_EQ(did_you_mean("zebra", {"layers", "heads"}), "; there are layers, heads");
  EXPECT_EQ(did_you_mean("zebra", {}), "; there are none");
  const std::string many = did_you_mean("zebra", Names(23, "overlay"));
  EXPECT_TRUE(many.ends_with("overlay, overlay and 3 more")) << many;
}

}  // namespace
}  // namespace ocellus::options
