#include "plugins/models/common/text_encoder/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/plugins/models/support/scratch_copy.hpp"

namespace ocellus::models {

namespace {

using nlohmann::json;
using test::sentence_of;
using testing::AllOf;
using testing::HasSubstr;

TextEncoderConfig read(const json& object) {
  return read_text_encoder_config(JsonFields(object, "config.json"));
}

TEST(TextEncoderConfig, MissingFieldsTakeTheDefaultsOfTheirClass) {
  const TextEncoderConfig t5 = read({{"model_type", "t5"}});
  EXPECT_EQ(t5.width, 512);
  EXPECT_EQ(t5.heads * t5.head_dim, 512);
  EXPECT_EQ(t5.vocabulary, 32128);
  EXPECT_EQ(t5.buckets, 32);
  EXPECT_EQ(t5.max_distance, 128);
  EXPECT_EQ(t5.norm_eps, 1e-6);
  EXPECT_FALSE(t5.gated_mlp);
  EXPECT_EQ(t5.activation, Activation::relu);
  const TextEncoderConfig bert = read({{"model_type", "bert"}});
  EXPECT_EQ(bert.width, 768);
  EXPECT_EQ(bert.head_dim, 64);
  EXPECT_EQ(bert.vocabulary, 30522);
  EXPECT_EQ(bert.norm_eps, 1e-12);
  EXPECT_EQ(bert.activation, Activation::gelu);
  EXPECT_EQ(bert.longest_sequence(), 512);
  EXPECT_EQ(bert.stored_type, StoredType::float32);
}

TEST(TextEncoderConfig, PositionsOfRobertaBeginBehindThePaddingToken) {
  const TextEncoderConfig roberta = read({{"model_type", "roberta"}, {"max_position_embeddings", 514}});
  EXPECT_EQ(roberta.vocabulary, 50265);
  EXPECT_EQ(roberta.first_position(), 2);
  EXPECT_EQ(roberta.longest_sequence(), 512);
}

TEST(TextEncoderConfig, HeadsOfT5MayBeWiderThanItsStates) {
  const TextEncoderConfig t5 = read(
      {{"model_type", "t5"}, {"d_model", 1024}, {"num_heads", 32}, {"d_kv", 128}, {"feed_forward_proj", "gated-gelu"}});
  EXPECT_EQ(t5.heads * t5.head_dim, 4096);
  EXPECT_TRUE(t5.gated_mlp);
  EXPECT_EQ(t5.activation, Activation::gelu_new);
}

struct Change {
  const char* kind;
  const char* field;
  json value;
  const char* sentence;
};

class RefusedEncoder : public testing::TestWithParam<Change> {};

TEST_P(RefusedEncoder, NamesTheField) {
  json object = {{"model_type", GetParam().kind}};
  object[GetParam().field] = GetParam().value;
  EXPECT_THAT(sentence_of(OC_E_MODEL, [&] { read(object); }),
              AllOf(HasSubstr(GetParam().field), HasSubstr(GetParam().sentence)));
}

INSTANTIATE_TEST_SUITE_P(
    , RefusedEncoder,
    testing::Values(Change{"t5", "model_type", "umt5", "'t5', 'bert' and 'roberta'"},
                    Change{"t5", "model_type", nullptr, "'t5', 'bert' and 'roberta'"},
                    Change{"t5", "feed_forward_proj", "gated-silu", "relu and gated-gelu only"},
                    Change{"t5", "num_heads", 0, "from 1"}, Change{"t5", "num_layers", 1 << 20, "from 1 to 1024"},
                    Change{"t5", "d_kv", 1 << 20, "of all heads"},
                    Change{"t5", "relative_attention_num_buckets", 3, "from 4"},
                    Change{"t5", "relative_attention_max_distance", 8, "more than 8"},
                    Change{"t5", "layer_norm_epsilon", -1, "from 0 to 1"},
                    Change{"t5", "quantization_config", json{{"bits", 8}}, "quantised"},
                    Change{"bert", "torch_dtype", "int8", "float32, bfloat16 and float16"},
                    Change{"bert", "hidden_size", 100, "multiple of the number of heads, 12"},
                    Change{"bert", "hidden_act", "silu", "gelu, relu and gelu_new only"},
                    Change{"bert", "vocab_size", 0, "from 1"},
                    Change{"bert", "position_embedding_type", "relative_key", "absolute positions only"},
                    Change{"bert", "is_decoder", true, "encoders only"},
                    Change{"roberta", "max_position_embeddings", 2, "more than 2"},
                    Change{"roberta", "pad_token_id", 50265, "from 0 to 50264"}));

std::string refusal_of(const std::vector<int64_t>& ids) {
  const TextEncoderConfig config =
      read({{"model_type", "roberta"}, {"vocab_size", 40}, {"max_position_embeddings", 10}});
  return sentence_of(OC_E_SAMPLE, [&] { check_text_ids(ids, config); });
}

TEST(TextIds, AreOfTheVocabularyAndNoMoreThanThePositions) {
  EXPECT_THAT(refusal_of({}), HasSubstr("without a single token"));
  EXPECT_THAT(refusal_of(std::vector<int64_t>(9, 3)),
              AllOf(HasSubstr("9 tokens"), HasSubstr("roberta"), HasSubstr("for 8")));
  EXPECT_THAT(refusal_of({3, 40}), AllOf(HasSubstr("token 40"), HasSubstr("has 40")));
  EXPECT_THAT(refusal_of({-1}), HasSubstr("token -1"));
}

}  // namespace

}  // namespace ocellus::models
