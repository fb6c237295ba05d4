#include "host/faithfulness/means.hpp"

#include <gmock/gmock.h>

#include "tests/support/refusal.hpp"
#include "tests/support/stored_table.hpp"

namespace ocellus::faithfulness {
namespace {

using test::numbers;
using test::words;

Judgement judgement(const std::string& label, double gap, double random, double centre) {
  Judgement made;
  made.label = label;
  made.map.gap = gap;
  made.random.gap = random;
  made.centre.gap = centre;
  return made;
}

TEST(Means, StandBesideTheirControls) {
  Means means;
  EXPECT_TRUE(means.is_empty());
  means.add({judgement("a", 0.5, 0.25, 0)});
  means.add({judgement("a", 1, 0, 0.25)});
  const store::ArtifactData table = means.table();
  EXPECT_THAT(words(table, "order"), ::testing::ElementsAre("map", "random", "centre"));
  EXPECT_THAT(numbers(table, "gap"), ::testing::ElementsAre(0.75, 0.125, 0.125));
  EXPECT_THAT(numbers(table, "n"), ::testing::Each(2));
  EXPECT_THAT(numbers(table, "gap_error"), ::testing::ElementsAre(0.25, 0.125, 0.125));
}

TEST(Means, DifferencesArePairedSampleBySample) {
  // Two maps that vary with the sample by far more than they differ.
  Means means;
  means.add({judgement("a", 0.9, 0, 0), judgement("b", 0.8, 0, 0)});
  means.add({judgement("a", 0.1, 0, 0), judgement("b", 0.0, 0, 0)});
  means.add({judgement("b", 0.7, 0, 0)});  // of one of them nothing is known here
  const store::ArtifactData table = means.differences();
  const std::vector<std::string> labels = words(table, "label"), minus = words(table, "minus");
  ASSERT_EQ(labels.size(), 5u);  // each minus random and centre, and one minus the other
  size_t pair = 0;
  while (pair < labels.size() && (labels[pair] != "a" || minus[pair] != "b")) ++pair;
  ASSERT_LT(pair, labels.size());
  EXPECT_EQ(numbers(table, "n")[pair], 2);
  EXPECT_NEAR(numbers(table, "gap")[pair], 0.1, 1e-6);
  EXPECT_NEAR(numbers(table, "gap_error")[pair], 0, 1e-6);
}

TEST(Means, MapsOfOtherImagesAreNoPair) {
  Judgement a = judgement("a", 1, 0, 0), b = judgement("b", 0, 0, 0);
  b.image = 1;
  Means means;
  means.add({a, b});
  EXPECT_THAT(words(means.differences(), "minus"), ::testing::Not(::testing::Contains("b")));
}

TEST(MeanCurves, GoPointByPointWithErrors) {
  const auto curves = [](double value) {
    StoredCurve curve{Source::map, "a", 2, 0, {0, 1}, {value, 0}, {0, value}, {}, {}, {}};
    curve.areas.gap = value;
    return curves_artifact({curve}, "probability", 0);
  };
  MeanCurves means;
  means.add(curves(0.5));
  means.add(curves(1));
  const store::ArtifactData mean = means.artifact();
  EXPECT_EQ(mean.image, -1);
  const StoredCurve curve = read_curves(mean).at(0);
  EXPECT_THAT(curve.deletion, ::testing::ElementsAre(0.75, 0));
  EXPECT_EQ(curve.layer, 2);
  EXPECT_EQ(curve.areas.gap, 0.75);
  EXPECT_THAT(store::elements_of<float>(*store::find_tensor(mean, "deletion.standard_error")),
              ::testing::ElementsAre(0.25, 0));
}

TEST(MeanCurves, AnArtifactOfAnotherTypeIsRefused) {
  Means of_maps;
  of_maps.add({judgement("a", 1, 0, 0)});
  const store::ArtifactData table = of_maps.table();
  MeanCurves means;
  const test::Refusal refusal = test::refusal_of([&] { means.add(table); });
  EXPECT_EQ(refusal.status, OC_E_MODEL);
  EXPECT_THAT(refusal.sentence, ::testing::HasSubstr("table/1"));
}

}  // namespace
}  // namespace ocellus::faithfulness
