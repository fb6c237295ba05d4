// tokenizer.model files put together field by field, so that they can also be wrong.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/models/common/sentencepiece/model_file.hpp"

namespace ocellus::models {

inline std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7f) | 0x80);
  return bytes += static_cast<char>(value);
}

inline std::string number_field(std::uint32_t number, std::uint64_t value) {
  return varint(number << 3).append(varint(value));
}

inline std::string bytes_field(std::uint32_t number, std::string_view value) {
  return varint(number << 3 | 2).append(varint(value.size())).append(value);
}

inline std::string float_field(std::uint32_t number, float value) {
  std::string bytes = varint(number << 3 | 5);
  const auto bits = std::bit_cast<std::uint32_t>(value);
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xff);
  return bytes;
}

inline std::string piece_field(const SentencePiece& piece) {
  return bytes_field(1, bytes_field(1, piece.text)
                            .append(float_field(2, piece.score))
                            .append(number_field(3, static_cast<std::uint64_t>(piece.kind))));
}

// The pieces of a BPE model behind `<unk>`, `<s>` and `</s>`; what `trainer` and `normalizer` say comes later than the
// usual settings, and so wins.
inline std::string model_file(const std::vector<SentencePiece>& pieces, std::string_view trainer = {},
                              std::string_view normalizer = {}) {
  using Kind = SentencePiece::Kind;
  std::string file = piece_field({"<unk>", 0, Kind::unknown});
  file += piece_field({"<s>", 0, Kind::control});
  file += piece_field({"</s>", 0, Kind::control});
  for (const SentencePiece& piece : pieces) file += piece_field(piece);
  file += bytes_field(2, number_field(3, 2).append(trainer));
  return file += bytes_field(3, number_field(4, 0).append(normalizer));
}

}  // namespace ocellus::models
