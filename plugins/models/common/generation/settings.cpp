#include "plugins/models/common/generation/settings.hpp"

#include <fmt/format.h>

#include <ocellus/sdk/descriptor.hpp>
#include <ocellus/sdk/error.hpp>

namespace ocellus::models {

namespace {

void require(bool holds, const char* name, double value) {
  if (holds) return;
  throw Error(OC_E_MODEL, fmt::format("generation_config.json: with a {} of {} no token can be drawn; give --{}", name,
                                      value, name));
}

}  // namespace

GenerationSettings settings_of(const GenerationConfig& config, const oc_generation* asked) {
  GenerationSettings settings;
  settings.end_tokens = config.end_tokens;
  settings.repetition_penalty = config.repetition_penalty;
  if (asked == nullptr) return settings;
  const oc_generation given = read_descriptor(asked, "how to generate");
  if (!(given.temperature >= 0) || !(given.top_p >= 0 && given.top_p <= 1) || !(given.repetition_penalty >= 0))
    throw Error(OC_E_INTERNAL, "a malformed oc_generation");
  if (given.repetition_penalty > 0) settings.repetition_penalty = static_cast<float>(given.repetition_penalty);
  settings.stop_strings.assign(given.stop_strings, given.stop_strings + given.n_stop_strings);
  settings.draws = given.draws != 0;
  if (!settings.draws) return settings;
  const double temperature = given.temperature > 0 ? given.temperature : config.temperature;
  const double top_p = given.top_p > 0 ? given.top_p : config.top_p;
  const int64_t top_k = given.top_k != 0 ? given.top_k : config.top_k;
  require(temperature > 0, "temperature", temperature);
  require(top_p > 0 && top_p <= 1, "top-p", top_p);
  require(top_k >= -1, "top-k", static_cast<double>(top_k));
  settings.temperature = static_cast<float>(temperature);
  settings.top_p = top_p;
  settings.top_k = top_k == 0 ? -1 : top_k;
  settings.seed = given.seed;
  return settings;
}

}  // namespace ocellus::models
