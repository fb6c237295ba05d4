#include <gtest/gtest.h>
// after gtest
#include <rapidcheck/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "plugins/models/common/tokenizer/bpe.hpp"

namespace ocellus::models {
namespace {

// A vocabulary over "a" to "d" whose longer tokens come from random merges of known ones.
struct RandomRules {
  std::map<std::string, std::uint32_t> ids;
  std::vector<std::pair<std::string, std::string>> merges;

  explicit RandomRules(std::uint32_t seed) {
    std::mt19937 random(seed);
    std::vector<std::string> tokens = {"a", "b", "c", "d"};
    for (int i = 0; i < 60; ++i) {
      const std::string left = tokens[random() % tokens.size()], right = tokens[random() % tokens.size()];
      if (left.size() + right.size() > 9) continue;
      merges.emplace_back(left, right);
      tokens.push_back(left + right);
    }
    for (const std::string& token : tokens) ids.emplace(token, static_cast<std::uint32_t>(ids.size()));
  }

  MergeTable table() const {
    MergeTable result;
    for (const auto& [left, right] : merges) result.add(ids.at(left), ids.at(right), ids.at(left + right));
    return result;
  }

  // The definition: again and again the best rule, at its leftmost place. A pair's last rule is the one that counts.
  std::vector<std::string> merge_naively(const std::string& text) const {
    std::map<std::pair<std::string, std::string>, std::size_t> ranks;
    for (std::size_t rank = 0; rank < merges.size(); ++rank) ranks[merges[rank]] = rank;
    std::vector<std::string> parts;
    for (const char c : text) parts.emplace_back(1, c);
    while (true) {
      std::size_t best_rank = merges.size(), place = 0;
      for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        const auto rule = ranks.find({parts[i], parts[i + 1]});
        if (rule != ranks.end() && rule->second < best_rank) {
          best_rank = rule->second;
          place = i;
        }
      }
      if (best_rank == merges.size()) return parts;
      parts[place] += parts[place + 1];
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(place) + 1);
    }
  }
};

RC_GTEST_PROP(MergeTable, EqualsTheNaiveLoop, (std::uint32_t seed)) {
  const RandomRules rules(seed);
  const std::string text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcd")));
  std::vector<Symbol> symbols;
  for (std::size_t i = 0; i < text.size(); ++i) symbols.push_back({rules.ids.at(text.substr(i, 1)), i, i + 1});
  rules.table().apply(symbols);

  std::size_t at = 0;
  const std::vector<std::string> expected = rules.merge_naively(text);
  RC_ASSERT(symbols.size() == expected.size());
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    RC_ASSERT(symbols[i].id == rules.ids.at(expected[i]));
    RC_ASSERT(symbols[i].begin == at);
    RC_ASSERT(symbols[i].end == at + expected[i].size());
    at = symbols[i].end;
  }
}

TEST(MergeTable, TakesNoQuadraticTime) {
  MergeTable table;
  table.add(0, 0, 1);
  table.add(1, 1, 2);
  std::vector<Symbol> symbols;
  for (std::size_t i = 0; i < 1'000'000; ++i) symbols.push_back({0, i, i + 1});
  const auto start = std::chrono::steady_clock::now();
  table.apply(symbols);
  EXPECT_EQ(symbols.size(), 250'000u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));  // the naive loop takes hours
}

TEST(ByteLevelBpe, BytesOutsideTheVocabularyGiveNothing) {
  Vocabulary vocabulary;
  vocabulary.add("a", 0);
  vocabulary.add("b", 1);
  vocabulary.add("ab", 2);
  MergeTable merges;
  merges.add(0, 1, 2);
  std::vector<Symbol> tokens;
  ByteLevelBpe(std::move(vocabulary), std::move(merges), false).encode("xaxbx", tokens);
  ASSERT_EQ(tokens.size(), 1u);  // what remains is merged, as in the library
  EXPECT_EQ(tokens[0].id, 2u);
  EXPECT_EQ(tokens[0].begin, 1u);
  EXPECT_EQ(tokens[0].end, 4u);
}

}  // namespace
}  // namespace ocellus::models
