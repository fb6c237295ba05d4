// The sizes of an encoder of text, as config.json of its folder has them.
#pragma once

#include <cstdint>
#include <span>

#include "plugins/models/common/config/activation.hpp"
#include "plugins/models/common/config/json_fields.hpp"
#include "plugins/models/common/config/stored_type.hpp"

namespace ocellus::models {

enum class TextEncoderKind { t5, bert, roberta };

// As `model_type` has it.
const char* name_of(TextEncoderKind kind);

struct TextEncoderConfig {
  TextEncoderKind kind;
  int64_t width;               // of the states
  int64_t heads, head_dim;     // whose product is `width` but in T5
  int64_t layers, inner_size;  // of the MLP
  int64_t vocabulary;
  double norm_eps;
  Activation activation;
  StoredType stored_type;

  // T5: positions are distances, sorted into buckets of which the last one of each direction begins at `max_distance`.
  bool gated_mlp;
  int64_t buckets, max_distance;

  // BERT and RoBERTa: positions and token types have rows of their own. Those of RoBERTa begin behind the padding
  // token's id.
  int64_t positions, token_types, padding_token;

  int64_t first_position() const { return kind == TextEncoderKind::roberta ? padding_token + 1 : 0; }
  int64_t longest_sequence() const;  // tokens
};

// Of "t5" (the encoder half), "bert" or "roberta"; missing fields take the defaults of its class. Throws
// Error(OC_E_MODEL) naming the field for what is malformed or not computed.
TextEncoderConfig read_text_encoder_config(const JsonFields& fields);

// Throws Error(OC_E_SAMPLE) unless the encoder takes this sequence: of a length from 1 to the longest, each id one of
// the vocabulary's.
void check_text_ids(std::span<const int64_t> ids, const TextEncoderConfig& config);

}  // namespace ocellus::models
