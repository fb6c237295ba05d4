// Reading of tokenizer.json (the format of the `tokenizers` library) into a pipeline.
#pragma once

#include <string>
#include <string_view>

#include "plugins/models/common/tokenizer/pipeline.hpp"

namespace ocellus::models {

// Supported, each stage as a Sequence too:
// - normalizer: null, NFC, Prepend, Replace (of a string, or of the regular expression " {2,}"), Strip, Precompiled,
//   BertNormalizer;
// - pre-tokenizer: null; any of WhitespaceSplit, BertPreTokenizer and Split (regular expression, Isolated; only before
//   ByteLevel), and after them ByteLevel or Metaspace;
// - model: BPE without dropout, prefix or suffix, and with byte fallback and an unknown token where there is no
//   ByteLevel; Unigram with an unknown token, with or without byte fallback; WordPiece;
// - post-processor: null, ByteLevel (offsets stay untrimmed), TemplateProcessing, BertProcessing, RobertaProcessing;
// - decoder: ByteLevel, Metaspace or WordPiece alone, or Replace, ByteFallback, Fuse, Strip in this order.
// Anything else throws Error(OC_E_MODEL) that names it: a part left out would be other ids. `truncation` and `padding`
// are settings of batch calls, not of the tokenizer, and are not read. `tokenizer_config` is the text of
// tokenizer_config.json, empty if there is none; `where` begins every complaint.
Pipeline parse_pipeline(std::string_view tokenizer_json, std::string_view tokenizer_config, const std::string& where);

}  // namespace ocellus::models
