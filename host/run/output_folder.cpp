#include "host/run/output_folder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <system_error>

#include "host/run/data_set.hpp"
#include "host/store/json_text.hpp"
#include "host/store/slug.hpp"
#include "host/store/stored_values.hpp"

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

// The run's own: run.json, run.yaml, samples/, and what the collection stage writes.
bool belongs_to_run(const std::string& first) {
  return first == "samples" || first == "collection" || first.starts_with("run.");
}

// The layer, or the layers, that a map is of; empty where it does not say.
std::string layer_word(const store::ArtifactData& artifact, int32_t layer) {
  if (layer >= 0) return fmt::format("{}", layer);
  if (const double* number = store::find_number(artifact, "layer")) return fmt::format("{:.0f}", *number);
  const std::string* layers = store::find_text(artifact, "layers");
  return layers != nullptr ? *layers : "";
}

// May `run` work where `there` is?
void expect_same(const std::filesystem::path& out, const RunIdentity& run, const Manifest& there) {
  const ordered_json& content = there.content;
  if (!content.is_object() || content.value("request", ordered_json()) != run.request) {
    throw Error(OC_E_OPTION, fmt::format("--out {} holds a run of another request: name another folder{}", out.string(),
                                         run.shard.is_whole() ? ", or add --fresh to replace it" : ", or remove it"));
  }
  if (there.shard.is_whole() || there.shard.count == run.shard.count) return;
  if (run.shard.is_whole()) {
    throw Error(OC_E_OPTION, fmt::format("--out {} holds a run in {} shards: go on with --shard I/{}, join them with "
                                         "`ocellus merge {}`, or add --fresh to replace them",
                                         out.string(), there.shard.count, there.shard.count, out.string()));
  }
  throw Error(OC_E_OPTION,
              fmt::format("--out {} holds a run in {} shards, and this is shard {}: go on with --shard I/{}, "
                          "or name another folder",
                          out.string(), there.shard.count, run.shard.name(), there.shard.count));
}

}  // namespace

void OutputFolder::check(const std::filesystem::path& out, const RunIdentity& run, bool fresh) {
  if (std::filesystem::exists(out) && !std::filesystem::is_directory(out)) {
    throw Error(OC_E_WRITE, fmt::format("--out {} is a file: name a folder", out.string()));
  }
  if (fresh && !run.shard.is_whole()) {
    throw Error(OC_E_OPTION,
                fmt::format("--fresh is not for shard {}: it would remove what the other shards write; remove {} "
                            "yourself before they start, or name another folder",
                            run.shard.name(), out.string()));
  }
  const std::vector<Manifest> manifests = manifests_in(out);
  if (fresh) {
    if (manifests.empty() && std::filesystem::exists(out) && !std::filesystem::is_empty(out)) {
      throw Error(
          OC_E_WRITE,
          fmt::format("--fresh: {} holds no run.json, so nothing there is removed: name another folder", out.string()));
    }
    return;
  }
  for (const Manifest& there : manifests) expect_same(out, run, there);
  const std::filesystem::path list = out / sample_list_name;
  if (!run.shard.is_whole() && std::filesystem::exists(list) && read_text_file(list) != store::json_text(run.samples)) {
    throw Error(OC_E_OPTION,
                fmt::format("--out {}: its shards began with other samples; the data set was changed since: "
                            "name another folder",
                            out.string()));
  }
}

OutputFolder::OutputFolder(std::filesystem::path out, const RunIdentity& run, bool fresh)
    : out_(std::move(out)), shard_(run.shard) {
  check(out_, run, fresh);
  if (fresh) {
    std::filesystem::remove_all(out_ / "samples");
    std::filesystem::remove_all(out_ / "collection");
    std::filesystem::remove(out_ / "run.yaml");
    std::filesystem::remove(out_ / sample_list_name);
    for (const Manifest& manifest : manifests_in(out_)) std::filesystem::remove(manifest.file);
  }
  make_folder(out_ / "samples");
  store::remove_abandoned(out_);
  if (shard_.is_whole()) return;
  store::write_file(out_ / sample_list_name, store::json_text(run.samples));
  std::filesystem::remove(out_ / "run.json");
}

void OutputFolder::write_manifest(const ordered_json& manifest) const {
  store::write_file(out_ / manifest_name(shard_), store::json_text(manifest));
}

void write_under(const std::filesystem::path& out, const std::filesystem::path& name, const std::string& text) {
  const std::filesystem::path file = out / name;
  make_folder(file.parent_path());
  store::remove_abandoned(file.parent_path());
  store::write_file(file, text);
}

