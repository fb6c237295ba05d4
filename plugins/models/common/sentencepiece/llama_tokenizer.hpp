// tokenizer.model and the JSON files beside it, as transformers' LlamaTokenizer (the slow one, 4.57) reads them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/common/sentencepiece/llama_tokenizer_config.hpp"
#include "plugins/models/common/tokenizer/tokenizer.hpp"

namespace ocellus::models {

// Added tokens are found first, leftmost and longest; each text between them is one for the SentencePiece model. What
// `legacy` of tokenizer_config.json decides (missing = true) is where a text gets a "▁" that is not in it:
//   true   each of them does, so that the word after "</s>" is spelt as at the beginning of a sentence;
//   false  the whole prompt gets one at its beginning, which is dropped again if a special token follows at once.
// Throws Error(OC_E_MODEL) naming the file that is missing, malformed or not supported.
// `more_special` are added after all others, as tokenizer.add_tokens would.
Tokenizer load_llama_tokenizer(const std::filesystem::path& model_folder,
                               const std::vector<std::string>& more_special = {});

// The same from the contents of the files; `where` names them in errors.
Tokenizer parse_llama_tokenizer(std::string_view tokenizer_model, const LlamaTokenizerFiles& files,
                                const std::string& where);

}  // namespace ocellus::models
