// The finished samples of a run, read back one by one.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "host/run/sample_record.hpp"

namespace ocellus::collection {

// Calls `read` with each of the samples `folders` of the run in `out`, in their order, with its artifacts of `label` as
// read_stored has it; one is in memory at a time. Returns the name of the model's folder, "" where there is no sample.
// Throws Error(OC_E_CANCELLED) once the user interrupts, and Error(OC_E_MODEL) for a sample that cannot be read and
// where `read` throws nlohmann::json::exception.
std::string for_each_finished(const std::filesystem::path& out, const std::vector<std::string>& folders,
                              const std::string& label,
                              const std::function<void(const std::string& name, run::StoredSample&)>& read);

}  // namespace ocellus::collection
