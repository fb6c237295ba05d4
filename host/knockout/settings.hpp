// What a --knockout asks for.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/knockout/selection.hpp"
#include "host/options/index_set.hpp"
#include "host/registry/records.hpp"

namespace ocellus::knockout {

// The label of the stage's results, beside those of methods.
constexpr const char* stage_label = "knockout";

struct Settings {
  std::string text;   // as the user wrote it
  std::string label;  // as=, else the text
  options::IndexSet layers, heads;
  Selection from, to;
  nlohmann::ordered_json record;  // {label, layers, heads, from, to} by the words of the command line
};

// The stage as a method would be described: its options.
const registry::PluginRecord& options_record();

// `text` is one option's value, "layers=3,to=image". Throws Error(OC_E_OPTION).
Settings parse_settings(const std::string& text);

// Those of all knock-outs; null where there are none.
nlohmann::ordered_json settings_record(const std::vector<Settings>& settings);

}  // namespace ocellus::knockout
