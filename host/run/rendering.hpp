// Pictures from artifacts: fresh ones at the end of a sample, or stored ones without the model.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/media/decoder.hpp"
#include "host/run/plugins.hpp"
#include "host/services/sample_context.hpp"
#include "host/store/schema.hpp"

namespace ocellus::run {

// What the record service tells of a stored sample.
void fill_record(services::SampleContext& context, const nlohmann::ordered_json& record);

// Lets `renderer` draw what it accepts of `artifacts` into `folder`; names of the files.
std::vector<std::string> draw(Renderer& renderer, services::SampleContext& context,
                              const std::vector<store::ArtifactData>& artifacts, const std::filesystem::path& folder);

// Redraws every finished sample of the run in `out`; full paths of the files. Throws Error(OC_E_MODEL) if it holds no
// run.
std::vector<std::filesystem::path> redraw(const std::filesystem::path& out,
                                          std::vector<std::unique_ptr<Renderer>>& renderers, media::Decoder& decoder);

}  // namespace ocellus::run