std::string run_name(const std::filesystem::path& out) {
  if (out.empty()) return "";
  const std::filesystem::path whole = std::filesystem::absolute(out).lexically_normal();
  return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

std::string artifact_file(const store::ArtifactData& artifact, size_t n_images) {
  return stem(artifact, n_images) + ".npz";
}

const char* Pictures::open(const store::ArtifactData& artifact, Shows shows, int32_t layer, const std::string& part,
                           const std::string& extension) {
  if (!naming_.pattern.empty()) return open_by_pattern(artifact, shows, layer, part, extension);
  std::string name = stem(artifact, shows == Shows::one_image ? n_images_ : 1);
  if (layer >= 0) name += fmt::format(".layer{}", layer);
  if (renderer_ != extension || !part.empty()) name += "." + renderer_;  // "film.mp4.mp4" says nothing more
  if (!part.empty()) name += "." + part;
  name += "." + extension;
  if (!store::is_file_name(name)) throw Error(OC_E_INTERNAL, fmt::format("it named a file '{}'", name));
  make_folder(folder_);
  return add(std::move(name), OC_E_INTERNAL);
}

const char* Pictures::open_by_pattern(const store::ArtifactData& artifact, Shows shows, int32_t layer,
                                      const std::string& part, const std::string& extension) {
  std::map<std::string, std::string> words = naming_.words;
  words["label"] = artifact.label;
  words["name"] = artifact.name;
  words["layer"] = layer_word(artifact, layer);
  words["part"] = part;
  const auto image = static_cast<size_t>(artifact.image);
  const bool is_of_image = artifact.image >= 0 && shows == Shows::one_image;
  words["image"] = is_of_image && image < naming_.images.size() ? naming_.images[image] : "";
  words["image-number"] = is_of_image ? fmt::format("{}", image) : "";
  if (!naming_.candidate_image.empty())
    words["_query"] = is_of_image && words["image-number"] != naming_.candidate_image ? "_query" : "";
  for (const char* word : {"layer", "image", "image-number", "question"}) {
    if (naming_.pattern.find(fmt::format("{{{}}}", word)) != std::string::npos && words[word].empty())
      throw Error(OC_E_OPTION, fmt::format("name={}: {} has no {{{}}}", naming_.pattern, artifact.label, word));
  }
  return open_named(naming_.pattern, words, extension);
}

std::filesystem::path path_of_named(const std::string& recorded) {
  constexpr std::string_view above = "../../";
  if (!recorded.starts_with(above)) return {};
  const std::filesystem::path path = recorded.substr(above.size());
  for (const std::filesystem::path& part : path) {
    if (!store::is_file_name(part.string())) return {};
  }
  return path.empty() || belongs_to_run(path.begin()->string()) ? std::filesystem::path() : path;
}

const char* Pictures::open_named(const std::string& pattern, const std::map<std::string, std::string>& words,
                                 const std::string& extension) {
  const auto refuse = [&](const std::string& why) {
    throw Error(OC_E_OPTION, fmt::format("name={}: {}", pattern, why));
  };
  if (root_.empty()) refuse("names of your own are for results over all samples");
  std::string path;
  for (size_t at = 0; at < pattern.size();) {
    const size_t open = std::min(pattern.find('{', at), pattern.size());
    path += pattern.substr(at, open - at);
    if (open == pattern.size()) break;
    const size_t close = pattern.find('}', open);
    if (close == std::string::npos) refuse("a { has no }");
    const std::string key = pattern.substr(open + 1, close - open - 1);
    const auto word = words.find(key);
    if (word == words.end()) {
      std::vector<std::string> known;
      for (const auto& [name, value] : words) known.push_back("{" + name + "}");
      refuse(fmt::format("there is no {{{}}} here; there are {}", key, fmt::join(known, ", ")));
    }
    if (!word->second.empty()) path += store::is_file_name(word->second) ? word->second : store::slug(word->second);
    if (!word->second.empty() && key.ends_with('/')) path += '/';
    at = close + 1;
  }
  path += "." + extension;
  const std::filesystem::path relative(path);
  if (relative.is_absolute()) refuse("a path from OUT is wanted, without a / before it");
  for (const std::filesystem::path& part : relative) {
    if (!store::is_file_name(part.string()))
      refuse(fmt::format("'{}' is no name of a file: letters, digits, . _ - and / between folders", part.string()));
  }
  if (const std::string first = relative.begin()->string(); belongs_to_run(first))
    refuse(fmt::format("'{}' belongs to the run itself", first));
  make_folder((root_ / relative).parent_path());
  store::remove_abandoned((root_ / relative).parent_path());
  return add((root_ / relative).lexically_relative(folder_).string(), OC_E_OPTION);
}

const char* Pictures::add(std::string name, oc_status status) {
  const auto is_open = [&](const Open& open) { return open.name == name; };
  const auto is_in = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (is_in(written_) || is_in(naming_.taken) || std::any_of(open_.begin(), open_.end(), is_open)) {
    throw Error(status,
                fmt::format("it wrote two files called {}{}", name,
                            naming_.pattern.empty() ? "" : ": put {label}, {layer}, {image} or {part} into name="));
  }
  auto file = std::make_unique<store::PendingFile>((folder_ / name).lexically_normal());
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
