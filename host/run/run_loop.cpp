#include "host/run/run_loop.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <fstream>
#include <future>
#include <ocellus/sdk/error.hpp>

#include "host/run/content_key.hpp"
#include "host/run/fingerprint.hpp"
#include "host/run/interrupt.hpp"
#include "host/run/matching.hpp"
#include "host/run/output_folder.hpp"
#include "host/run/rendering.hpp"
#include "host/run/sample_run.hpp"
#include "host/run/sample_source.hpp"
#include "host/store/json_text.hpp"
#include "host/store/npz.hpp"
#include "host/store/sha256.hpp"
#include "host/version.hpp"

namespace ocellus::run {
namespace {

using nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

ordered_json choices_record(const std::vector<Choice>& choices) {
  ordered_json list = ordered_json::array();
  for (const Choice& choice : choices) {
    list.push_back({{"name", choice.record->id}, {"label", choice.label}, {"options", choice.values.record()}});
  }
  return list;
}

// What all samples of the request share and their results depend on, resolved.
ordered_json settings_record(const Request& request, const Choice& model, const std::vector<Choice>& methods,
                             const std::vector<Choice>& renderers) {
  ordered_json record;
  record["adapter"] = {{"name", model.record->id}, {"options", model.values.record()}};
  record["methods"] = choices_record(methods);
  record["renderers"] = choices_record(renderers);
  record["device"] = request.device;
  record["dtype"] = request.dtype;
  record["threads"] = request.threads;
  record["max_new_tokens"] = request.max_new_tokens ? ordered_json(*request.max_new_tokens) : ordered_json();
  record["min_pixels"] = request.min_pixels;
  record["max_pixels"] = request.max_pixels;
  return record;
}

// The whole request; equal ones may share an OUT.
ordered_json request_record(const Request& request, const ordered_json& settings) {
  ordered_json record;
  record["model"] = request.model.string();
  record["images"] = request.images;
  record["prompts"] = request.prompts;
  record["together"] = request.together;
  record["answer"] = request.answer ? ordered_json(*request.answer) : ordered_json();
  record["system"] = request.system;
  record["prompt_template"] = request.prompt_template;
  record["messages"] = request.messages.string();
  record["dataset"] = request.dataset.string();
  record["image_dir"] = request.image_dir.string();
  record["categories"] = request.categories;
  record["limit"] = request.limit ? ordered_json(*request.limit) : ordered_json();
  record["sample_index"] = request.sample_index ? ordered_json(*request.sample_index) : ordered_json();
  record.update(settings);
  return record;
}

ordered_json packages_record(const std::vector<const registry::PluginRecord*>& plugins,
                             const registry::Registry& registry) {
  ordered_json list = ordered_json::array();
  for (const registry::PluginRecord* plugin : plugins) {
    const registry::PackageRecord& package = registry.package_of(*plugin);
    list.push_back({{"plugin", plugin->id},
                    {"package", package.id},
                    {"version", package.version},
                    {"sha256", store::sha256_file(package.path)},
                    {"runtime", package.runtime}});
  }
  return list;
}

int64_t peak_memory_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

void expect_within(uint64_t limit, const PlanSummary& estimate, const Sample& sample) {
  if (estimate.memory_bytes() <= limit) return;
  const auto mebibytes = [](uint64_t bytes) { return bytes / (uint64_t{1} << 20) + 1; };
  throw Error(OC_E_MEMORY,
              fmt::format("{} needs about {} MiB (weights {}, activations {}, methods {}), more than --memory-limit: "
                          "ask for fewer layers, heads or rows, or smaller pictures with --max-pixels",
                          sample.folder, mebibytes(estimate.memory_bytes()), mebibytes(estimate.weight_bytes),
                          mebibytes(estimate.activation_bytes), mebibytes(estimate.method_bytes)));
}

// Everything that is opened once for all samples.
struct Session {
  Session(const Request& request, registry::Registry& registry)
      : model_choice(choose_model(request, registry)),
        method_choices(choose(registry, registry::Kind::method, request.methods)),
        renderer_choices(choose(registry, registry::Kind::renderer, request.renders)) {
    match(*model_choice.record, records_of(method_choices), records_of(renderer_choices));
  }

  static Choice choose_model(const Request& request, const registry::Registry& registry) {
    const registry::PluginRecord& record = detect_model(registry, request.model);
    options::Spec spec = request.adapter;
    if (!spec.name.empty() && spec.name != record.id) {
      throw Error(OC_E_OPTION, fmt::format("--adapter {}: this model is opened by {}", spec.name, record.id));
    }
    return {&record, record.id, options::Values::parse(record, spec)};
  }

