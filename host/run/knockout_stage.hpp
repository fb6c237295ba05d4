// The knock-out stage of a sample: what becomes of its answer when attention is blocked (docs/knockout.md).
#pragma once

#include <cstdint>
#include <vector>

#include "host/knockout/record.hpp"
#include "host/knockout/settings.hpp"
#include "host/run/model.hpp"
#include "host/run/plan_summary.hpp"
#include "host/run/prepared_sample.hpp"
#include "host/run/sample_record.hpp"

namespace ocellus::run {

// Throws Error(OC_E_UNSUPPORTED) for a model without attention to block or answers to compare, Error(OC_E_OPTION) for
// two knock-outs of one label.
void expect_knockable(const registry::PluginRecord& model, const std::vector<knockout::Settings>& settings);

// What the stage will cost; also what memory it needs beside the model's. Throws Error(OC_E_UNSUPPORTED) for layers and
// heads that the model does not have, Error(OC_E_SAMPLE) for a knock-out that names no token of the sample.
PlanSummary::KnockingOut summarise_knockouts(const PreparedSample& ready, const Model& model,
                                             const std::vector<knockout::Settings>& settings, uint32_t max_new_tokens);

// `result` is of the explained sample. One pass more than there are knock-outs: the first blocks nothing. Throws
// Error(OC_E_SAMPLE) if the answer is empty.
std::vector<knockout::Outcome> knock_out(const PreparedSample& ready, const SampleResult& result, Model& model,
                                         const std::vector<knockout::Settings>& settings);

}  // namespace ocellus::run
