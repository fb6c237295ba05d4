#include "host/run/rendering.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <set>

#include "host/run/output_folder.hpp"
#include "host/run/sample_record.hpp"
#include "host/services/artifact_handle.hpp"
#include "host/store/json_text.hpp"
#include "host/store/sha256.hpp"

namespace ocellus::run {
namespace {

using nlohmann::ordered_json;

// The pictures must be the ones that were explained.
std::vector<std::filesystem::path> checked_images(const ordered_json& record) {
  std::vector<std::filesystem::path> images;
  for (const ordered_json& image : record.value("images", ordered_json::array())) {
    const std::filesystem::path path = image.at("path").get<std::string>();
    if (!std::filesystem::exists(path)) throw Error(OC_E_SAMPLE, fmt::format("the picture {} is gone", path.string()));
    if (store::sha256_file(path) != image.at("sha256").get<std::string>()) {
      throw Error(OC_E_SAMPLE,
                  fmt::format("the picture {} is not the one that was explained: its contents changed", path.string()));
    }
    images.push_back(path);
  }
  return images;
}

}  // namespace

void fill_record(services::SampleContext& context, const ordered_json& record) {
  for (const char* key : {"id", "question", "answer", "prompt", "model"}) {
    if (record.contains(key) && record[key].is_string()) context.texts[key] = record[key].get<std::string>();
  }
  put_facts(context, record.value("facts", ordered_json::object()));
  for (const ordered_json& box : record.value("boxes", ordered_json::array())) {
    const ordered_json& corners = box.at("box");
    context.add_box(box.value("label", ""),
                    {nullptr, box.value("image", 0), 0, corners.at(0).get<double>(), corners.at(1).get<double>(),
                     corners.at(2).get<double>(), corners.at(3).get<double>()});
  }
}

std::vector<std::string> draw(Renderer& renderer, services::SampleContext& context,
                              const std::vector<store::ArtifactData>& artifacts, const std::filesystem::path& folder) {
  std::vector<std::unique_ptr<oc_artifact>> handles;
  std::vector<const oc_artifact*> accepted;
  const std::vector<std::string>& types = renderer.record().accepts;
  for (const store::ArtifactData& artifact : artifacts) {
    if (std::find(types.begin(), types.end(), artifact.type) == types.end()) continue;
    handles.push_back(std::make_unique<oc_artifact>(artifact, context.source));
    accepted.push_back(handles.back().get());
  }
  if (accepted.empty()) return {};
  Pictures pictures(folder, renderer.label(), context.n_images());
  oc_run handle;
  handle.sample = &context;
  handle.plugin = &renderer.plugin();
  handle.label = renderer.label();
  handle.outputs = &pictures;
  renderer.render(handle, accepted);
  return pictures.written();
}

std::vector<std::filesystem::path> redraw(const std::filesystem::path& out,
                                          std::vector<std::unique_ptr<Renderer>>& renderers, media::Decoder& decoder) {
  if (!std::filesystem::exists(out / "run.json")) {
    throw Error(OC_E_MODEL, fmt::format("{} holds no run: it has no run.json", out.string()));
  }
  std::set<std::filesystem::path> folders;  // sorted, so that the order is the same everywhere
  if (!std::filesystem::is_directory(out / "samples")) return {};
  for (const auto& entry : std::filesystem::directory_iterator(out / "samples")) {
    if (std::filesystem::exists(entry.path() / "sample.json")) folders.insert(entry.path());
  }
  std::vector<std::filesystem::path> files;
  for (const std::filesystem::path& folder : folders) {
    StoredSample stored = read_stored(folder);
    if (stored.record.value("status", "") != "ok") continue;
    services::SampleContext context(decoder, checked_images(stored.record));
    fill_record(context, stored.record);
    context.source = {run_name(out), context.texts["model"], folder.filename().string()};
    std::set<std::string> names;
    for (const ordered_json& name : stored.record.value("pictures", ordered_json::array()))
      names.insert(name.get<std::string>());
    for (const std::unique_ptr<Renderer>& renderer : renderers) {
      for (const std::string& name : draw(*renderer, context, stored.artifacts, folder)) {
        if (names.insert(name).second) stored.record["pictures"].push_back(name);
        files.push_back(folder / name);
      }
    }
    store::write_file(folder / "sample.json", store::json_text(stored.record));
  }
  return files;
}

}  // namespace ocellus::run
