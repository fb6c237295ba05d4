#include "host/collection/drawing.hpp"

#include <algorithm>
#include <iterator>

#include "host/run/output_folder.hpp"
#include "host/services/artifact_handle.hpp"
#include "host/services/sample_context.hpp"
#include "host/store/atomic_file.hpp"

namespace ocellus::collection {

namespace {

using Renderers = std::vector<std::unique_ptr<run::Renderer>>;

// Has `renderer` draw results, or samples, into `folder`; the files.
std::vector<std::filesystem::path> draw(run::Renderer& renderer, const std::vector<const oc_artifact*>& artifacts,
                                        services::Samples* samples, media::Decoder& decoder,
                                        const std::filesystem::path& folder, const std::filesystem::path& root) {
  if (std::filesystem::is_directory(folder)) store::remove_abandoned(folder);
  services::SampleContext context(decoder, {});
  // A picture of several samples is of none of them.
  run::Pictures pictures(folder, renderer.label(), 1, root,
                         {renderer.name_pattern(), {{"sample/", ""}, {"renderer", renderer.label()}}, {}, {}, {}});
  oc_run handle;
  handle.sample = &context;
  handle.plugin = &renderer.plugin();
  handle.label = renderer.label();
  handle.outputs = &pictures;
  handle.collection = true;
  handle.samples = samples;
  renderer.render(handle, artifacts);
  std::vector<std::filesystem::path> files;
  for (const std::string& name : pictures.written()) files.push_back((folder / name).lexically_normal());
  return files;
}

void append(std::vector<std::filesystem::path>& files, std::vector<std::filesystem::path> more) {
  files.insert(files.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

std::vector<std::filesystem::path> draw_results(const std::vector<StoredResult>& results, Renderers& renderers,
                                                media::Decoder& decoder, const std::filesystem::path& folder,
                                                const std::filesystem::path& root) {
  std::vector<std::filesystem::path> files;
  for (const std::unique_ptr<run::Renderer>& renderer : renderers) {
    std::vector<std::unique_ptr<oc_artifact>> handles;
    std::vector<const oc_artifact*> accepted;
    for (const StoredResult& result : results) {
      if (!renderer->record().draws(result.artifact.type)) continue;
      handles.push_back(std::make_unique<oc_artifact>(result.artifact, result.source));
      accepted.push_back(handles.back().get());
    }
    if (!accepted.empty()) append(files, draw(*renderer, accepted, nullptr, decoder, folder, root));
  }
  return files;
}

std::vector<std::filesystem::path> draw_samples(const std::vector<SampleSet::Place>& samples, Renderers& renderers,
                                                media::Decoder& decoder, const std::filesystem::path& folder,
                                                const std::filesystem::path& root) {
  std::vector<std::filesystem::path> files;
  for (const std::unique_ptr<run::Renderer>& renderer : renderers) {
    if (samples.empty() || !renderer->record().draws(OC_ACCEPTS_SAMPLES)) continue;
    SampleSet set(samples, renderer->record().accepts, decoder);
    append(files, draw(*renderer, {}, &set, decoder, folder, root));
  }
  return files;
}

std::vector<std::filesystem::path> redraw(const std::vector<std::filesystem::path>& outs, Renderers& renderers,
                                          media::Decoder& decoder, const std::filesystem::path& comparison) {
  std::vector<std::filesystem::path> files;
  std::vector<StoredResult> all;
  std::vector<SampleSet::Place> samples;
  for (const std::filesystem::path& out : outs) {
    const std::vector<StoredResult> results = read_results(out);
    append(files, draw_results(results, renderers, decoder, out / "collection", out));
    all.insert(all.end(), results.begin(), results.end());
    for (const std::filesystem::path& folder : run::finished_samples(out)) samples.push_back({out, folder});
  }
  if (outs.empty()) return files;
  const bool several = outs.size() > 1;
  std::filesystem::path folder = outs.front() / "collection", root = outs.front();
  if (several) folder = root = comparison.empty() ? folder / "comparison" : comparison;
  if (several) append(files, draw_results(all, renderers, decoder, folder, root));
  append(files, draw_samples(samples, renderers, decoder, folder, root));
  return files;
}

}  // namespace ocellus::collection
