#include "host/faithfulness/settings.hpp"

#include <fmt/format.h>
#include <ocellus/abi/package.h>

#include <ocellus/sdk/error.hpp>
#include <variant>

#include "host/options/values.hpp"

namespace ocellus::faithfulness {

const registry::PluginRecord& options_record() {
  static const registry::PluginRecord record = [] {
    registry::PluginRecord made;
    made.id = stage_label;
    made.summary = "how much the answer hangs on what each map calls important";
    made.produces = {curves_type};
    made.params = {
        {OC_PARAM_INT, "steps", "points of a curve, in equal shares of the cells", "12", 2, 1000, {}},
        {OC_PARAM_CHOICE,
         "fill",
         "what a masked cell shows",
         "mean",
         0,
         0,
         {{"mean", "the picture's mean colour"}, {"blur", "the picture, strongly blurred"}, {"black", "black"}}},
        {OC_PARAM_CHOICE,
         "score",
         "what is measured of an answer's token",
         "probability",
         0,
         0,
         {{"probability", "its probability"}, {"logit", "its raw logit"}}},
        {OC_PARAM_CHOICE,
         "tokens",
         "of which tokens",
         "first",
         0,
         0,
         {{"first", "the answer's first"}, {"answer", "the mean over all, each after those before it"}}},
        {OC_PARAM_INT, "seeds", "random orders that the control is the mean of", "3", 1, 1000, {}}};
    return made;
  }();
  return record;
}

Settings parse_settings(const std::string& text) {
  const options::Spec spec = options::parse_spec(text.empty() ? stage_label : fmt::format("{}:{}", stage_label, text));
  if (spec.label != stage_label) throw Error(OC_E_OPTION, "faithfulness: its results have no label of the user's");
  const options::Values values = options::Values::parse(options_record(), spec);
  const auto count = [&](const char* key) { return static_cast<size_t>(std::get<int64_t>(*values.find(key))); };
  Settings settings;
  settings.steps = count("steps");
  settings.seeds = count("seeds");
  const std::string& fill = values.text("fill");
  settings.fill = fill == "mean" ? Fill::mean : fill == "blur" ? Fill::blur : Fill::black;
  settings.score = values.text("score") == "logit" ? Score::logit : Score::probability;
  settings.whole_answer = values.text("tokens") == "answer";
  settings.record = values.record();
  return settings;
}

std::string text_of(const Settings& settings) {
  std::string text;
  for (const auto& [key, value] : settings.record.items())
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", key, value.get<std::string>());
  return text;
}

}  // namespace ocellus::faithfulness
