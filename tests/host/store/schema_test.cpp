#include "host/store/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <ocellus/sdk/error.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ocellus::store {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Array floats(std::vector<int64_t> shape, float last = 0) {
  Array array{Array::Type::f32, std::move(shape), {}};
  array.bytes.resize(byte_size(array.type, array.shape));
  if (!array.bytes.empty()) std::memcpy(&array.bytes[array.bytes.size() - sizeof last], &last, sizeof last);
  return array;
}

Array integers(std::vector<int64_t> shape) {
  Array array{Array::Type::i64, std::move(shape), {}};
  array.bytes.resize(byte_size(array.type, array.shape));
  return array;
}

ArtifactData heatmap() {
  ArtifactData artifact{"heatmap/1", "raw-attention", "", 0, {}, {}, {}};
  artifact.tensors = {{"values", floats({3, 4})}, {"cells", floats({3, 4, 4})}};
  artifact.texts = {{"layers", "-1"}};
  artifact.numbers = {{"mass.bos", 0.25}};
  return artifact;
}

ArtifactData stack() {
  ArtifactData artifact{"heatmap-stack/1", "raw-attention", "by_layer", 0, {}, {}, {}};
  artifact.tensors = {{"values", floats({2, 3, 4})}, {"index", integers({2})}};
  artifact.texts = {{"axis", "layer"}};
  return artifact;
}

ArtifactData head_table() {
  ArtifactData artifact{"head-table/1", "head-stats", "", -1, {}, {}, {}};
  artifact.tensors = {{"total", floats({2, 3})}, {"layers", integers({2})}, {"heads", integers({3})}};
  artifact.texts = {{"quantities", "total"}};
  return artifact;
}

// The sentence with which the artifact is refused; "" if it is not.
std::string refusal(const ArtifactData& artifact) {
  try {
    check_schema(artifact);
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_INTERNAL);
    return error.what();
  }
  return "";
}

TEST(Schema, TakesWhatFits) {
  EXPECT_EQ(refusal(heatmap()), "");
  EXPECT_EQ(refusal(stack()), "");
  EXPECT_EQ(refusal(head_table()), "");
  ArtifactData raw{"tensors/1", "tensors", "", -1, {}, {}, {}};
  raw.tensors = {{"logits_last", floats({5}, std::nanf(""))}, {"number", integers({})}};
  EXPECT_EQ(refusal(raw), "");
}

TEST(Schema, ScoresNameWhatSamplesAreRankedBy) {
  ArtifactData scores{"scores/1", "match-score", "", -1, {}, {{"order", "score -entropy"}}, {{"score", 0.5}}};
  EXPECT_NE(refusal(scores).find("entropy is missing, and samples are ranked by it"), std::string::npos);
  scores.numbers.emplace_back("entropy", 1.0);
  EXPECT_EQ(refusal(scores), "");
  scores.texts.clear();
  EXPECT_NE(refusal(scores).find("order is missing"), std::string::npos);
  scores.texts = {{"order", "-entropy"}};
  scores.numbers = {{"entropy", 1.0}};
  EXPECT_NE(refusal(scores).find("score is missing"), std::string::npos);
}

TEST(Schema, LeavesTypesOfVendorsToThem) {
  EXPECT_EQ(refusal({"org.example.rollout/1", "rollout", "", -1, {}, {}, {}}), "");
  EXPECT_THAT(refusal({"rollout/1", "rollout", "", -1, {}, {}, {}}), HasSubstr("this type is unknown"));
  EXPECT_THAT(refusal({"heatmap/2", "rollout", "", -1, {}, {}, {}}), HasSubstr("this type is unknown"));
  EXPECT_THAT(refusal({"", "rollout", "", -1, {}, {}, {}}), HasSubstr("this type is unknown"));
}

TEST(Schema, NamesTheArtifactAndTheKey) {
  ArtifactData artifact = stack();
  artifact.tensors[0].second = floats({2, 3, 4}, INFINITY);
  EXPECT_EQ(refusal(artifact),
            "artifact heatmap-stack/1 'by_layer' of raw-attention: values is not finite at element 23");
}

