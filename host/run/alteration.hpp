// Samples of a run as a sanity check shows them to the model: with the answers that they were given or had, and with
// something else exchanged (docs/sanity.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "host/run/sample.hpp"
#include "host/sanity/settings.hpp"

namespace ocellus::run {

struct Alteration {
  sanity::Check check = sanity::Check::weights;  // weights are altered by options of the model, and no sample is
  std::filesystem::path original;                // OUT of the run that is compared with
};

// What each of `samples` is asked instead of its own question; `seed` decides. Throws Error(OC_E_UNSUPPORTED) where
// there is no other question.
std::vector<std::string> other_questions(const std::vector<Sample>& samples, uint64_t seed);

// Those of `samples` that the original run finished. Throws as other_questions for the check of questions.
std::vector<Sample> altered(std::vector<Sample> samples, const Alteration& alteration, uint64_t seed);

}  // namespace ocellus::run
