#include "plugins/models/common/sentencepiece/segmenter.hpp"

#include <gmock/gmock.h>

namespace ocellus::models {
namespace {

using testing::ElementsAre;
using Kind = SentencePiece::Kind;

Segmenter segmenter(const std::vector<SentencePiece>& pieces) {
  SentencePieceModel model;
  model.pieces = {{"?", 0, Kind::unknown}};
  model.pieces.insert(model.pieces.end(), pieces.begin(), pieces.end());
  return Segmenter(model);
}

std::vector<std::string> split(const Segmenter& segmenter, std::string_view text) {
  std::vector<Symbol> symbols;
  segmenter.encode(text, symbols);
  std::vector<std::string> parts;
  for (const Symbol& symbol : symbols)
    parts.push_back(std::string(symbol.id == segmenter.unknown() ? "?" : "")
                        .append(text.substr(symbol.begin, symbol.end - symbol.begin)));
  return parts;
}

const std::vector<SentencePiece> letters{{"a", -9}, {"b", -9}, {"c", -9}};

std::vector<SentencePiece> with(std::vector<SentencePiece> more) {
  more.insert(more.begin(), letters.begin(), letters.end());
  return more;
}

TEST(Segmenter, MergesTheHighestScoreFirstAndTheLeftmostOfEqualOnes) {
  const Segmenter first = segmenter(with({{"ab", -1}, {"bc", -2}}));
  EXPECT_THAT(split(first, "abc"), ElementsAre("ab", "c"));
  const Segmenter second = segmenter(with({{"ab", -2}, {"bc", -1}}));
  EXPECT_THAT(split(second, "abc"), ElementsAre("a", "bc"));
  const Segmenter equal = segmenter(with({{"aa", -1}}));
  EXPECT_THAT(split(equal, "aaa"), ElementsAre("aa", "a"));
  const Segmenter chain = segmenter(with({{"ab", -1}, {"abc", -2}, {"abcabc", -3}}));
  EXPECT_THAT(split(chain, "abcabcab"), ElementsAre("abcabc", "ab"));
}

TEST(Segmenter, JoinsUnknownCharactersToOnePiece) {
  EXPECT_THAT(split(segmenter(letters), "axéyb"), ElementsAre("a", "?xéy", "b"));
  EXPECT_TRUE(split(segmenter(letters), "").empty());
}

TEST(Segmenter, FindsUserDefinedPiecesFirstAndMergesNothingIntoThem) {
  const Segmenter defined =
      segmenter(with({{"ab", -1}, {"bc", -0.5, Kind::user_defined}, {"bcc", -9, Kind::user_defined}, {"abc", 0}}));
  EXPECT_THAT(split(defined, "abc"), ElementsAre("a", "bc"));
  EXPECT_THAT(split(defined, "abccab"), ElementsAre("a", "bcc", "ab"));
}

TEST(Segmenter, TakesUnusedPiecesApart) {
  const Segmenter unused = segmenter(with({{"ab", -1, Kind::unused}, {"abc", -2, Kind::unused}, {"abcc", -3}}));
  EXPECT_THAT(split(unused, "ab"), ElementsAre("a", "b"));
  EXPECT_THAT(split(unused, "abc"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(split(unused, "abcc"), ElementsAre("abcc"));
}

TEST(Segmenter, MergesNothingIntoControlPieces) {
  EXPECT_THAT(split(segmenter(with({{"ab", -1, Kind::control}})), "ab"), ElementsAre("a", "b"));
}

TEST(Segmenter, ALongRunTakesNoTimeToSpeakOf) {
  std::vector<SentencePiece> pieces;
  for (std::size_t size = 1; size <= 64; size *= 2)
    pieces.push_back({std::string(size, 'a'), -static_cast<float>(size)});
  EXPECT_EQ(split(segmenter(pieces), std::string(1 << 20, 'a')).size(), (1u << 20) / 64);
}

}  // namespace
}  // namespace ocellus::models
