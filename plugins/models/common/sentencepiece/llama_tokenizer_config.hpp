// The settings around a tokenizer.model, from the JSON files beside it.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/common/sentencepiece/model_file.hpp"
#include "plugins/models/common/tokenizer/added_tokens.hpp"

namespace ocellus::models {

// The texts of the files; empty where there is none.
struct LlamaTokenizerFiles {
  std::string tokenizer_config{}, special_tokens_map{}, added_tokens{};
  std::vector<std::string> more_special{};  // contents of special tokens that a program adds on top
};

struct LlamaTokenizerConfig {
  bool legacy = true;  // see LlamaTokenizer
  bool add_bos = true, add_eos = false, add_prefix_space = true;
  std::string bos, eos;                           // empty: there is none
  std::set<std::string, std::less<>> additional;  // contents of additional_special_tokens
  std::vector<AddedToken> tokens;  // by id; `special` where the tokenizer counts it among its special tokens
};

// As transformers' LlamaTokenizer.from_pretrained takes them together: `added_tokens_decoder` of tokenizer_config.json
// or, in older folders, special_tokens_map.json and added_tokens.json; then those special tokens that have no id yet,
// which keep that of their piece or follow all others. Throws Error(OC_E_MODEL) with a sentence that begins with
// `where` for what is malformed, and for the class of another tokenizer, `single_word` tokens and sampling.
LlamaTokenizerConfig read_llama_tokenizer_config(const LlamaTokenizerFiles& files, const SentencePieceModel& model,
                                                 const std::string& where);

}  // namespace ocellus::models
