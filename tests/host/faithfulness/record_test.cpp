#include "host/faithfulness/record.hpp"

#include <gmock/gmock.h>

#include "host/faithfulness/curves_artifact.hpp"

namespace ocellus::faithfulness {
namespace {

Report report() {
  Report made;
  made.settings = parse_settings("steps=2");
  made.tokens = {"red"};
  made.clean = 0.75;
  Judgement judgement;
  judgement.label = "m";
  judgement.layer = 3;
  judgement.map = {0.5, 0.25, 0.25, 0.125, 1};
  judgement.random = {0.375, 0.375, 0, 1, 0};
  judgement.centre = {0.5, 0.375, 0.125, 0.5, 1};
  made.judged.maps = {judgement, judgement};
  made.judged.maps[1].layer.reset();
  made.judged.maps[1].oracle = Areas{1, 0, 1, 0.0625, 1};
  const Curve curve{{0, 0.5, 1}, {0.75, 0.5, 0}, {0, 0.25, 0.75}, {1, 1, 2}};
  made.judged.curves[0] = {{Source::map, "m", 3, 0, curve, areas_of(curve)},
                           {Source::random, "random", {}, 0, curve, areas_of(curve)}};
  return made;
}

TEST(Record, IsReadBackAsItWasWritten) {
  const Report made = report();
  const std::vector<Judgement> read = read_judgements(report_record(made));
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].layer, 3);
  EXPECT_FALSE(read[1].layer);
  EXPECT_FALSE(read[0].oracle);
  for (const auto& [name, member] : area_names()) {
    EXPECT_EQ(read[0].map.*member, made.judged.maps[0].map.*member) << name;
    EXPECT_EQ(read[0].random.*member, made.judged.maps[0].random.*member) << name;
    EXPECT_EQ(read[1].oracle.value().*member, made.judged.maps[1].oracle.value().*member) << name;
  }
}

TEST(Record, WithoutControlsIsRefused) {
  nlohmann::ordered_json record = report_record(report());
  record["maps"][0].erase("centre");
  EXPECT_THROW(read_judgements(record), nlohmann::json::exception);
}

TEST(Record, NumbersAreFoundByName) {
  const Judgement judgement = report().judged.maps[1];
  EXPECT_EQ(number_of(judgement, "faithfulness.gap"), 0.25);
  EXPECT_EQ(number_of(judgement, "faithfulness.gap.centre"), 0.125);
  EXPECT_EQ(number_of(judgement, "faithfulness.flip_area.oracle"), 0.0625);
  for (const char* unknown : {"gap", "faithfulness.", "faithfulness.size", "faithfulness.gap.nobody", "faithfulness"})
    EXPECT_FALSE(number_of(judgement, unknown)) << unknown;
  EXPECT_FALSE(number_of(report().judged.maps[0], "faithfulness.gap.oracle")) << "no box is known";
}

TEST(CurvesArtifact, HoldsWhatWasDrawn) {
  const std::vector<store::ArtifactData> artifacts = curves_of(report());
  ASSERT_EQ(artifacts.size(), 1u);
  EXPECT_EQ(artifacts[0].image, 0);
  const std::vector<StoredCurve> curves = read_curves(artifacts[0]);
  ASSERT_EQ(curves.size(), 2u);
  EXPECT_EQ(curves[0].label, "m");
  EXPECT_EQ(curves[0].layer, 3);
  EXPECT_EQ(curves[1].source, Source::random);
  EXPECT_FALSE(curves[1].layer);
  EXPECT_THAT(curves[0].deletion, ::testing::ElementsAre(0.75, 0.5, 0));
  EXPECT_THAT(curves[0].insertion, ::testing::ElementsAre(0, 0.25, 0.75));
  EXPECT_EQ(curves[0].areas.gap, 0.3125 - 0.4375);
}

TEST(CurvesArtifact, SaysWhatIsMeasured) {
  EXPECT_EQ(value_name(parse_settings("")), "probability of the answer's first token");
  EXPECT_EQ(value_name(parse_settings("score=logit,tokens=answer")), "mean logit of the answer's tokens");
}

}  // namespace
}  // namespace ocellus::faithfulness
