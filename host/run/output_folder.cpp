#include "host/run/output_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <system_error>

#include "host/run/data_set.hpp"
#include "host/store/json_text.hpp"
#include "host/store/slug.hpp"

namespace ocellus::run {
namespace {

using nlohmann::ordered_json;

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error || !std::filesystem::is_directory(folder)) {
    throw Error(OC_E_WRITE, fmt::format("the folder {} cannot be made: {}", folder.string(),
                                        error ? error.message() : "a file of that name is in the way"));
  }
}

std::string stem(const store::ArtifactData& artifact, size_t n_images) {
  std::string stem = artifact.label;
  if (!artifact.name.empty()) stem += "." + artifact.name;
  if (artifact.image >= 0 && n_images > 1) stem += fmt::format(".image{}", artifact.image);
  return stem;
}

}  // namespace

void OutputFolder::check(const std::filesystem::path& out, const ordered_json& request, bool fresh) {
  if (std::filesystem::exists(out) && !std::filesystem::is_directory(out)) {
    throw Error(OC_E_WRITE, fmt::format("--out {} is a file: name a folder", out.string()));
  }
  const std::filesystem::path manifest = out / "run.json";
  if (std::filesystem::exists(manifest)) {
    if (fresh) return;
    const ordered_json old = ordered_json::parse(read_text_file(manifest), nullptr, false);
    if (!old.is_object() || old.value("request", ordered_json()) != request) {
      throw Error(
          OC_E_OPTION,
          fmt::format("--out {} holds a run of another request: name another folder, or add --fresh to replace it",
                      out.string()));
    }
  } else if (fresh && std::filesystem::exists(out) && !std::filesystem::is_empty(out)) {
    throw Error(
        OC_E_WRITE,
        fmt::format("--fresh: {} holds no run.json, so nothing there is removed: name another folder", out.string()));
  }
}

OutputFolder::OutputFolder(std::filesystem::path out, const ordered_json& request, bool fresh) : out_(std::move(out)) {
  check(out_, request, fresh);
  if (fresh && std::filesystem::exists(out_ / "run.json")) {
    std::filesystem::remove_all(out_ / "samples");
    std::filesystem::remove_all(out_ / "collection");
    std::filesystem::remove(out_ / "run.yaml");
    std::filesystem::remove(out_ / "run.json");
  }
  make_folder(out_ / "samples");
  store::remove_abandoned(out_);
}

void OutputFolder::write_manifest(const ordered_json& manifest) const {
  store::write_file(out_ / "run.json", store::json_text(manifest));
}

void OutputFolder::write(const std::filesystem::path& name, const std::string& text) const {
  const std::filesystem::path file = out_ / name;
  make_folder(file.parent_path());
  store::remove_abandoned(file.parent_path());
  store::write_file(file, text);
}

std::string artifact_file(const store::ArtifactData& artifact, size_t n_images) {
  return stem(artifact, n_images) + ".npz";
}

const char* Pictures::open(const store::ArtifactData& artifact, Shows shows, int32_t layer, const std::string& part,
                           const std::string& extension) {
  std::string name = stem(artifact, shows == Shows::one_image ? n_images_ : 1);
  if (layer >= 0) name += fmt::format(".layer{}", layer);
  name += "." + renderer_;
  if (!part.empty()) name += "." + part;
  name += "." + extension;
  if (!store::is_file_name(name)) throw Error(OC_E_INTERNAL, fmt::format("it named a file '{}'", name));
  const auto is_open = [&](const Open& open) { return open.name == name; };
  if (std::find(written_.begin(), written_.end(), name) != written_.end() ||
      std::any_of(open_.begin(), open_.end(), is_open)) {
    throw Error(OC_E_INTERNAL, fmt::format("it wrote two files called {}", name));
  }
  auto file = std::make_unique<store::PendingFile>(folder_ / name);
  open_.push_back({name, file->temporary().string(), std::move(file)});
  return open_.back().path.c_str();
}

void Pictures::commit(const std::string& path) {
  const auto at = std::find_if(open_.begin(), open_.end(), [&](const Open& open) { return open.path == path; });
  if (at == open_.end()) throw Error(OC_E_INTERNAL, fmt::format("it finished a file that it did not open: {}", path));
  at->file->commit();
  written_.push_back(at->name);
  open_.erase(at);
}

}  // namespace ocellus::run
