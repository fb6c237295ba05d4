#include "host/run/rendering.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <set>

#include "host/faithfulness/record.hpp"
#include "host/run/data_set.hpp"
#include "host/run/output_folder.hpp"
#include "host/run/pointing.hpp"
#include "host/run/sample_record.hpp"
#include "host/services/artifact_handle.hpp"
#include "host/store/heatmap.hpp"
#include "host/store/json_text.hpp"
#include "host/store/sha256.hpp"
#include "host/store/slug.hpp"

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

void fill_results(services::SampleContext& context, const ordered_json& record) {
  int64_t layers = 0;
  for (const ordered_json& layout : record.value("layouts", ordered_json::array())) {
    if (layout.at("stack") == "language") layers = std::max(layers, layout.at("layers").at(1).get<int64_t>());
  }
  if (layers > 0) context.texts["layers"] = fmt::format("{}", layers);
  size_t index = 0;
  for (const ordered_json& image : record.value("images", ordered_json::array())) {
    const std::string key = fmt::format("image.{}", index++);
    context.texts[key] = std::filesystem::path(image.at("path").get<std::string>()).filename().string();
    context.texts[key + ".sha256"] = image.at("sha256").get<std::string>();
  }
  std::vector<PointingScore> pointing;
  std::vector<faithfulness::Judgement> judgements;
  if (record.contains("pointing")) pointing = read_pointing(record["pointing"]);
  if (record.contains("faithfulness")) judgements = faithfulness::read_judgements(record["faithfulness"]);
  if (pointing.empty() && judgements.empty()) return;
  context.score = [pointing, judgements](const store::ArtifactData& artifact, size_t map,
                                         std::string_view score) -> std::optional<double> {
    if (const std::optional<double> number = score_of(pointing, artifact, map, score)) return number;
    const store::MapName name = store::name_of_map(artifact, map);
    const auto* of = faithfulness::find(judgements, store::label_of_map(artifact, name), name.layer, artifact.image);
    return of != nullptr ? faithfulness::number_of(*of, score) : std::nullopt;
  };
}

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
  fill_results(context, record);
}

std::vector<std::filesystem::path> finished_samples(const std::filesystem::path& out) {
  if (!std::filesystem::exists(out / "run.json"))
    throw Error(OC_E_MODEL, fmt::format("{} holds no run: it has no run.json", out.string()));
  const ordered_json manifest = ordered_json::parse(read_text_file(out / "run.json"), nullptr, false);
  std::vector<std::string> names;
  if (manifest.is_object() && manifest.contains("finished")) {
    names = manifest["finished"].get<std::vector<std::string>>();
  } else if (std::filesystem::is_directory(out / "samples")) {
    for (const auto& entry : std::filesystem::directory_iterator(out / "samples"))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());  // so that the order is the same everywhere
  }
  std::vector<std::filesystem::path> folders;
  for (const std::string& name : names) {
    const std::filesystem::path folder = OutputFolder::sample(out, name);
    if (!store::is_file_name(name) || !std::filesystem::exists(folder / "sample.json")) continue;
    const ordered_json record = ordered_json::parse(read_text_file(folder / "sample.json"), nullptr, false);
    if (!record.is_object())
      throw Error(OC_E_MODEL, fmt::format("{} is not a JSON object", (folder / "sample.json").string()));
    if (record.value("status", "") == "ok") folders.push_back(folder);
  }
  return folders;
}

OpenedSample open_sample(const std::filesystem::path& out, const std::filesystem::path& folder,
                         media::Decoder& decoder) {
  OpenedSample opened{read_stored(folder), nullptr};
  opened.context = std::make_unique<services::SampleContext>(decoder, checked_images(opened.stored.record));
  fill_record(*opened.context, opened.stored.record);
  opened.context->source = {run_name(out), opened.context->texts["model"], folder.filename().string()};
  return opened;
}

std::vector<std::unique_ptr<oc_artifact>> handles_of(const std::vector<store::ArtifactData>& artifacts,
                                                     const services::Source& source,
                                                     const std::vector<std::string>& types) {
  std::vector<std::unique_ptr<oc_artifact>> handles;
  for (const store::ArtifactData& artifact : artifacts) {
    if (std::find(types.begin(), types.end(), artifact.type) != types.end())
      handles.push_back(std::make_unique<oc_artifact>(artifact, source));
  }
  return handles;
}

