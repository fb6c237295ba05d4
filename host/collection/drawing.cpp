#include "host/collection/drawing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>

#include "host/run/output_folder.hpp"
#include "host/services/artifact_handle.hpp"
#include "host/services/sample_context.hpp"
#include "host/store/atomic_file.hpp"

namespace ocellus::collection {

std::vector<std::filesystem::path> draw(const std::vector<StoredResult>& results,
                                        std::vector<std::unique_ptr<run::Renderer>>& renderers, media::Decoder& decoder,
                                        const std::filesystem::path& folder, const std::filesystem::path& root) {
  std::vector<std::filesystem::path> files;
  for (const std::unique_ptr<run::Renderer>& renderer : renderers) {
    const std::vector<std::string>& types = renderer->record().accepts;
    std::vector<std::unique_ptr<oc_artifact>> handles;
    std::vector<const oc_artifact*> accepted;
    for (const StoredResult& result : results) {
      if (std::find(types.begin(), types.end(), result.artifact.type) == types.end()) continue;
      handles.push_back(std::make_unique<oc_artifact>(result.artifact, result.source));
      accepted.push_back(handles.back().get());
    }
    if (accepted.empty()) continue;
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!std::filesystem::is_directory(folder))
      throw Error(OC_E_WRITE, fmt::format("the folder {} cannot be made", folder.string()));
    store::remove_abandoned(folder);
    services::SampleContext context(decoder, {});
    run::Pictures pictures(folder, renderer->label(), 1, root);
    oc_run handle;
    handle.sample = &context;
    handle.plugin = &renderer->plugin();
    handle.label = renderer->label();
    handle.outputs = &pictures;
    handle.collection = true;
    renderer->render(handle, accepted);
    for (const std::string& name : pictures.written()) files.push_back((folder / name).lexically_normal());
  }
  return files;
}

std::vector<std::filesystem::path> redraw(const std::vector<std::filesystem::path>& outs,
                                          std::vector<std::unique_ptr<run::Renderer>>& renderers,
                                          media::Decoder& decoder, const std::filesystem::path& comparison) {
  std::vector<std::filesystem::path> files;
  std::vector<StoredResult> all;
  for (const std::filesystem::path& out : outs) {
    const std::vector<StoredResult> results = read_results(out);
    for (std::filesystem::path& file : draw(results, renderers, decoder, out / "collection", out))
      files.push_back(std::move(file));
    all.insert(all.end(), results.begin(), results.end());
  }
  if (outs.size() < 2) return files;
  const std::filesystem::path folder = comparison.empty() ? outs.front() / "collection" / "comparison" : comparison;
  for (std::filesystem::path& file : draw(all, renderers, decoder, folder, folder)) files.push_back(std::move(file));
  return files;
}

}  // namespace ocellus::collection
