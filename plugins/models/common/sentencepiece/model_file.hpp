// What a tokenizer.model holds (SentencePiece's ModelProto).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ocellus::models {

struct SentencePiece {
  // With the numbers of the file.
  enum class Kind { normal = 1, unknown = 2, control = 3, user_defined = 4, unused = 5, byte = 6 };
  std::string text;
  float score = 0;
  Kind kind = Kind::normal;
};

struct SentencePieceModel {
  std::vector<SentencePiece> pieces;  // by id; one of them is unknown, no text comes twice
  bool byte_fallback = false;         // then there is a byte piece for each byte
  bool add_dummy_prefix = true;
};

// "<0x0A>"
std::string byte_piece(unsigned char byte);

// Supported: BPE models that change nothing in the text but spaces, which become "▁" each (Llama, Vicuna). Anything
// else, such as a Unigram model, a normalisation rule or the removal of extra spaces, throws Error(OC_E_MODEL) that
// names it, with a sentence that begins with `where`: a part left out would be other ids.
SentencePieceModel parse_sentencepiece_model(std::string_view file, const std::string& where);

}  // namespace ocellus::models