namespace {

// The words of a pair of query and candidate (retrieval_samples.hpp).
void put_pair(Naming& naming, const services::SampleContext& context) {
  const auto fact = [&](const char* name) {
    const auto at = context.texts.find(std::string("fact.") + name);
    return at == context.texts.end() ? std::string() : at->second;
  };
  if (fact("candidate_index").empty()) return;
  naming.words["candidate"] = fact("candidate_index");
  naming.words["query"] = naming.words["query/"] = fact("query");
  naming.candidate_image = fact("candidate_image");
}

[[noreturn]] void refuse_same_names(const std::string& pattern) {
  throw Error(OC_E_OPTION,
              fmt::format("name={}: the run has several samples, which would all write the same files: put "
                          "{{sample}} into the name, or {{question}} and {{image}} where these differ",
                          pattern));
}

Naming naming_of(const Renderer& renderer, const services::SampleContext& context, const PicturePlace& place,
                 const std::vector<std::string>& taken) {
  Naming naming;
  naming.pattern = renderer.name_pattern();
  naming.taken = taken;
  if (naming.pattern.empty()) return naming;
  const std::string& sample = context.source.sample;
  const auto question = context.texts.find("question");
  naming.words = {{"sample", sample},
                  {"sample/", place.apart.is_alone ? "" : sample},
                  {"question", question == context.texts.end() ? "" : store::sentence_slug(question->second)},
                  {"model", context.source.model},
                  {"renderer", renderer.label()}};
  for (const std::filesystem::path& image : context.images()) naming.images.push_back(image.stem().string());
  put_pair(naming, context);
  return naming;
}

// Of the run in `out`: did the request ask for one sample alone?
bool has_one_sample(const std::filesystem::path& out, size_t n_finished) {
  const ordered_json manifest = ordered_json::parse(read_text_file(out / "run.json"), nullptr, false);
  const ordered_json counts = manifest.is_object() ? manifest.value("counts", ordered_json()) : ordered_json();
  return counts.is_object() ? counts.value("samples", 0) == 1 : n_finished == 1;
}

// Of the finished samples of the run in `out`.
NamesApart names_apart_in(const std::filesystem::path& out, const std::vector<std::filesystem::path>& folders) {
  const auto text = [](const ordered_json& of, const char* key) {
    return of.is_object() && of.contains(key) && of[key].is_string() ? of[key].get<std::string>() : "";
  };
  std::vector<SampleWords> samples;
  bool are_pairs = false;
  for (const std::filesystem::path& folder : folders) {
    const ordered_json record = ordered_json::parse(read_text_file(folder / "sample.json"));
    SampleWords& words = samples.emplace_back(SampleWords{text(record, "question"), {}});
    for (const ordered_json& image : record.value("images", ordered_json::array()))
      words.images.emplace_back(text(image, "path"));
    are_pairs = are_pairs || record.value("facts", ordered_json::object()).contains("candidate_index");
  }
  NamesApart apart = names_apart(samples);
  apart.is_alone = has_one_sample(out, folders.size());
  apart.are_pairs = are_pairs;
  return apart;
}

}  // namespace

void expect_names_apart(const std::vector<Choice>& renderers, const NamesApart& apart) {
  for (const Choice& renderer : renderers) {
    // It may draw what no sample has a part in by itself.
    const bool together = renderer.record->draws(OC_ACCEPTS_SAMPLES);
    if (together || renderer.record->names_files) continue;
    const std::string& pattern = renderer.values.text("name");
    if (!pattern.empty() && !apart.tells(pattern)) refuse_same_names(pattern);
  }
}

void expect_drawable(const std::vector<Choice>& methods, const std::vector<Choice>& renderers,
                     const std::vector<store::ArtifactData>& artifacts, const std::vector<std::string>& also) {
  const auto reduces = [](const Choice& method) { return method.record->reduces; };
  if (artifacts.empty() || std::any_of(methods.begin(), methods.end(), reduces)) return;
  std::set<std::string> made(also.begin(), also.end());
  for (const store::ArtifactData& artifact : artifacts) made.insert(artifact.type);
  for (const Choice& renderer : renderers) {
    const auto is_drawn = [&](const std::string& type) { return renderer.record->draws(type); };
    if (is_drawn(OC_ACCEPTS_SAMPLES) || std::any_of(made.begin(), made.end(), is_drawn)) continue;
    throw Error(OC_E_UNSUPPORTED,
                fmt::format("{} draws {}, but with these options the methods make {}", renderer.record->id,
                            fmt::join(renderer.record->accepts, " or "), fmt::join(made, ", ")));
  }
}

std::vector<std::string> draw(Renderer& renderer, services::SampleContext& context,
                              const std::vector<store::ArtifactData>& artifacts, const PicturePlace& place,
                              const std::vector<std::string>& taken) {
  const auto handles = handles_of(artifacts, context.source, renderer.record().accepts);
  if (handles.empty()) return {};
  std::vector<const oc_artifact*> accepted;
  for (const auto& handle : handles) accepted.push_back(handle.get());
  Pictures pictures(place.folder, renderer.label(), context.n_images(), place.root,
                    naming_of(renderer, context, place, taken));
  oc_run handle;
  handle.sample = &context;
  handle.plugin = &renderer.plugin();
  handle.label = renderer.label();
  handle.outputs = &pictures;
  renderer.render(handle, accepted);
  if (!pictures.written().empty() && !renderer.name_pattern().empty() && !place.apart.tells(renderer.name_pattern()))
    refuse_same_names(renderer.name_pattern());
  return pictures.written();
}

std::vector<std::filesystem::path> redraw(const std::filesystem::path& out,
                                          std::vector<std::unique_ptr<Renderer>>& renderers, media::Decoder& decoder) {
  std::vector<std::filesystem::path> files;
  const std::vector<std::filesystem::path> folders = finished_samples(out);
  const NamesApart apart = names_apart_in(out, folders);
  for (const std::filesystem::path& folder : folders) {
    auto [stored, context] = open_sample(out, folder, decoder);
    std::set<std::string> names;
    for (const ordered_json& name : stored.record.value("pictures", ordered_json::array()))
      names.insert(name.get<std::string>());
    std::vector<std::string> drawn;
    for (const std::unique_ptr<Renderer>& renderer : renderers) {
      for (const std::string& name : draw(*renderer, *context, stored.artifacts, {folder, out, apart}, drawn)) {
        if (names.insert(name).second) stored.record["pictures"].push_back(name);
        files.push_back((folder / name).lexically_normal());
        drawn.push_back(name);
      }
    }
    store::write_file(folder / "sample.json", store::json_text(stored.record));
  }
  return files;
}

}  // namespace ocellus::run
