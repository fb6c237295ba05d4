#include "plugins/models/common/text_encoder/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <string>

#include "plugins/models/common/config/limits.hpp"

namespace ocellus::models {

namespace {

// Scores are made for all pairs of tokens.
constexpr int64_t most_positions = 1 << 16;

TextEncoderConfig read_t5(const JsonFields& fields) {
  TextEncoderConfig config{};
  config.kind = TextEncoderKind::t5;
  config.vocabulary = fields.integer("vocab_size", 32128, 1, most_tokens);
  config.width = fields.integer("d_model", 512, 1, most_features);
  config.heads = fields.integer("num_heads", 8, 1, most_features);
  config.head_dim = fields.integer("d_kv", 64, 1, most_features);
  if (config.heads * config.head_dim > most_features)
    fields.refuse("d_kv", fmt::format("expected {} features of all heads at most", most_features));
  config.inner_size = fields.integer("d_ff", 2048, 1, most_features);
  config.layers = fields.integer("num_layers", 6, 1, most_layers);
  config.norm_eps = fields.real("layer_norm_epsilon", 1e-6, 0, 1);
  config.buckets = fields.integer("relative_attention_num_buckets", 32, 4, most_positions);
  config.max_distance = fields.integer("relative_attention_max_distance", 128, 2, most_positions);
  // The buckets of one distance each end there, and those of growing width begin.
  if (config.max_distance <= config.buckets / 4) {
    fields.refuse("relative_attention_max_distance",
                  fmt::format("expected more than {}, a quarter of the buckets", config.buckets / 4));
  }
  constexpr const char* mlp = "feed_forward_proj";
  const std::string kind = fields.text(mlp, "relu");
  if (kind != "relu" && kind != "gated-gelu") fields.refuse(mlp, "this plugin computes relu and gated-gelu only here");
  config.gated_mlp = kind == "gated-gelu";
  config.activation = config.gated_mlp ? Activation::gelu_new : Activation::relu;
  return config;
}

TextEncoderConfig read_bert(const JsonFields& fields, TextEncoderKind kind) {
  const bool is_roberta = kind == TextEncoderKind::roberta;
  TextEncoderConfig config{};
  config.kind = kind;
  config.vocabulary = fields.integer("vocab_size", is_roberta ? 50265 : 30522, 1, most_tokens);
  config.width = fields.integer("hidden_size", 768, 1, most_features);
  config.heads = fields.integer("num_attention_heads", 12, 1, most_features);
  if (config.width % config.heads != 0)
    fields.refuse("hidden_size", fmt::format("expected a multiple of the number of heads, {}", config.heads));
  config.head_dim = config.width / config.heads;
  config.inner_size = fields.integer("intermediate_size", 3072, 1, most_features);
  config.layers = fields.integer("num_hidden_layers", 12, 1, most_layers);
  config.norm_eps = fields.real("layer_norm_eps", 1e-12, 0, 1);
  config.activation =
      read_activation(fields, "hidden_act", "gelu", {Activation::gelu, Activation::relu, Activation::gelu_new});
  config.token_types = fields.integer("type_vocab_size", 2, 1, most_positions);
  config.padding_token = fields.integer("pad_token_id", is_roberta ? 1 : 0, 0, config.vocabulary - 1);
  config.positions = fields.integer("max_position_embeddings", 512, 1, most_positions);
  if (config.longest_sequence() < 1) {
    fields.refuse("max_position_embeddings",
                  fmt::format("expected more than {}, as positions begin there", config.first_position()));
  }
  if (fields.text("position_embedding_type", "absolute") != "absolute")
    fields.refuse("position_embedding_type", "this plugin computes absolute positions only");
  if (fields.boolean("is_decoder", false)) fields.refuse("is_decoder", "this plugin computes encoders only here");
  return config;
}

TextEncoderConfig read_kind(const JsonFields& fields) {
  const std::string type = fields.text("model_type", "");
  if (type == "t5") return read_t5(fields);
  if (type == "bert") return read_bert(fields, TextEncoderKind::bert);
  if (type == "roberta") return read_bert(fields, TextEncoderKind::roberta);
  fields.refuse("model_type", "this plugin computes the encoders of 't5', 'bert' and 'roberta'");
}

}  // namespace

const char* name_of(TextEncoderKind kind) {
  return kind == TextEncoderKind::t5 ? "t5" : kind == TextEncoderKind::bert ? "bert" : "roberta";
}

int64_t TextEncoderConfig::longest_sequence() const {
  return kind == TextEncoderKind::t5 ? most_positions : positions - first_position();
}

TextEncoderConfig read_text_encoder_config(const JsonFields& fields) {
  if (fields.find("quantization_config") != nullptr)
    fields.refuse("quantization_config", "this plugin does not compute with quantised weights");
  TextEncoderConfig config = read_kind(fields);
  config.stored_type = read_stored_type(fields);
  return config;
}

void check_text_ids(std::span<const int64_t> ids, const TextEncoderConfig& config) {
  if (ids.empty()) throw Error(OC_E_SAMPLE, "a text without a single token cannot be encoded");
  if (static_cast<int64_t>(ids.size()) > config.longest_sequence()) {
    throw Error(OC_E_SAMPLE,
                fmt::format("a text of {} tokens is too long for its encoder ({}), which has positions for {}",
                            ids.size(), name_of(config.kind), config.longest_sequence()));
  }
  const auto strange =
      std::find_if(ids.begin(), ids.end(), [&](int64_t id) { return id < 0 || id >= config.vocabulary; });
  if (strange == ids.end()) return;
  throw Error(OC_E_SAMPLE, fmt::format("the token {} of a text is none of its encoder's ({}), which has {}", *strange,
                                       name_of(config.kind), config.vocabulary));
}

}  // namespace ocellus::models
