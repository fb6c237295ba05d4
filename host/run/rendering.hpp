// Pictures from artifacts: fresh ones at the end of a sample, or stored ones without the model.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/media/decoder.hpp"
#include "host/run/names_apart.hpp"
#include "host/run/plugins.hpp"
#include "host/run/sample_record.hpp"
#include "host/services/sample_context.hpp"
#include "host/store/schema.hpp"

namespace ocellus::run {

// What is known of a sample once it is explained: how many layers there are, its pictures, the scores of its maps. From
// its record.
void fill_results(services::SampleContext& context, const nlohmann::ordered_json& record);

// What the record service tells of a stored sample, these included.
void fill_record(services::SampleContext& context, const nlohmann::ordered_json& record);

// The folders of the finished samples of the run in `out`, in the order of its data set; of a run that did not come to
// its end, by name. Throws Error(OC_E_MODEL) if it holds no run.
std::vector<std::filesystem::path> finished_samples(const std::filesystem::path& out);

// A stored sample, as renderers see it.
struct OpenedSample {
  StoredSample stored;
  std::unique_ptr<services::SampleContext> context;
};
// `folder` is of the run in `out`. Throws Error(OC_E_SAMPLE) for pictures that are not those that were explained, and
// what read_stored throws.
OpenedSample open_sample(const std::filesystem::path& out, const std::filesystem::path& folder,
                         media::Decoder& decoder);

// Handles of those artifacts that are of one of `types`.
std::vector<std::unique_ptr<oc_artifact>> handles_of(const std::vector<store::ArtifactData>& artifacts,
                                                     const services::Source& source,
                                                     const std::vector<std::string>& types);

// Where the pictures of a sample go.
struct PicturePlace {
  std::filesystem::path folder;
  std::filesystem::path root;  // that names of the user's start at
  NamesApart apart;            // of its run
};

// Throws Error(OC_E_OPTION) unless names of the user's tell the samples apart.
void expect_names_apart(const std::vector<Choice>& renderers, const NamesApart& apart);

// Throws Error(OC_E_UNSUPPORTED) if one of `renderers` can draw none of a sample's `artifacts`, nor anything of the
// whole run: a method made, with its options, another type than the renderer was chosen for. `also` are types that the
// program makes itself.
void expect_drawable(const std::vector<Choice>& methods, const std::vector<Choice>& renderers,
                     const std::vector<store::ArtifactData>& artifacts, const std::vector<std::string>& also);

// Lets `renderer` draw what it accepts of `artifacts`; names of the files, as paths from the folder. None of them may
// be in `taken`.
std::vector<std::string> draw(Renderer& renderer, services::SampleContext& context,
                              const std::vector<store::ArtifactData>& artifacts, const PicturePlace& place,
                              const std::vector<std::string>& taken);

// Redraws every finished sample of the run in `out`; full paths of the files. Throws Error(OC_E_MODEL) if it holds no
// run.
std::vector<std::filesystem::path> redraw(const std::filesystem::path& out,
                                          std::vector<std::unique_ptr<Renderer>>& renderers, media::Decoder& decoder);

}  // namespace ocellus::run
