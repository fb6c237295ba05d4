// Tokenizers of BERT folders that have vocab.txt instead of tokenizer.json.
#pragma once

#include <string>
#include <string_view>

namespace ocellus::models {

// The tokenizer.json that transformers makes of vocab.txt (a token a line, ids in order) and of tokenizer_config.json
// (may be empty: then the defaults, lower case among them). `where` begins every complaint; throws Error(OC_E_MODEL).
std::string bert_tokenizer_json(std::string_view vocabulary, std::string_view tokenizer_config,
                                const std::string& where);

}  // namespace ocellus::models
