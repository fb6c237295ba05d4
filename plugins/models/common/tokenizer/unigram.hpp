// The model Unigram: of all ways to cut a piece of text into entries of the vocabulary, the most probable one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plugins/models/common/tokenizer/symbol.hpp"
#include "plugins/models/common/tokenizer/vocabulary.hpp"

namespace ocellus::models {

class Unigram {
 public:
  // `scores` has the log-probability of each id of the vocabulary, whose ids are 0 … size - 1; `unknown` is one of
  // them. A character that is no entry by itself may be unknown, at the lowest score less 10.
  Unigram(Vocabulary vocabulary, std::vector<double> scores, std::uint32_t unknown, bool byte_fallback);

  // Appends the tokens of `piece`, which must be UTF-8: the path of the highest total score (Viterbi), of equal ones
  // that whose last token is the longest. Unknown characters side by side are one token or, with `byte_fallback`, the
  // byte tokens of all of them, if the vocabulary has them all; each of those stands for the whole run, as in the
  // library.
  void encode(std::string_view piece, std::vector<Symbol>& tokens) const;

  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  static constexpr std::uint32_t root = 0;

  void add_to_trie(std::string_view token, std::uint32_t id);
  // Calls `visit(length, id)` with each entry that `text` begins with, shortest first.
  template <typename Visit>
  void for_each_prefix(std::string_view text, const Visit& visit) const;
  // Where the token of the best path that ends at each byte begins, and its id.
  struct Step {
    double score = 0;
    std::size_t begin = 0;
    std::uint32_t id = 0;
    bool reached = false;
  };
  std::vector<Step> best_steps(std::string_view piece) const;
  void append_unknown(std::string_view piece, std::size_t begin, std::size_t end, std::vector<Symbol>& tokens) const;

  Vocabulary vocabulary_;
  std::vector<double> scores_;
  std::uint32_t unknown_;
  double unknown_score_;
  std::unordered_map<std::uint64_t, std::uint32_t> children_;  // of (node, byte)
  std::vector<std::optional<std::uint32_t>> node_ids_;         // the entry that ends at a node
  std::array<std::optional<std::uint32_t>, 256> byte_ids_;     // all empty without byte fallback
};

}  // namespace ocellus::models
