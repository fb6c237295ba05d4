// Encoders of text against what transformers computed (model-numerics: float32, eager, CPU).
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plugins/models/common/decoder/execution.hpp"
#include "plugins/models/common/text_encoder/memory.hpp"
#include "plugins/models/common/text_encoder/text_encoder.hpp"
#include "plugins/models/common/text_encoder/weights.hpp"
#include "tests/plugins/models/support/model_fixture.hpp"
#include "tests/plugins/models/support/scratch_copy.hpp"

namespace ocellus::models {

namespace {

using test::largest_difference;
using test::ModelFixture;
using testing::HasSubstr;

struct OpenEncoder {
  TextEncoderConfig config;
  WeightMap weights;

  explicit OpenEncoder(const std::filesystem::path& folder) {
    const nlohmann::json content = read_json_object(folder / "config.json");
    config = read_text_encoder_config(JsonFields(content, "config.json"));
    const Checkpoint checkpoint = Checkpoint::open(folder);
    weights = match_text_encoder(checkpoint.tensors(), config, folder);
  }
  std::vector<float> states(const std::vector<int64_t>& ids, at::ScalarType type = at::kFloat) const {
    const at::Tensor states = (*make_text_encoder(config, WeightLoader(weights, at::TensorOptions(type))))(ids);
    EXPECT_EQ(states.scalar_type(), type);
    EXPECT_EQ(states.sizes(), at::IntArrayRef({static_cast<int64_t>(ids.size()), config.width}));
    return floats_of(states);
  }
};

double largest_of(const std::vector<float>& values) {
  double largest = 0;
  for (const float value : values) largest = std::max(largest, std::abs(static_cast<double>(value)));
  return largest;
}

class EncoderParity : public testing::TestWithParam<const char*> {
 protected:
  EncoderParity() : fixture_("text_encoder", GetParam()), encoder_(fixture_.model_folder) {}
  std::vector<int64_t> ids(int k) const {
    const auto values = fixture_.expected("ids_" + std::to_string(k)).as<int64_t>();
    return {values.begin(), values.end()};
  }

  ModelFixture fixture_;
  OpenEncoder encoder_;
};

TEST_P(EncoderParity, States) {
  for (int k = 0; k < 3; ++k) {
    EXPECT_LE(largest_difference(encoder_.states(ids(k)), fixture_.expected("states_" + std::to_string(k)).as<float>()),
              fixture_.tolerance("states", 1e-5 * fixture_.largest_value("states")));
  }
}

// A half of the last bit at each of the roundings on the way, of which there are some dozens.
TEST_P(EncoderParity, OtherTypesDifferByTheirRounding) {
  const std::vector<float> exact = encoder_.states(ids(2));
  const double in_half = largest_difference(encoder_.states(ids(2), at::kHalf), exact);
  const double in_bfloat = largest_difference(encoder_.states(ids(2), at::kBFloat16), exact);
  EXPECT_GT(in_half, 0);
  EXPECT_LE(in_half, 16 * std::ldexp(largest_of(exact), -11));
  EXPECT_LE(in_bfloat, 16 * std::ldexp(largest_of(exact), -8));
  EXPECT_LE(in_half, in_bfloat / 3);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, EncoderParity,
                         testing::Values("t5_relu", "t5_gated", "bert", "bert_relu", "roberta"),
                         [](const auto& parameter) { return std::string(parameter.param); });

TEST(TextEncoder, RefusesIdsThatItHasNoRowsFor) {
  const OpenEncoder encoder(ModelFixture("text_encoder", "bert").model_folder);
  EXPECT_THAT(test::sentence_of(OC_E_SAMPLE, [&] { encoder.states({3, 40}); }), HasSubstr("token 40"));
  EXPECT_THAT(test::sentence_of(OC_E_SAMPLE, [&] { encoder.states(std::vector<int64_t>(49, 3)); }),
              HasSubstr("for 48"));
}

TEST(TextEncoder, SumsOfT5MayLeaveTheRangeOfFloat16) {
  const test::ScratchCopy folder(ModelFixture("text_encoder", "t5_relu").model_folder);
  std::vector<float> large;
  folder.edit_weights([&](std::vector<TensorView>& tensors) {
    for (TensorView& tensor : tensors) {
      if (tensor.name != "encoder.block.0.layer.1.DenseReluDense.wo.weight") continue;
      const auto* const values = reinterpret_cast<const float*>(tensor.bytes.data());
      large.assign(values, values + tensor.bytes.size() / sizeof(float));
      for (float& value : large) value *= 1e5f;
      tensor.bytes = std::as_bytes(std::span(large));
    }
  });
  const OpenEncoder encoder(folder.path());
  const std::vector<int64_t> ids{5, 9, 12, 30};
  const std::vector<float> exact = encoder.states(ids);
  EXPECT_LE(largest_difference(encoder.states(ids, at::kHalf), exact), 16 * std::ldexp(largest_of(exact), -11));
}

TEST(TextEncoderMemory, WeightsTakeWhatTheirTensorsTake) {
  for (const char* name : {"bert", "t5_relu"}) {
    const OpenEncoder encoder(ModelFixture("text_encoder", name).model_folder);
    uint64_t stored = 0, wide_in_half = 0;
    for (const auto& [of, tensor] : encoder.weights) {
      stored += tensor.bytes.size();
      if (of.ends_with("DenseReluDense.wo.weight")) wide_in_half += tensor.bytes.size() / 2;
    }
    EXPECT_EQ(text_encoder_weight_bytes(encoder.config, ComputeType::float32), stored);
    EXPECT_EQ(text_encoder_weight_bytes(encoder.config, ComputeType::bfloat16), stored / 2);
    EXPECT_EQ(text_encoder_weight_bytes(encoder.config, ComputeType::float16), stored / 2 + wide_in_half);
  }
}

}  // namespace

}  // namespace ocellus::models