TEST(Schema, ChecksHeatmaps) {
  const auto with_values = [](Array values) {
    ArtifactData artifact = heatmap();
    artifact.tensors[0].second = std::move(values);
    return refusal(artifact);
  };
  EXPECT_THAT(with_values(floats({3, 4, 1})), HasSubstr("values has 3 axes instead of 2"));
  EXPECT_THAT(with_values(integers({3, 4})), HasSubstr("values is not float32"));
  EXPECT_THAT(with_values(floats({0, 4})), HasSubstr("values is empty"));
  EXPECT_THAT(with_values(floats({3, 4}, std::nanf(""))), HasSubstr("values is not finite at element 11"));
  ArtifactData artifact = heatmap();
  artifact.tensors.erase(artifact.tensors.begin());
  EXPECT_THAT(refusal(artifact), HasSubstr("values is missing"));
  artifact = heatmap();
  artifact.tensors[1].second = floats({3, 4, 4}, NAN);
  EXPECT_THAT(refusal(artifact), HasSubstr("cells is not finite"));
}

TEST(Schema, ChecksStacks) {
  ArtifactData artifact = stack();
  artifact.tensors[1].second = integers({3});
  EXPECT_THAT(refusal(artifact), HasSubstr("index has 3 elements for 2 maps"));
  artifact = stack();
  artifact.tensors.pop_back();
  EXPECT_THAT(refusal(artifact), HasSubstr("index is missing"));
  artifact = stack();
  artifact.tensors[1].second = floats({2});
  EXPECT_THAT(refusal(artifact), HasSubstr("index is not int64"));
  artifact = stack();
  artifact.texts.clear();
  EXPECT_THAT(refusal(artifact), HasSubstr("axis is missing"));
}

TEST(Schema, ChecksEveryArtifact) {
  ArtifactData artifact = heatmap();
  artifact.image = -2;
  EXPECT_THAT(refusal(artifact), HasSubstr("there is no image -2"));
  artifact = heatmap();
  artifact.name = "../up";
  EXPECT_THAT(refusal(artifact), HasSubstr("its name is more than letters"));
  artifact = heatmap();
  artifact.texts.emplace_back("values", "again");
  EXPECT_THAT(refusal(artifact), HasSubstr("values is there twice"));
  artifact = heatmap();
  artifact.numbers.emplace_back("a/b", 1);
  EXPECT_THAT(refusal(artifact), HasSubstr("the key 'a/b'"));
  artifact = heatmap();
  artifact.numbers[0].second = NAN;
  EXPECT_THAT(refusal(artifact), HasSubstr("mass.bos is not finite"));
  artifact = heatmap();
  artifact.tensors[1].second.bytes.pop_back();
  EXPECT_THAT(refusal(artifact), HasSubstr("cells has bytes that do not fit its shape"));
  EXPECT_THAT(refusal({"tensors/1", "tensors", "", -1, {}, {}, {}}), HasSubstr("holds no tensor"));
}

TEST(Schema, AHeadTableHoldsANumberForEachLayerAndHead) {
  ArtifactData artifact = head_table();
  artifact.texts[0].second = "total other";
  EXPECT_THAT(refusal(artifact), HasSubstr("other is missing"));
  artifact.tensors.emplace_back("other", floats({3, 2}));
  EXPECT_THAT(refusal(artifact), HasSubstr("other is 3x2 for 2 layers and 3 heads"));
  artifact = head_table();
  artifact.tensors.emplace_back("more", floats({1}, std::nanf("")));
  EXPECT_THAT(refusal(artifact), HasSubstr("more is not finite at element 0"));
  artifact = head_table();
  artifact.texts.clear();
  EXPECT_THAT(refusal(artifact), HasSubstr("quantities is missing"));
  artifact = head_table();
  artifact.tensors[1].second = integers({0});
  EXPECT_THAT(refusal(artifact), HasSubstr("no layer"));
}

