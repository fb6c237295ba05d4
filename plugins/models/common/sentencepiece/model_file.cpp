#include "plugins/models/common/sentencepiece/model_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <ocellus/sdk/error.hpp>
#include <unordered_set>

#include "plugins/models/common/sentencepiece/wire_format.hpp"
#include "plugins/models/common/tokenizer/utf8.hpp"

namespace ocellus::models {
namespace {

[[noreturn]] void fail(const std::string& where, std::string_view what) {
  throw Error(OC_E_MODEL, fmt::format("{}: {}; use the tokenizer files the model was published with", where, what));
}

// Field numbers and defaults are those of SentencePiece's sentencepiece_model.proto.
SentencePiece read_piece(std::string_view message, const std::string& where) {
  SentencePiece piece;
  for_each_field(message, where, [&](const WireField& field) {
    if (field.number == 1 && field.kind == WireField::Kind::bytes) piece.text = field.bytes;
    if (field.number == 2 && field.kind == WireField::Kind::fixed32)
      piece.score = std::bit_cast<float>(static_cast<std::uint32_t>(field.value));
    if (field.number == 3 && field.kind == WireField::Kind::varint) {
      if (field.value < 1 || field.value > 6)
        fail(where, fmt::format("a piece is of the unknown type {}", field.value));
      piece.kind = static_cast<SentencePiece::Kind>(field.value);
    }
  });
  if (piece.text.empty() || first_invalid_utf8(piece.text)) fail(where, "a piece is empty or not UTF-8");
  if (!std::isfinite(piece.score)) fail(where, fmt::format("the score of the piece '{}' is not finite", piece.text));
  return piece;
}

void read_trainer(std::string_view message, const std::string& where, SentencePieceModel& model) {
  constexpr std::array<const char*, 5> types{"of no type", "Unigram", "BPE", "Word", "Char"};
  std::uint64_t type = 1;
  for_each_field(message, where, [&](const WireField& field) {
    if (field.number == 3) type = field.value;
    if (field.number == 24 && field.value != 0) fail(where, "white space as a suffix is not supported");
    if (field.number == 35) model.byte_fallback = field.value != 0;
  });
  if (type != 2)
    fail(where,
         fmt::format("the model is {}, and only BPE is supported", type < types.size() ? types[type] : types[0]));
}

void read_normalizer(std::string_view message, const std::string& where, SentencePieceModel& model) {
  bool removes_spaces = true, escapes_spaces = true, has_rules = false;
  std::string name;
  for_each_field(message, where, [&](const WireField& field) {
    if (field.number == 1) name = field.bytes;
    if (field.number == 2) has_rules = !field.bytes.empty();
    if (field.number == 3) model.add_dummy_prefix = field.value != 0;
    if (field.number == 4) removes_spaces = field.value != 0;
    if (field.number == 5) escapes_spaces = field.value != 0;
  });
  if (has_rules)
    fail(where, fmt::format("the normalisation '{}' is not supported, only identity", replace_invalid_utf8(name)));
  if (removes_spaces) fail(where, "the removal of extra white space is not supported");
  if (!escapes_spaces) fail(where, "white space that is not escaped is not supported");
}

void check_pieces(const SentencePieceModel& model, const std::string& where) {
  if (model.pieces.size() > std::numeric_limits<std::uint32_t>::max()) fail(where, "there are too many pieces");
  std::unordered_set<std::string_view> texts, bytes;
  std::size_t unknown = 0;
  for (const SentencePiece& piece : model.pieces) {
    if (!texts.insert(piece.text).second) fail(where, fmt::format("the piece '{}' comes twice", piece.text));
    unknown += piece.kind == SentencePiece::Kind::unknown;
    if (piece.kind == SentencePiece::Kind::byte) bytes.insert(piece.text);
  }
  if (unknown != 1) fail(where, fmt::format("there are {} unknown pieces, not 1", unknown));
  for (unsigned byte = 0; model.byte_fallback && byte < 256; ++byte) {
    const std::string text = byte_piece(static_cast<unsigned char>(byte));
    if (!bytes.contains(text)) fail(where, fmt::format("the byte piece '{}' is missing", text));
  }
  if (bytes.size() != (model.byte_fallback ? 256u : 0u)) fail(where, "there are byte pieces that stand for no byte");
}

}  // namespace

std::string byte_piece(unsigned char byte) {
  return fmt::format("<0x{:02X}>", byte);
}

SentencePieceModel parse_sentencepiece_model(std::string_view file, const std::string& where) {
  SentencePieceModel model;
  std::string_view trainer, normalizer;
  for_each_field(file, where, [&](const WireField& field) {
    if (field.kind != WireField::Kind::bytes) return;
    if (field.number == 1) model.pieces.push_back(read_piece(field.bytes, where));
    if (field.number == 2) trainer = field.bytes;
    if (field.number == 3) normalizer = field.bytes;
    if (field.number == 5 && !field.bytes.empty())
      for_each_field(field.bytes, where, [&](const WireField& inner) {
        if (inner.number == 2 && !inner.bytes.empty()) fail(where, "a rule for decoded text is not supported");
      });
  });
  if (model.pieces.empty()) fail(where, "it holds no pieces, so it is not a SentencePiece model");
  read_trainer(trainer, where, model);
  read_normalizer(normalizer, where, model);
  check_pieces(model, where);
  return model;
}

}  // namespace ocellus::models
