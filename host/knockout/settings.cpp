#include "host/knockout/settings.hpp"

#include <fmt/format.h>
#include <ocellus/abi/package.h>

#include <ocellus/sdk/error.hpp>
#include <variant>

#include "host/options/values.hpp"

namespace ocellus::knockout {

const registry::PluginRecord& options_record() {
  static const registry::PluginRecord record = [] {
    registry::PluginRecord made;
    made.id = stage_label;
    made.summary = "what becomes of the answer when attention is blocked";
    made.params = {{OC_PARAM_INDEX_SET, "layers", "in which layers", "all", 0, 0, {}},
                   {OC_PARAM_INDEX_SET, "heads", "in which heads of them", "all", 0, 0, {}},
                   {OC_PARAM_TEXT, "from", "rows that do not attend", "answer", 0, 0, {}},
                   {OC_PARAM_TEXT, "to", "tokens that they do not attend to", "image", 0, 0, {}}};
    return made;
  }();
  return record;
}

Settings parse_settings(const std::string& text) {
  const options::Spec spec = options::parse_spec(fmt::format("{}:{}", stage_label, text));
  const options::Values values = options::Values::parse(options_record(), spec);
  const auto selection = [&](const char* key, Of of) {
    try {
      return Selection::parse(values.text(key), of);
    } catch (const Error& error) {
      throw Error(OC_E_OPTION, fmt::format("{}: option {}: {}", stage_label, key, error.what()));
    }
  };
  const auto indices = [&](const char* key) {
    const auto& set = std::get<options::IndexSet>(*values.find(key));
    if (set.is_auto())
      throw Error(OC_E_OPTION,
                  fmt::format("{}: option {}: nothing chooses for 'auto' here: write all", stage_label, key));
    return set;
  };
  Settings settings;
  settings.text = text;
  settings.label = spec.label == stage_label ? text : spec.label;
  settings.layers = indices("layers");
  settings.heads = indices("heads");
  settings.from = selection("from", Of::rows);
  settings.to = selection("to", Of::keys);
  settings.record["label"] = settings.label;
  settings.record.update(values.record());
  return settings;
}

nlohmann::ordered_json settings_record(const std::vector<Settings>& settings) {
  nlohmann::ordered_json list;
  for (const Settings& each : settings) list.push_back(each.record);
  return list;
}

}  // namespace ocellus::knockout
