#include "plugins/models/common/text_encoder/weights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "tests/plugins/models/support/scratch_copy.hpp"

namespace ocellus::models {

namespace {

using test::ScratchCopy;
using test::sentence_of;
using testing::AllOf;
using testing::HasSubstr;

std::filesystem::path folder_of(const std::string& encoder) {
  return std::filesystem::path(OCELLUS_TEST_DATA) / "text_encoder" / encoder / "model";
}

WeightMap weights_of(const std::filesystem::path& folder) {
  const nlohmann::json content = read_json_object(folder / "config.json");
  const TextEncoderConfig config = read_text_encoder_config(JsonFields(content, "config.json"));
  const Checkpoint checkpoint = Checkpoint::open(folder);
  return match_text_encoder(checkpoint.tensors(), config, folder);
}

using Tensors = std::vector<TensorView>;

// `change` is one of the stored tensors.
WeightMap weights_of(const std::string& encoder, const std::function<void(Tensors&)>& change) {
  const ScratchCopy folder(folder_of(encoder));
  folder.edit_weights(change);
  return weights_of(folder.path());
}

TensorView& tensor_of(Tensors& tensors, const std::string& name) {
  return *std::find_if(tensors.begin(), tensors.end(), [&](const TensorView& tensor) { return tensor.name == name; });
}

// The fixtures hold a decoder, heads, poolers, wrappers' prefixes and older names.
TEST(TextEncoderWeights, EveryFormOfAFolderHasThoseOfTheTableAlone) {
  for (const char* encoder : {"t5_relu", "t5_gated", "bert", "bert_relu", "roberta"}) {
    const std::filesystem::path folder = folder_of(encoder);
    const Checkpoint checkpoint = Checkpoint::open(folder);
    const WeightMap weights = weights_of(folder);
    EXPECT_GT(weights.size(), 10u) << encoder;
    if (std::string(encoder) != "t5_gated") {
      EXPECT_LT(weights.size(), checkpoint.tensors().size()) << encoder;
    }
  }
}

TEST(TextEncoderWeights, T5HasOneEmbeddingUnderTwoNames) {
  const WeightMap weights = weights_of("t5_relu", [](Tensors& tensors) {
    TensorView copy = tensor_of(tensors, "shared.weight");
    copy.name = "encoder.embed_tokens.weight";
    tensors.push_back(copy);
  });
  EXPECT_EQ(weights.at("shared.weight").name, "shared.weight");
  EXPECT_EQ(weights_of(folder_of("t5_gated")).at("shared.weight").name, "encoder.embed_tokens.weight");
}

TEST(TextEncoderWeights, T5sStackMayBeSavedAlone) {
  const WeightMap weights = weights_of("t5_gated", [](Tensors& tensors) {
    for (TensorView& tensor : tensors) tensor.name.erase(0, std::string("encoder.").size());
  });
  EXPECT_EQ(weights.at("encoder.final_layer_norm.weight").name, "final_layer_norm.weight");
  EXPECT_EQ(weights.at("shared.weight").name, "embed_tokens.weight");
}

TEST(TextEncoderWeights, OnesThatAreMissingUnknownOrOfAnotherShapeAreNamed) {
  const auto refusal = [](const std::string& encoder, const std::function<void(Tensors&)>& change) {
    return sentence_of(OC_E_MODEL, [&] { weights_of(encoder, change); });
  };
  EXPECT_THAT(refusal("t5_relu",
                      [](Tensors& tensors) {
                        std::erase_if(tensors, [](const TensorView& tensor) {
                          return tensor.name == "encoder.block.1.layer.0.SelfAttention.q.weight";
                        });
                      }),
              HasSubstr("lacks the weight 'encoder.block.1.layer.0.SelfAttention.q.weight' [30, 24]"));
  EXPECT_THAT(refusal("bert",
                      [](Tensors& tensors) {
                        tensor_of(tensors, "bert.embeddings.LayerNorm.gamma").shape = {4, 6};
                      }),
              AllOf(HasSubstr("'bert.embeddings.LayerNorm.gamma' is [4, 6]"), HasSubstr("asks for [24]")));
  EXPECT_THAT(refusal("roberta",
                      [](Tensors& tensors) { tensor_of(tensors, "lm_head.bias").name = "roberta.encoder.rel_bias"; }),
              AllOf(HasSubstr("'roberta.encoder.rel_bias' [40]"), HasSubstr("no place")));
}

}  // namespace

}  // namespace ocellus::models
