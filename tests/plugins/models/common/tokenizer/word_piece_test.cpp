#include "plugins/models/common/tokenizer/word_piece.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ocellus::models {
namespace {

// Token 0 is the unknown one; words have up to six characters.
WordPiece word_piece(const std::vector<std::string>& tokens) {
  Vocabulary vocabulary;
  std::uint32_t id = 0;
  for (const std::string& token : tokens) EXPECT_TRUE(vocabulary.add(token, id++));
  return WordPiece(std::move(vocabulary), 0, "##", 6);
}

std::vector<std::string> encoded(const WordPiece& model, std::string_view word) {
  std::vector<Symbol> symbols;
  model.encode(word, symbols);
  std::vector<std::string> tokens;
  std::size_t at = 0;
  for (const Symbol& symbol : symbols) {
    EXPECT_EQ(symbol.begin, at);
    at = symbol.end;
    tokens.push_back(*model.vocabulary().token(symbol.id));
  }
  EXPECT_EQ(at, word.size());
  return tokens;
}

TEST(WordPiece, TakesTheLongestEntryFirst) {
  const WordPiece model = word_piece({"[UNK]", "un", "unaf", "##aff", "##able", "##f", "##a"});
  EXPECT_EQ(encoded(model, "unaff"), (std::vector<std::string>{"unaf", "##f"}));
  EXPECT_EQ(encoded(model, "unable"), (std::vector<std::string>{"un", "##able"}));
}

TEST(WordPiece, AWordThatCannotBeSpeltIsUnknownAsAWhole) {
  const WordPiece model = word_piece({"[UNK]", "un", "##a", "\u00e9"});
  EXPECT_EQ(encoded(model, "unx"), (std::vector<std::string>{"[UNK]"}));
  EXPECT_EQ(encoded(model, "\u00e9\u00e9"), (std::vector<std::string>{"[UNK]"}));
  EXPECT_EQ(encoded(model, "\u00e8"), (std::vector<std::string>{"[UNK]"}));
  EXPECT_EQ(encoded(model, "\U0001f600"), (std::vector<std::string>{"[UNK]"}));  // longer than any entry
}

TEST(WordPiece, LongWordsAreCountedInCharacters) {
  const WordPiece model = word_piece({"[UNK]", "\u00e9", "##\u00e9"});
  EXPECT_EQ(encoded(model, "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9").size(), 6u);
  EXPECT_EQ(encoded(model, "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"), (std::vector<std::string>{"[UNK]"}));
}

}  // namespace
}  // namespace ocellus::models