  void open(const Request& request, registry::Registry& registry) {
    model = std::make_unique<Model>(registry, *model_choice.record, model_choice.values,
                                    ModelSettings{request.model, request.device, request.dtype, request.threads,
                                                  request.min_pixels, request.max_pixels});
    for (const Choice& choice : method_choices) methods.push_back(std::make_unique<Method>(registry, choice));
    for (const Choice& choice : renderer_choices) renderers.push_back(std::make_unique<Renderer>(registry, choice));
  }

  std::vector<const registry::PluginRecord*> plugins() const {
    std::vector<const registry::PluginRecord*> all{model_choice.record};
    for (const Choice& choice : method_choices) all.push_back(choice.record);
    for (const Choice& choice : renderer_choices) all.push_back(choice.record);
    return all;
  }

  Choice model_choice;
  std::vector<Choice> method_choices, renderer_choices;
  std::unique_ptr<Model> model;
  std::vector<std::unique_ptr<Method>> methods;
  std::vector<std::unique_ptr<Renderer>> renderers;
};

std::vector<ImageSize> image_sizes(services::SampleContext& context) {
  std::vector<ImageSize> sizes;
  for (size_t i = 0; i < context.n_images(); ++i) {
    sizes.push_back({context.picture(i).width, context.picture(i).height});
  }
  return sizes;
}

// A sample that an earlier run finished, as if it had just been run.
std::pair<SampleResult, ordered_json> read_finished(const std::filesystem::path& folder) {
  store::remove_abandoned(folder);
  StoredSample stored = read_stored(folder);
  SampleResult result;
  result.artifacts = std::move(stored.artifacts);
  for (const ordered_json& artifact : stored.record["artifacts"])
    result.artifact_files.push_back(artifact["file"].get<std::string>());
  result.pictures = stored.record["pictures"].get<std::vector<std::string>>();
  result.has_answer = stored.record.contains("answer");
  if (result.has_answer) result.answer.text = stored.record["answer"].get<std::string>();
  if (stored.record.contains("pointing")) result.pointing = read_pointing(stored.record["pointing"]);
  return {std::move(result), std::move(stored.record)};
}

// Artifacts, then pictures, then sample.json: a sample is finished when the last exists.
ordered_json write_sample(const Sample& sample, services::SampleContext& context, SampleResult& result,
                          std::vector<std::unique_ptr<Renderer>>& renderers, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  store::remove_abandoned(folder);
  std::filesystem::remove(folder / "sample.json");
  for (const store::ArtifactData& artifact : result.artifacts) {
    result.artifact_files.push_back(artifact_file(artifact, context.n_images()));
    store::write_npz(folder / result.artifact_files.back(), artifact.tensors);
  }
  for (const std::unique_ptr<Renderer>& renderer : renderers) {
    const std::vector<std::string> files = draw(*renderer, context, result.artifacts, folder);
    result.pictures.insert(result.pictures.end(), files.begin(), files.end());
  }
  const ordered_json record = record_of(sample, context, result);
  store::write_file(folder / "sample.json", store::json_text(record));
  return record;
}

}  // namespace

RunSummary run(const Request& request, registry::Registry& registry, media::Decoder& decoder, Listener& listener,
               const AfterSamples& after_samples) {
  const Clock::time_point start = Clock::now();
  Session session(request, registry);
  std::vector<Sample> all = read_samples(request);
  RunIdentity identity{{}, request.shard, {}};
  const size_t n_all = all.size();
  if (!request.shard.is_whole()) identity.samples = sample_list(all);
  const std::vector<Sample> samples = share_of(std::move(all), request.shard);
  session.open(request, registry);

  std::unique_ptr<OutputFolder> out;
  ordered_json manifest, settings;
  std::vector<bool> finished(samples.size(), false);  // by an earlier run of the same request
  if (!request.dry_run) {
    settings = settings_record(request, session.model_choice, session.method_choices, session.renderer_choices);
    manifest["ocellus"] = version;
    manifest["model_name"] = request.model_name;
    manifest["request"] = request_record(request, settings);
    manifest["plugins"] = packages_record(session.plugins(), registry);
    manifest["model_files"] = fingerprint(session.model->files());
    for (const char* key : {"ocellus", "plugins", "model_files"}) settings[key] = manifest[key];
    identity.request = manifest["request"];
    if (!request.shard.is_whole()) {
      manifest["shard"] = {
          {"index", request.shard.index}, {"count", request.shard.count}, {"origin", request.shard.origin}};
    }
    OutputFolder::check(request.out, identity, request.fresh);
    for (size_t i = 0; i < samples.size() && !request.fresh; ++i) {
      const std::filesystem::path folder = OutputFolder::sample(request.out, samples[i].folder);
      finished[i] = std::filesystem::exists(folder) && is_finished(folder, content_key(settings, samples[i]));
    }
  }
  // Made when the first sample's plan stands and the weights are there: a request that is refused leaves nothing
  // behind.
  const auto open_out = [&] {
    if (out != nullptr || request.dry_run) return;
    out = std::make_unique<OutputFolder>(request.out, identity, request.fresh);
    if (!request.config.empty()) write_under(out->path(), "run.yaml", request.config);
    out->write_manifest(manifest);
  };

  if (!request.shard.is_whole()) listener.began(request.shard, samples.size(), n_all);
  RunSummary summary;
  std::vector<std::string> done;  // folders
  ordered_json timings = ordered_json::array();
  const auto next_unfinished = [&](size_t i) {
    while (i < samples.size() && finished[i]) ++i;
    return i;
  };
  std::future<PreparedSample> next;
  const auto begin = [&](size_t i) {
    if (i >= samples.size()) return;
    next = std::async(std::launch::async, [&, i] { return prepare(samples[i], *session.model, decoder); });
  };
  begin(next_unfinished(0));
  for (size_t i = 0; i < samples.size(); ++i) {
    const Sample& sample = samples[i];
    if (finished[i]) {
      open_out();
      const auto [result, record] = read_finished(out->sample(sample.folder));
      listener.kept(i, samples.size(), sample);
      listener.finished(sample, result, record);
      summary.pointing.add(result.pointing);
      done.push_back(sample.folder);
      ++summary.done;
      continue;
    }
    const Clock::time_point sample_start = Clock::now();
    listener.started(i, samples.size(), sample);
    try {
      std::future<PreparedSample> current = std::move(next);
      current.wait();
      // The next sample is decoded and tokenised while this one runs.
      begin(next_unfinished(i + 1));
      PreparedSample ready = current.get();
      ready.context->texts["model"] = request.model.filename().empty() ? request.model.parent_path().filename().string()
                                                                       : request.model.filename().string();
      ready.context->source = {run_name(request.out), ready.context->texts["model"], sample.folder};
      SamplePlan plan = plan_sample(ready, *session.model, session.methods, request.max_new_tokens);
      if (interrupted()) throw Error(OC_E_CANCELLED, "interrupted");
      const PlanSummary estimate = summarise(ready, plan, *session.model, request.memory_limit);
      if (request.dry_run) {
        listener.planned(sample, estimate);
        ++summary.done;
        continue;
      }
      if (request.memory_limit) expect_within(*request.memory_limit, estimate, sample);
      session.model->load();
      open_out();
      size_t steps = 0;
      SampleResult result =
          execute_sample(ready, plan, *session.model, session.methods, [&] { listener.step(++steps); });
      result.key = content_key(settings, sample);
      if (result.key.empty()) throw Error(OC_E_SAMPLE, "a picture vanished while it was explained: run again");
      result.pointing = score_pointing(result.artifacts, sample.boxes, image_sizes(*ready.context));
      summary.pointing.add(result.pointing);
      const ordered_json record =
          write_sample(sample, *ready.context, result, session.renderers, out->sample(sample.folder));
      listener.finished(sample, result, record);
      timings.push_back({{"sample", sample.folder}, {"seconds", seconds_since(sample_start)}, {"new_tokens", steps}});
      done.push_back(sample.folder);
      ++summary.done;
    } catch (const Error& error) {
      if (error.status() != OC_E_SAMPLE) throw;
      open_out();
      if (!request.dry_run) {
        std::filesystem::create_directories(out->sample(sample.folder));
        store::remove_abandoned(out->sample(sample.folder));
        store::write_file(out->sample(sample.folder) / "sample.json",
                          store::json_text(failure_record(sample, error.what())));
      }
      listener.failed(sample, error.what());
      summary.failed.push_back({sample.folder, sample.id, error.what()});
    }
  }
  if (samples.empty()) open_out();  // of a shard, when there are more shards than samples
  if (out != nullptr) {
    ordered_json facts;
    for (const auto& [key, value] : session.model->facts()) facts[key] = value;
    manifest["facts"] = std::move(facts);
    if (request.shard.is_whole()) {
      if (!summary.pointing.rows().empty())
        write_under(out->path(), "collection/pointing.csv", pointing_csv(summary.pointing.rows()));
      after_samples(out->path(), done);
    }
    Results results{samples.size(), done.size(), {}, seconds_since(start), std::move(timings), peak_memory_bytes()};
    for (const Failure& failure : summary.failed) results.failed.push_back(failure.folder);
    put_results(manifest, results);
    out->write_manifest(manifest);
  }
  return summary;
}

}  // namespace ocellus::run
