#include "plugins/models/common/decoder/randomisation.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <ocellus/sdk/error.hpp>
#include <set>

#include "plugins/models/common/decoder/weight_loader.hpp"
#include "plugins/models/qwen2_5_vl/weight_table.hpp"

namespace ocellus::qwen2_5_vl {

namespace {

constexpr const char* prefix = "model.layers.";

// The weights of the fixture "base".
class Randomised : public testing::Test {
 protected:
  Randomised()
      : folder_(std::filesystem::path(OCELLUS_TEST_DATA) / "qwen2_5_vl" / "base" / "model"),
        config_(read_config(folder_)),
        weights_(match_weights(models::Checkpoint::open(folder_), config_, folder_)) {}

  // With the last `top` layers of the decoder random.
  models::WeightLoader loader(int64_t top, uint64_t seed = 0) const {
    return {weights_, at::TensorOptions(at::kFloat), models::Randomise{top, seed}.of(prefix, config_.text.layers)};
  }
  // Where all values are the same there is nothing to draw.
  static bool varies(const at::Tensor& tensor) { return tensor.min().item<float>() < tensor.max().item<float>(); }

  std::filesystem::path folder_;
  Config config_;
  models::WeightMap weights_;
};

TEST_F(Randomised, AreTheWeightsOfTheTopLayersAndNoOthers) {
  const models::WeightLoader plain = loader(0);
  ASSERT_EQ(config_.text.layers, 3);
  for (int64_t top = 0; top <= config_.text.layers; ++top) {
    const models::WeightLoader random = loader(top);
    size_t changed = 0;
    for (const auto& [name, stored] : weights_) {
      const at::Tensor before = plain.tensor(name), after = random.tensor(name);
      const bool is_of_layer = name.starts_with(prefix);
      const bool is_top =
          is_of_layer && std::stoll(name.substr(std::string(prefix).size())) >= config_.text.layers - top;
      ASSERT_EQ(after.sizes(), before.sizes()) << name;
      EXPECT_EQ(after.equal(before), !is_top || !varies(before)) << name << " of the top " << top;
      changed += after.equal(before) ? 0 : 1;
    }
    EXPECT_EQ(changed > 0, top > 0);
  }
}

TEST_F(Randomised, AreTheSameForTheSameSeedAndOthersForAnotherWeight) {
  const std::string name = "model.layers.2.self_attn.q_proj.weight";
  EXPECT_TRUE(loader(1).tensor(name).equal(loader(2).tensor(name))) << "whatever else is random";
  EXPECT_FALSE(loader(1).tensor(name).equal(loader(1, 5).tensor(name)));
  const models::Randomisation all = models::Randomise{models::Randomise::all, 0}.of(prefix, config_.text.layers);
  EXPECT_EQ(all.top, config_.text.layers);
  std::set<uint64_t> seeds;
  size_t n_weights = 0;
  for (const auto& [weight, stored] : weights_) {
    if (const auto seed = all.seed_of(weight)) {
      seeds.insert(*seed);
      ++n_weights;
    }
  }
  EXPECT_GT(n_weights, 10u);
  EXPECT_EQ(seeds.size(), n_weights) << "each weight draws its own numbers";
}

TEST_F(Randomised, KeepTheirTypeInTheWiderPartsOfANetwork) {
  const std::string name = "model.layers.2.mlp.down_proj.weight";
  const at::Tensor wide = loader(1).in(at::kDouble).tensor(name);
  EXPECT_EQ(wide.scalar_type(), at::kDouble);
  EXPECT_TRUE(wide.to(at::kFloat).equal(loader(1).tensor(name)));
}

TEST_F(Randomised, CannotBeMoreThanThereAre) {
  try {
    loader(config_.text.layers + 1);
    FAIL() << "a layer was randomised that does not exist";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_UNSUPPORTED);
    EXPECT_NE(std::string(error.what()).find("randomise=" + std::to_string(config_.text.layers + 1)),
              std::string::npos);
  }
}

}  // namespace

}  // namespace ocellus::qwen2_5_vl
