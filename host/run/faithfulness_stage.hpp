// The faithfulness stage of a sample: the maps that its methods made, judged by the model itself (docs/trust.md). It
// knows no method, so those of third parties are judged alike.
#pragma once

#include <cstdint>
#include <vector>

#include "host/faithfulness/record.hpp"
#include "host/run/model.hpp"
#include "host/run/plan_summary.hpp"
#include "host/run/prepared_sample.hpp"
#include "host/run/sample_record.hpp"
#include "host/run/sample_run.hpp"

namespace ocellus::run {

// Throws Error(OC_E_UNSUPPORTED) for a model without answers to score, and for methods none of which makes maps.
void expect_judgeable(const registry::PluginRecord& model, const std::vector<const registry::PluginRecord*>& methods);

// What the stage will cost; also what memory it needs beside the model's.
PlanSummary::Judging summarise_judging(const PreparedSample& ready, const Model& model,
                                       const faithfulness::Settings& settings, const SamplePlan& plan);

// `result` is of the explained sample, `seed` of the run. Throws Error(OC_E_SAMPLE) where the whole answer is to be
// scored and is empty.
faithfulness::Report judge_maps(const PreparedSample& ready, const SampleResult& result, Model& model,
                                const faithfulness::Settings& settings, uint64_t seed);

}  // namespace ocellus::run
