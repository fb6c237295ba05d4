// The parts of a tokenizer.json, each read by itself. `root` is the whole document; all of them throw Error(OC_E_MODEL)
// that names what is malformed or not supported.
#pragma once

#include <memory>
#include <vector>

#include "plugins/models/common/tokenizer/added_tokens.hpp"
#include "plugins/models/common/tokenizer/decoder.hpp"
#include "plugins/models/common/tokenizer/json_view.hpp"
#include "plugins/models/common/tokenizer/pipeline.hpp"

namespace ocellus::models {

std::vector<Normalizer> read_normalizers(const JsonView& root);

struct ReadPreTokenizer {
  PreTokenizer pre_tokenizer;
  bool byte_level;  // the model gets bytes in the byte-level alphabet
};
ReadPreTokenizer read_pre_tokenizer(const JsonView& root);

Model read_model(const JsonView& root, bool byte_level);

std::unique_ptr<const Decoder> read_decoder(const JsonView& root, bool byte_level);

// Those of tokenizer.json, and those of tokenizer_config.json that it lacks.
std::vector<AddedToken> read_added_tokens(const JsonView& root, const JsonView& config, const Vocabulary& vocabulary);

PostProcessor read_post_processor(const JsonView& root, const Vocabulary& vocabulary, const AddedTokens& added);

}  // namespace ocellus::models
