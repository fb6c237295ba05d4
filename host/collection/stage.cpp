#include "host/collection/stage.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>

#include "host/collection/drawing.hpp"
#include "host/collection/judgements.hpp"
#include "host/collection/knockouts.hpp"
#include "host/collection/reduction.hpp"
#include "host/collection/stored.hpp"
#include "host/run/data_set.hpp"
#include "host/run/interrupt.hpp"
#include "host/run/output_folder.hpp"
#include "host/run/rendering.hpp"
#include "host/run/sample_record.hpp"
#include "host/store/atomic_file.hpp"

namespace ocellus::collection {
namespace {

using nlohmann::ordered_json;

// What run.json says was asked for, as SPECs.
std::vector<options::Spec> specs_of(const ordered_json& choices) {
  std::vector<options::Spec> specs;
  for (const ordered_json& choice : choices) {
    options::Spec& spec = specs.emplace_back();
    spec.name = choice.at("name").get<std::string>();
    spec.label = choice.at("label").get<std::string>();
    for (const auto& [key, value] : choice.at("options").items())
      spec.settings.emplace_back(key, value.get<std::string>());
  }
  return specs;
}

struct Asked {
  std::vector<run::Choice> methods, renderers;
  bool faithfulness = false, knockouts = false;
};

Asked asked_of(const std::filesystem::path& out, const registry::Registry& registry) {
  const std::filesystem::path file = out / "run.json";
  const ordered_json manifest = ordered_json::parse(run::read_text_file(file), nullptr, false);
  try {
    const ordered_json& request = manifest.at("request");
    return {run::choose(registry, registry::Kind::method, specs_of(request.at("methods"))),
            run::choose(registry, registry::Kind::renderer, specs_of(request.at("renderers"))),
            !request.value("faithfulness", ordered_json()).is_null(),
            !request.value("knockouts", ordered_json()).is_null()};
  } catch (const nlohmann::json::exception& error) {
    throw Error(OC_E_MODEL, fmt::format("{} is not as this program writes it: {}", file.string(), error.what()));
  }
}

// Results of methods over the samples `folders`, written to OUT/collection.
void reduce(const std::filesystem::path& out, const std::vector<std::string>& folders,
            const std::vector<std::unique_ptr<Reduction>>& reductions, media::Decoder& decoder) {
  const std::string name = run::run_name(out);
  std::string model;
  for (const std::string& folder : folders) {
    if (run::interrupted()) throw Error(OC_E_CANCELLED, "interrupted");
    for (const std::unique_ptr<Reduction>& reduction : reductions) {
      const run::StoredSample stored = run::read_stored(run::OutputFolder::sample(out, folder), reduction->label());
      services::SampleContext context(decoder, {});
      run::fill_record(context, stored.record);
      model = context.texts["model"];
      context.source = {name, model, folder};
      reduction->add(context, stored.artifacts);
    }
  }
  services::SampleContext context(decoder, {});
  for (const std::unique_ptr<Reduction>& reduction : reductions)
    write_results(out, reduction->label(), reduction->method(), model, folders.size(), reduction->conclude(context));
}

}  // namespace

std::vector<std::filesystem::path> conclude(const std::filesystem::path& out, const std::vector<std::string>& folders,
                                            registry::Registry& registry, media::Decoder& decoder) {
  const Asked asked = asked_of(out, registry);
  std::vector<std::unique_ptr<Reduction>> reductions;
  for (const run::Choice& method : asked.methods) {
    if (method.record->reduces) reductions.push_back(std::make_unique<Reduction>(registry, method));
  }
  if (folders.empty()) return {};
  bool has_results = !reductions.empty();
  if (has_results || asked.faithfulness || asked.knockouts) {
    std::filesystem::create_directories(out / "collection");
    store::remove_abandoned(out / "collection");
  }
  if (!reductions.empty()) reduce(out, folders, reductions, decoder);
  if (asked.faithfulness) has_results |= write_judgements(out, folders);
  if (asked.knockouts) has_results |= write_knockouts(out, folders);

  std::vector<std::unique_ptr<run::Renderer>> renderers;
  for (const run::Choice& renderer : asked.renderers) {
    // Without results there is something for those alone that draw samples together.
    if (has_results || renderer.record->draws(OC_ACCEPTS_SAMPLES))
      renderers.push_back(std::make_unique<run::Renderer>(registry, renderer));
  }
  // Drawn from what was written, as `ocellus render` draws it.
  std::vector<std::filesystem::path> files;
  if (has_results) files = draw_results(read_results(out), renderers, decoder, out / "collection", out);
  std::vector<SampleSet::Place> samples;
  for (const std::string& folder : folders) samples.push_back({out, run::OutputFolder::sample(out, folder)});
  const auto more = draw_samples(samples, renderers, decoder, out / "collection", out);
  files.insert(files.end(), more.begin(), more.end());
  return files;
}

}  // namespace ocellus::collection
