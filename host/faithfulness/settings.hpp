// What --faithfulness asks for.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "host/registry/records.hpp"

namespace ocellus::faithfulness {

// The label of the stage's results, beside those of methods.
constexpr const char* stage_label = "faithfulness";
constexpr const char* curves_type = "curves/1";

// What a masked cell shows.
enum class Fill { mean, blur, black };

// What of the answer is measured, per token. The stage offers the first two.
enum class Score { probability, logit, log_probability };

struct Settings {
  size_t steps = 12;  // of a curve, in equal shares of the cells
  Fill fill = Fill::mean;
  Score score = Score::probability;
  bool whole_answer = false;      // the mean over the answer's tokens instead of its first token
  size_t seeds = 3;               // random orders that the control is the mean of
  nlohmann::ordered_json record;  // all of these by the words of the command line
};

// The stage as a method would be described: its options, what it makes.
const registry::PluginRecord& options_record();

// `text` is what stands behind "--faithfulness:", "steps=8,fill=blur"; empty = all by default. Throws
// Error(OC_E_OPTION).
Settings parse_settings(const std::string& text);

// What parse_settings reads back: every option.
std::string text_of(const Settings& settings);

}  // namespace ocellus::faithfulness
