#include "host/knockout/record.hpp"

namespace ocellus::knockout {

using nlohmann::ordered_json;

double Outcome::answer_change() const {
  double sum = 0;
  for (const Token& token : tokens) sum += token.knocked_out - token.clean;
  return sum / static_cast<double>(tokens.size());
}

ordered_json outcomes_record(const std::vector<Outcome>& outcomes) {
  ordered_json list = ordered_json::array();
  for (const Outcome& outcome : outcomes) {
    ordered_json tokens = ordered_json::array();
    for (const Token& token : outcome.tokens) {
      tokens.push_back({{"token", token.text},
                        {"probability", token.clean},
                        {"knocked_out", token.knocked_out},
                        {"likeliest", token.clean_likeliest},
                        {"likeliest_knocked_out", token.likeliest}});
    }
    list.push_back({{"label", outcome.label},
                    {"settings", outcome.settings},
                    {"layers", outcome.layers},
                    {"heads", outcome.heads},
                    {"rows", outcome.n_rows},
                    {"keys", outcome.n_keys},
                    {"first_change", outcome.first_change()},
                    {"answer_change", outcome.answer_change()},
                    {"flips", outcome.flips()},
                    {"tokens", std::move(tokens)}});
  }
  return list;
}

std::vector<Outcome> read_outcomes(const ordered_json& record) {
  std::vector<Outcome> outcomes;
  for (const ordered_json& entry : record) {
    Outcome& outcome = outcomes.emplace_back();
    outcome.label = entry.at("label").get<std::string>();
    outcome.settings = entry.at("settings");
    outcome.layers = entry.at("layers").get<std::vector<int64_t>>();
    outcome.heads = entry.at("heads").get<std::vector<int64_t>>();
    outcome.n_rows = entry.at("rows").get<size_t>();
    outcome.n_keys = entry.at("keys").get<size_t>();
    (void)entry.at("tokens").at(0);  // there is one
    for (const ordered_json& token : entry["tokens"]) {
      outcome.tokens.push_back({token.at("token").get<std::string>(), token.at("probability").get<double>(),
                                token.at("knocked_out").get<double>(), token.at("likeliest").get<std::string>(),
                                token.at("likeliest_knocked_out").get<std::string>()});
    }
  }
  return outcomes;
}

}  // namespace ocellus::knockout
