// Judgements as they stand in sample.json. No number of a map is written without those of its controls.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/faithfulness/judge.hpp"

namespace ocellus::faithfulness {

// What was asked about the maps of a sample, and what came of it.
struct Report {
  Settings settings;
  std::vector<std::string> tokens;  // that were scored, as text
  double clean = 0;                 // the value of the input as it is
  Judged judged;
};

// {settings, tokens, clean, inputs, maps: [{label, image, layer, insertion, ..., random: {...}, centre, oracle}]}
nlohmann::ordered_json report_record(const Report& report);

// The maps of what report_record wrote. Throws nlohmann::json::exception if it is something else.
std::vector<Judgement> read_judgements(const nlohmann::ordered_json& record);

// A number of a judgement by name: "faithfulness.gap", or of a control "faithfulness.gap.random". None where there is
// no such name or control.
std::optional<double> number_of(const Judgement& judgement, std::string_view name);

}  // namespace ocellus::faithfulness