TEST(Schema, HistogramsHaveANumberForEachGroupAndSeries) {
  ArtifactData artifact{"histograms/1", "head-stats", "", -1, {}, {}, {}};
  artifact.tensors = {{"edges", floats({5}, 1)},     {"counts", integers({3, 2, 4})}, {"n", integers({3, 2})},
                      {"outside", integers({3, 2})}, {"layer", integers({3})},        {"head", integers({3})},
                      {"mean", floats({3, 2})},      {"median", floats({3, 2})},      {"std", floats({3, 2})},
                      {"min", floats({3, 2})},       {"max", floats({3, 2})}};
  artifact.texts = {{"category", "\n\nOCR"}, {"series", "a\nb"}};
  EXPECT_EQ(refusal(artifact), "");
  artifact.tensors[1].second = integers({3, 2, 5});
  EXPECT_THAT(refusal(artifact), HasSubstr("counts has shape [3, 2, 5] instead of [3, 2, 4]"));
  artifact.tensors[1].second = integers({3, 2, 4});
  artifact.texts[1].second = "a";
  EXPECT_THAT(refusal(artifact), HasSubstr("counts has shape"));
}

TEST(Schema, CurvesHaveTwoValuesForEachPoint) {
  ArtifactData artifact{"curves/1", "faithfulness", "", 0, {}, {}, {}};
  artifact.tensors = {{"x", floats({2, 3})},
                      {"deletion", floats({2, 3})},
                      {"insertion", floats({2, 3})},
                      {"layer", integers({2})},
                      {"grid", integers({2})}};
  artifact.texts = {{"curve", "raw-attention\nrandom"}, {"source", "map\nrandom"}, {"value", "probability"}};
  EXPECT_EQ(refusal(artifact), "");
  artifact.tensors[2].second = floats({2, 4});
  EXPECT_THAT(refusal(artifact), HasSubstr("insertion has shape [2, 4] instead of [2, 3]"));
  artifact.tensors[2].second = floats({2, 3}, std::nanf(""));
  EXPECT_THAT(refusal(artifact), HasSubstr("insertion is not finite"));
  artifact.tensors[2].second = floats({2, 3});
  artifact.texts[1].second = "map";
  EXPECT_THAT(refusal(artifact), HasSubstr("source has 1 lines instead of 2"));
  artifact.texts[1].second = "map\nrandom";
  artifact.texts[2].second = "";
  EXPECT_THAT(refusal(artifact), HasSubstr("value is missing"));
}

TEST(Schema, HeadRecordsHaveANumberForEachSampleLayerAndHead) {
  ArtifactData artifact{"head-records/1", "head-stats", "", -1, {}, {}, {}};
  artifact.tensors = {{"total", floats({2, 1, 3})}, {"layers", integers({1})}, {"heads", integers({3})}};
  artifact.texts = {{"quantities", "total"}, {"sample", "a\nb"}, {"category", "x\ny"}};
  EXPECT_EQ(refusal(artifact), "");
  artifact.texts[2].second = "x";
  EXPECT_THAT(refusal(artifact), HasSubstr("category has 1 lines instead of 2"));
  artifact.texts[2].second = "x\ny";
  artifact.tensors[0].second = floats({1, 1, 3});
  EXPECT_THAT(refusal(artifact), HasSubstr("total has shape [1, 1, 3] instead of [2, 1, 3]"));
}

Array numbers(std::vector<int64_t> shape, const std::vector<int64_t>& values) {
  Array array = integers(std::move(shape));
  EXPECT_EQ(array.bytes.size(), values.size() * sizeof(int64_t));
  std::memcpy(array.bytes.data(), values.data(), array.bytes.size());
  return array;
}

// Three tokens, of which the last two share a character and one was written: "a" and U+00E9.
ArtifactData token_steps() {
  ArtifactData artifact{"token-steps/1", "raw-attention", "", -1, {}, {}, {}};
  artifact.tensors = {{"ids", integers({3})},
                      {"segment", integers({3})},
                      {"image", numbers({3}, {0, -1, -1})},
                      {"group", numbers({3}, {0, 1, 1})},
                      {"offsets", numbers({3, 2}, {0, 1, 1, 3, 1, 3})},
                      {"layers", integers({2})},
                      {"tokens", numbers({1}, {2})},
                      {"rows", numbers({1}, {1})},
                      {"is_stop", integers({1})},
                      {"log_probability", floats({1}, -1)},
                      {"weights", floats({2, 1, 3})},
                      {"image0", floats({2, 1, 4, 5})},
                      {"image0.cells", floats({4, 5, 4})}};
  artifact.texts = {{"text", "a\xC3\xA9"}, {"alignment", "produced"}};
  artifact.numbers = {{"prompt_tokens", 2}, {"images", 1}};
  return artifact;
}

