// What knock-outs did to a sample's answer, as it stands in sample.json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace ocellus::knockout {

// A token of the answer, clean and under a knock-out: its probability after the tokens before it, and the likeliest
// token in its place.
struct Token {
  std::string text;
  double clean = 0, knocked_out = 0;
  std::string clean_likeliest, likeliest;
};

struct Outcome {
  std::string label;
  nlohmann::ordered_json settings;     // knockout::Settings::record
  std::vector<int64_t> layers, heads;  // in which attention was blocked
  size_t n_rows = 0, n_keys = 0;       // how much of it, in each head
  std::vector<Token> tokens;           // of the answer, at least one

  // Knocked out minus clean: of the first token, and the mean over all.
  double first_change() const { return tokens.front().knocked_out - tokens.front().clean; }
  double answer_change() const;
  // Is the likeliest first token another one?
  bool flips() const { return tokens.front().likeliest != tokens.front().clean_likeliest; }
};

// [{label, settings, layers, heads, rows, keys, first_change, answer_change, flips, tokens: [{token, probability,
// knocked_out, likeliest, likeliest_knocked_out}]}]
nlohmann::ordered_json outcomes_record(const std::vector<Outcome>& outcomes);

// What outcomes_record wrote. Throws nlohmann::json::exception if it is something else.
std::vector<Outcome> read_outcomes(const nlohmann::ordered_json& record);

}  // namespace ocellus::knockout
