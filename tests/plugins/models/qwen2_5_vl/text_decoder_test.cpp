#include "plugins/models/common/decoder/text_decoder.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "plugins/models/qwen2_5_vl/weight_table.hpp"

namespace ocellus::qwen2_5_vl {

namespace {

// The decoder of the fixture "base".
class Decoder : public testing::Test {
 protected:
  Decoder()
      : folder_(std::filesystem::path(OCELLUS_TEST_DATA) / "qwen2_5_vl" / "base" / "model"),
        config_(read_config(folder_)),
        weights_(match_weights(models::Checkpoint::open(folder_), config_, folder_)),
        decoder_(config_.text, models::WeightLoader(weights_, at::TensorOptions(at::kFloat))) {}

  // Logits of the given tokens, run in passes of these sizes.
  at::Tensor logits(const at::Tensor& ids, const at::Tensor& positions, std::initializer_list<int64_t> passes) {
    models::KvCache cache = decoder_.make_cache(ids.size(0));
    models::BlockedAttention attention;
    std::vector<at::Tensor> parts;
    int64_t first = 0;
    for (const int64_t count : passes) {
      at::Tensor x = decoder_.embed(ids.narrow(0, first, count));
      const models::RotaryTable rotary = decoder_.rotary(positions.narrow(1, first, count));
      for (int64_t layer = 0; layer < config_.text.layers; ++layer) {
        x = decoder_.layer(layer, x, rotary, first, cache, attention, nullptr);
      }
      parts.push_back(decoder_.head(decoder_.final_norm(x)));
      first += count;
    }
    return at::cat(parts);
  }

  std::filesystem::path folder_;
  Config config_;
  models::WeightMap weights_;
  models::TextDecoder decoder_;
};

TEST_F(Decoder, StepsGiveWhatOneFullPassGives) {  // mistake 13
  at::manual_seed(5);
  const at::Tensor ids = at::randint(0, 500, {170}, at::kLong);
  at::Tensor positions = at::arange(170, at::kLong).expand({3, 170}).clone();
  positions[1].narrow(0, 20, 40).add_(3);  // as around an image
  positions.narrow(1, 100, 70).sub_(10);
  const at::Tensor whole = logits(ids, positions, {170});
  const at::Tensor in_parts = logits(ids, positions, {60, 107, 1, 1, 1});
  EXPECT_LE((whole - in_parts).abs().max().item<double>(), 1e-5);
}

TEST_F(Decoder, EqualPositionsArePlainRotaryEmbedding) {  // mistake 12
  const at::Tensor positions = at::arange(9, at::kLong);
  const models::RotaryTable sections = decoder_.rotary(positions.expand({3, 9}));
  const at::Tensor frequencies = models::inverse_frequencies(config_.text.head_dim, config_.text.rope_theta);
  const models::RotaryTable plain =
      models::RotaryTable::of(at::outer(positions.to(at::kFloat), frequencies), at::kFloat);
  EXPECT_TRUE(at::equal(sections.cos, plain.cos));
  EXPECT_TRUE(at::equal(sections.sin, plain.sin));
}

TEST_F(Decoder, EverySectionTurnsByItsOwnAxis) {  // mistake 12: sections 1, 1, 2 of 4
  const at::Tensor positions = at::tensor({1, 2, 3}, at::kLong).view({3, 1});
  const at::Tensor frequencies = models::inverse_frequencies(config_.text.head_dim, config_.text.rope_theta);
  const at::Tensor axis = at::tensor({1.0f, 2.0f, 3.0f, 3.0f});
  const at::Tensor half = at::cos(axis * frequencies);
  EXPECT_TRUE(at::equal(decoder_.rotary(positions).cos.flatten(), at::cat({half, half})));
}

}  // namespace

}  // namespace ocellus::qwen2_5_vl