Array& tensor(ArtifactData& artifact, std::string_view key) {
  for (auto& [name, array] : artifact.tensors) {
    if (name == key) return array;
  }
  throw std::out_of_range(std::string(key));
}

TEST(Schema, TokenStepsHaveWeightsForEachStepAndTheTextOfEachToken) {
  EXPECT_EQ(refusal(token_steps()), "");
  const auto refusal_with = [](std::string_view key, Array array) {
    ArtifactData artifact = token_steps();
    tensor(artifact, key) = std::move(array);
    return refusal(artifact);
  };
  EXPECT_THAT(refusal_with("weights", floats({2, 1, 4})),
              HasSubstr("weights has shape [2, 1, 4] instead of [2, 1, 3]"));
  EXPECT_THAT(refusal_with("image0", floats({2, 1, 5, 4})), HasSubstr("image0 has shape [2, 1, 5, 4]"));
  EXPECT_THAT(refusal_with("image0.cells", floats({4, 5, 3})), HasSubstr("image0.cells has shape"));
  EXPECT_THAT(refusal_with("weights", floats({2, 1, 3}, INFINITY)), HasSubstr("weights is not finite"));
  EXPECT_THAT(refusal_with("log_probability", floats({2})), HasSubstr("log_probability has shape"));
  EXPECT_THAT(refusal_with("rows", numbers({1}, {3})), HasSubstr("rows names token 3 of 3"));
  EXPECT_THAT(refusal_with("tokens", numbers({1}, {-1})), HasSubstr("tokens names token -1 of 3"));
  EXPECT_THAT(refusal_with("image", numbers({3}, {1, -1, -1})), HasSubstr("image names image 1 of 1"));
  EXPECT_THAT(refusal_with("layers", integers({0})), HasSubstr("no layer"));
  // A gap, a group of two ranges, a number left out, and text that belongs to nobody.
  EXPECT_THAT(refusal_with("offsets", numbers({3, 2}, {0, 1, 2, 3, 2, 3})), HasSubstr("at token 1"));
  EXPECT_THAT(refusal_with("offsets", numbers({3, 2}, {0, 1, 1, 2, 2, 3})), HasSubstr("at token 2"));
  EXPECT_THAT(refusal_with("group", numbers({3}, {0, 2, 2})), HasSubstr("at token 1"));
  EXPECT_THAT(refusal_with("offsets", numbers({3, 2}, {0, 1, 1, 2, 1, 2})), HasSubstr("end at byte 2 of 3"));
}

TEST(Schema, TokenStepsMayLackProbabilitiesAndSteps) {
  ArtifactData artifact = token_steps();
  std::erase_if(artifact.tensors, [](const auto& entry) { return entry.first == "log_probability"; });
  EXPECT_EQ(refusal(artifact), "");
  for (const char* key : {"tokens", "rows", "is_stop"}) tensor(artifact, key) = integers({0});
  tensor(artifact, "weights") = floats({2, 0, 3});
  tensor(artifact, "image0") = floats({2, 0, 4, 5});
  EXPECT_EQ(refusal(artifact), "");
  artifact.texts[1].second = "late";
  EXPECT_THAT(refusal(artifact), HasSubstr("alignment is neither"));
  artifact = token_steps();
  artifact.numbers[0].second = 4;
  EXPECT_THAT(refusal(artifact), HasSubstr("prompt_tokens is 4 of 3"));
  artifact.numbers.erase(artifact.numbers.begin() + 1);
  EXPECT_THAT(refusal(artifact), HasSubstr("images is missing"));
}

}  // namespace
}  // namespace ocellus::store
