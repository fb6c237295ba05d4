#include "plugins/models/common/tokenizer/unigram.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace ocellus::models {
namespace {

using Entries = std::vector<std::pair<std::string, double>>;

// Token 0 is the unknown one.
Unigram unigram(const Entries& entries, bool byte_fallback = false) {
  Vocabulary vocabulary;
  std::vector<double> scores;
  for (const auto& [token, score] : entries) {
    EXPECT_TRUE(vocabulary.add(token, static_cast<std::uint32_t>(scores.size())));
    scores.push_back(score);
  }
  return Unigram(std::move(vocabulary), std::move(scores), 0, byte_fallback);
}

struct Found {
  std::string token;
  std::size_t begin, end;
  bool operator==(const Found&) const = default;
};

std::vector<Found> encoded(const Unigram& model, std::string_view text) {
  std::vector<Symbol> symbols;
  model.encode(text, symbols);
  std::vector<Found> found;
  for (const Symbol& symbol : symbols)
    found.push_back({*model.vocabulary().token(symbol.id), symbol.begin, symbol.end});
  return found;
}

TEST(Unigram, TakesTheBestTotal) {
  const Entries entries = {{"<unk>", 0}, {"a", 0},  {"b", 0},   {"c", 0},    {"d", 0},
                           {"cd", 1},    {"ab", 2}, {"abc", 5}, {"abcd", 10}};
  EXPECT_EQ(encoded(unigram(entries), "abcd"), (std::vector<Found>{{"abcd", 0, 4}}));
  EXPECT_EQ(encoded(unigram(entries), "abcdacd"), (std::vector<Found>{{"abcd", 0, 4}, {"a", 4, 5}, {"cd", 5, 7}}));
  EXPECT_TRUE(encoded(unigram(entries), "").empty());
}

TEST(Unigram, OfEqualTotalsTheLongestLastToken) {
  const Unigram model = unigram({{"<unk>", 0}, {"a", -1}, {"b", -1}, {"c", -1}, {"ab", -2}, {"bc", -2}});
  EXPECT_EQ(encoded(model, "abc"), (std::vector<Found>{{"a", 0, 1}, {"bc", 1, 3}}));
  EXPECT_EQ(encoded(model, "ab"), (std::vector<Found>{{"ab", 0, 2}}));
}

TEST(Unigram, UnknownCharactersSideBySideAreOneToken) {
  const Unigram model = unigram({{"<unk>", 0}, {"a", -1}});
  EXPECT_EQ(encoded(model, "\u00e9\u4e2da\u00e9"), (std::vector<Found>{{"<unk>", 0, 5}, {"a", 5, 6}, {"<unk>", 6, 8}}));
  // Written out, the unknown token is itself, and part of the run.
  EXPECT_EQ(encoded(model, "<unk>a"), (std::vector<Found>{{"<unk>", 0, 5}, {"a", 5, 6}}));
  EXPECT_EQ(encoded(model, "x<unk>y"), (std::vector<Found>{{"<unk>", 0, 7}}));
}

TEST(Unigram, UnknownCostsTenLessThanTheLowestScore) {
  // "xy" at -23.9 beats two unknown characters at -12 each; at -24.1 it does not, but is found again by its text.
  EXPECT_EQ(encoded(unigram({{"<unk>", 0}, {"a", -2}, {"x", -2}, {"ya", -15.9}}), "xya"),
            (std::vector<Found>{{"x", 0, 1}, {"ya", 1, 3}}));
  EXPECT_EQ(encoded(unigram({{"<unk>", 0}, {"a", -2}, {"b", -4}, {"ya", -17}}), "ya"),
            (std::vector<Found>{{"ya", 0, 2}}));
  EXPECT_EQ(encoded(unigram({{"<unk>", 0}, {"xy", -1000}}), "xyx"),
            (std::vector<Found>{{"xy", 0, 2}, {"<unk>", 2, 3}}));
}

TEST(Unigram, ByteTokensStandForTheWholeRunOrNotAtAll) {
  const Unigram model = unigram({{"<unk>", 0}, {"a", -1}, {"<0xC3>", 0}, {"<0xA9>", 0}}, true);
  EXPECT_EQ(encoded(model, "a\u00e9\u00e9"),
            (std::vector<Found>{{"a", 0, 1}, {"<0xC3>", 1, 5}, {"<0xA9>", 1, 5}, {"<0xC3>", 1, 5}, {"<0xA9>", 1, 5}}));
  EXPECT_EQ(encoded(model, "\u00e9\u00e8"), (std::vector<Found>{{"<unk>", 0, 4}}));
}

}  // namespace
}  // namespace ocellus::models
