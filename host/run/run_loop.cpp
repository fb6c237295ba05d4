#include "host/run/run_loop.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <fstream>
#include <future>
#include <numeric>
#include <ocellus/sdk/error.hpp>

#include "host/faithfulness/curves_artifact.hpp"
#include "host/run/content_key.hpp"
#include "host/run/faithfulness_stage.hpp"
#include "host/run/fingerprint.hpp"
#include "host/run/interrupt.hpp"
#include "host/run/knockout_stage.hpp"
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

// null = as the model's folder says.
ordered_json generation_record(const plan::Generation& generation) {
  const auto number = [](const auto& value) { return value ? ordered_json(*value) : ordered_json(); };
  return {{"do_sample", generation.draws},
          {"temperature", number(generation.temperature)},
          {"top_k", number(generation.top_k)},
          {"top_p", number(generation.top_p)},
          {"repetition_penalty", number(generation.repetition_penalty)},
          {"stop", generation.stop_strings}};
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
  record["seed"] = request.seed;
  record["generation"] = generation_record(request.generation);
  record["max_new_tokens"] = request.max_new_tokens ? ordered_json(*request.max_new_tokens) : ordered_json();
  record["faithfulness"] = request.faithfulness ? request.faithfulness->record : ordered_json();
  if (request.alteration) record["alteration"] = sanity::name_of(request.alteration->check);
  record["knockouts"] = knockout::settings_record(request.knockouts);
  record["min_pixels"] = request.min_pixels;
  record["max_pixels"] = request.max_pixels;
  return record;
}

// Contents of the files that options name (noise=FILE.npy): they decide results as the options do.
ordered_json named_files(const ordered_json& settings) {
  ordered_json files = ordered_json::object();
  const auto add = [&](const ordered_json& choice) {
    for (const auto& [option, value] : choice["options"].items()) {
      std::error_code none;
      if (!value.is_string() || !std::filesystem::is_regular_file(value.get<std::string>(), none)) continue;
      files[value.get<std::string>()] = store::sha256_file(value.get<std::string>());
    }
  };
  add(settings["adapter"]);
  for (const ordered_json& method : settings["methods"]) add(method);
  return files;
}

ordered_json retrieval_record(const Retrieval& retrieval) {
  return {{"query", retrieval.query},
          {"query_image", retrieval.query_image.string()},
          {"queries", retrieval.queries.string()},
          {"captions", retrieval.captions},
          {"candidates", retrieval.candidates.string()},
          {"prompt", retrieval.prompt},
          {"maps", retrieval.maps_of_query ? "both" : "candidate"}};
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
  if (request.retrieval) record["retrieval"] = retrieval_record(*request.retrieval);
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
  const uint64_t stages = estimate.stage_bytes();
  const std::string of_stages = stages > 0 ? fmt::format(", stages behind them {}", mebibytes(stages)) : "";
  throw Error(OC_E_MEMORY,
              fmt::format("{} needs about {} MiB (weights {}, activations {}, methods {}{}), more than --memory-limit: "
                          "ask for fewer layers, heads or rows, or smaller pictures with --max-pixels",
                          sample.folder, mebibytes(estimate.memory_bytes()), mebibytes(estimate.weight_bytes),
                          mebibytes(estimate.activation_bytes), mebibytes(estimate.method_bytes), of_stages));
}

// Pictures without a question are asked that of the methods, if they have one.
Request with_default_prompt(Request request, const std::vector<Choice>& methods) {
  const bool lacks_one = request.prompts.empty() && request.messages.empty();
  const std::string prompt = lacks_one ? default_prompt(records_of(methods)) : "";
  if (!prompt.empty() && (!request.images.empty() || !request.dataset.empty())) request.prompts = {prompt};
  return request;
}

// Everything that is opened once for all samples.
struct Session {
  Session(const Request& request, registry::Registry& registry)
      : model_choice(choose_model(request, registry)),
        method_choices(choose(registry, registry::Kind::method, request.methods)),
        renderer_choices(choose(registry, registry::Kind::renderer, request.renders)) {
    std::vector<const registry::PluginRecord*> makers = records_of(method_choices);
    match(*model_choice.record, makers, {});
    expect_knockable(*model_choice.record, request.knockouts);
    for (const Choice& method : method_choices) {
      if (request.sanity) expect_free_label(method, sanity::stage_label, "in `ocellus sanity`");
      if (request.faithfulness) expect_free_label(method, faithfulness::stage_label, "with --faithfulness");
      if (!request.knockouts.empty()) expect_free_label(method, knockout::stage_label, "with --knockout");
    }
    if (request.faithfulness) {
      expect_judgeable(*model_choice.record, makers);
      makers.push_back(&faithfulness::options_record());
    }
    match(*model_choice.record, makers, records_of(renderer_choices));
  }

  // A stage's results lie beside those of methods.
  static void expect_free_label(const Choice& method, const char* stage, const char* where) {
    if (method.label != stage) return;
    throw Error(OC_E_OPTION, fmt::format("a method {} cannot have the label '{}': results of the stage are called so; "
                                         "give it another with as=LABEL",
                                         where, stage));
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
  result.faithfulness = stored.record.value("faithfulness", ordered_json());
  result.knockouts = stored.record.value("knockouts", ordered_json());
  if (stored.record.contains("pointing")) result.pointing = read_pointing(stored.record["pointing"]);
  return {std::move(result), std::move(stored.record)};
}

// Drops maps of pictures that the sample does not want mapped.
void keep_mapped(const Sample& sample, std::vector<store::ArtifactData>& artifacts) {
  if (!sample.mapped_image) return;
  const auto wanted = static_cast<int32_t>(*sample.mapped_image);
  std::erase_if(artifacts,
                [&](const store::ArtifactData& artifact) { return artifact.image >= 0 && artifact.image != wanted; });
}

// Artifacts, then pictures, then sample.json: a sample is finished when the last exists.
ordered_json write_sample(const Sample& sample, services::SampleContext& context, SampleResult& result,
                          std::vector<std::unique_ptr<Renderer>>& renderers, const PicturePlace& place) {
  const std::filesystem::path& folder = place.folder;
  std::filesystem::create_directories(folder);
  store::remove_abandoned(folder);
  std::filesystem::remove(folder / "sample.json");
  for (const store::ArtifactData& artifact : result.artifacts) {
    result.artifact_files.push_back(artifact_file(artifact, context.n_images()));
    store::write_npz(folder / result.artifact_files.back(), artifact.tensors);
  }
  ordered_json record = record_of(sample, context, result);
  fill_results(context, record);
  for (const std::unique_ptr<Renderer>& renderer : renderers) {
    const std::vector<std::string> files = draw(*renderer, context, result.artifacts, place, result.pictures);
    result.pictures.insert(result.pictures.end(), files.begin(), files.end());
  }
  record["pictures"] = result.pictures;
  store::write_file(folder / "sample.json", store::json_text(record));
  return record;
}

// One request on its way through its samples.
class Loop {
 public:
  Loop(const Request& request, registry::Registry& registry, media::Decoder& decoder, Listener& listener)
      : session_(request, registry),
        request_(with_default_prompt(request, session_.method_choices)),
        generation_(request_.generation, request_.seed),
        registry_(registry),
        decoder_(decoder),
        listener_(listener) {
    std::vector<Sample> all = read_samples(request_);
    const size_t n_all = all.size();
    std::vector<SampleWords> words;
    for (const Sample& sample : all) words.push_back({sample.question(), sample.images});
    apart_ = names_apart(words);
    apart_.are_pairs = request.retrieval.has_value();
    expect_names_apart(session_.renderer_choices, apart_);
    identity_.shard = request.shard;
    if (!request.shard.is_whole()) identity_.samples = sample_list(all);
    samples_ = share_of(std::move(all), request.shard);
    outcomes_.resize(samples_.size());
    order_.resize(samples_.size());
    std::iota(order_.begin(), order_.end(), size_t{0});
    std::stable_sort(order_.begin(), order_.end(),
                     [&](size_t left, size_t right) { return samples_[left].group < samples_[right].group; });
    session_.open(request, registry);
    if (!request.dry_run) {
      describe();
      find_finished();
    }
    if (!request.shard.is_whole()) listener.began(request.shard, samples_.size(), n_all);
  }

  RunSummary operator()(const AfterSamples& after_samples) {
    begin(next_unfinished(0));
    for (size_t turn = 0; turn < order_.size(); ++turn) {
      if (at(turn).is_kept) {
        keep(turn);
        continue;
      }
      const Clock::time_point start = Clock::now();
      listener_.started(turn, samples_.size(), sample(turn));
      try {
        explain(turn, start);
      } catch (const Error& error) {
        if (error.status() != OC_E_SAMPLE) throw;
        fail(turn, error.what());
      }
    }
    if (samples_.empty()) open_out();  // of a shard, when there are more shards than samples
    Results results = sum_up();
    if (out_ != nullptr) conclude(std::move(results), after_samples);
    return std::move(summary_);
  }

 private:
  struct Outcome {
    bool is_kept = false;  // an earlier run of the same request finished it
    bool is_done = false;
    std::vector<PointingScore> pointing;
    std::string fault;  // why it failed
    ordered_json timing;
  };

  // By turn, the order in which samples are run.
  const Sample& sample(size_t turn) const { return samples_[order_[turn]]; }
  Outcome& at(size_t turn) { return outcomes_[order_[turn]]; }

  // What will be written of the request, and what its identity is.
  void describe() {
    settings_ = settings_record(request_, session_.model_choice, session_.method_choices, session_.renderer_choices);
    manifest_["ocellus"] = version;
    manifest_["model_name"] = request_.model_name;
    manifest_["request"] = request_record(request_, settings_);
    manifest_["plugins"] = packages_record(session_.plugins(), registry_);
    manifest_["model_files"] = fingerprint(session_.model->files());
    for (const char* key : {"ocellus", "plugins", "model_files"}) settings_[key] = manifest_[key];
    settings_["named_files"] = named_files(settings_);
    identity_.request = manifest_["request"];
    if (!request_.shard.is_whole()) {
      manifest_["shard"] = {
          {"index", request_.shard.index}, {"count", request_.shard.count}, {"origin", request_.shard.origin}};
    }
  }

  void find_finished() {
    OutputFolder::check(request_.out, identity_, request_.fresh);
    for (size_t i = 0; i < samples_.size() && !request_.fresh; ++i) {
      const std::filesystem::path folder = OutputFolder::sample(request_.out, samples_[i].folder);
      outcomes_[i].is_kept =
          std::filesystem::exists(folder) && is_finished(folder, content_key(settings_, samples_[i]));
    }
  }

  size_t next_unfinished(size_t turn) {
    while (turn < order_.size() && at(turn).is_kept) ++turn;
    return turn;
  }

  // To be called when a sample's plan stands and the weights are there: a request that is refused leaves nothing
  // behind.
  void open_out() {
    if (out_ != nullptr || request_.dry_run) return;
    out_ = std::make_unique<OutputFolder>(request_.out, identity_, request_.fresh);
    if (!request_.config.empty()) write_under(out_->path(), "run.yaml", request_.config);
    out_->write_manifest(manifest_);
  }

  // Decodes and tokenises a sample while another one runs.
  void begin(size_t turn) {
    if (turn >= order_.size()) return;
    next_ = std::async(std::launch::async, [this, turn] { return prepare(sample(turn), *session_.model, decoder_); });
  }

  // The sample that begin() was last called for, ready; begins the one after it.
  PreparedSample take(size_t turn) {
    std::future<PreparedSample> current = std::move(next_);
    current.wait();
    begin(next_unfinished(turn + 1));
    PreparedSample ready = current.get();
    const std::filesystem::path& model = request_.model;
    std::string& name = ready.context->texts["model"];
    name = (model.filename().empty() ? model.parent_path() : model).filename().string();
    ready.context->texts["seed"] = std::to_string(request_.seed);
    ready.context->source = {run_name(request_.out), name, sample(turn).folder};
    return ready;
  }

  // A sample that an earlier run finished.
  void keep(size_t turn) {
    const Sample& sample = this->sample(turn);
    open_out();
    const auto [result, record] = read_finished(out_->sample(sample.folder));
    listener_.kept(turn, samples_.size(), sample);
    listener_.finished(sample, result, record);
    at(turn).is_done = true;
    at(turn).pointing = result.pointing;
  }

  // What needs an answer whatever the methods want.
  std::string_view answer_for() const {
    if (!request_.knockouts.empty()) return "--knockout";
    return request_.faithfulness && request_.faithfulness->whole_answer ? "--faithfulness:tokens=answer" : "";
  }

  void explain(size_t turn, Clock::time_point start) {
    const Sample& sample = this->sample(turn);
    PreparedSample ready = take(turn);
    const std::optional<faithfulness::Settings>& judging = request_.faithfulness;
    SamplePlan plan = plan_sample(ready, *session_.model, session_.methods, request_.max_new_tokens,
                                  generation_.pointer(), answer_for());
    if (interrupted()) throw Error(OC_E_CANCELLED, "interrupted");
    PlanSummary estimate = summarise(ready, plan, *session_.model, request_.memory_limit);
    if (judging) {
      estimate.judging = summarise_judging(ready, *session_.model, *judging, plan);
      estimate.activation_bytes = std::max(estimate.activation_bytes, estimate.judging->activation_bytes);
    }
    if (!request_.knockouts.empty()) {
      estimate.knocking_out =
          summarise_knockouts(ready, *session_.model, request_.knockouts, plan.passes.front().max_new_tokens);
      estimate.activation_bytes = std::max(estimate.activation_bytes, estimate.knocking_out->activation_bytes);
    }
    if (request_.dry_run) {
      listener_.planned(sample, estimate);
      at(turn).is_done = true;
      return;
    }
    if (request_.memory_limit) expect_within(*request_.memory_limit, estimate, sample);
    session_.model->load();
    open_out();
    size_t steps = 0;
    SampleResult result = execute_sample(ready, plan, *session_.model, session_.methods,
                                         [&](std::string_view bytes) { listener_.step(++steps, bytes); });
    keep_mapped(sample, result.artifacts);
    std::vector<std::string> also;
    if (judging) also = {faithfulness::curves_type};
    expect_drawable(session_.method_choices, session_.renderer_choices, result.artifacts, also);
    if (judging) {
      const faithfulness::Report report = judge_maps(ready, result, *session_.model, *judging, request_.seed);
      result.faithfulness = faithfulness::report_record(report);
      for (store::ArtifactData& curves : faithfulness::curves_of(report)) result.artifacts.push_back(std::move(curves));
    }
    if (!request_.knockouts.empty())
      result.knockouts = knockout::outcomes_record(knock_out(ready, result, *session_.model, request_.knockouts));
    result.key = content_key(settings_, sample);
    if (result.key.empty()) throw Error(OC_E_SAMPLE, "a picture vanished while it was explained: run again");
    result.pointing = score_pointing(result.artifacts, sample.boxes, image_sizes(*ready.context));
    const ordered_json record = write_sample(sample, *ready.context, result, session_.renderers,
                                             {out_->sample(sample.folder), out_->path(), apart_});
    listener_.finished(sample, result, record);
    at(turn).is_done = true;
    at(turn).pointing = std::move(result.pointing);
    at(turn).timing = {{"sample", sample.folder}, {"seconds", seconds_since(start)}, {"new_tokens", steps}};
  }

  void fail(size_t turn, const std::string& sentence) {
    const Sample& sample = this->sample(turn);
    open_out();
    if (!request_.dry_run) {
      const std::filesystem::path folder = out_->sample(sample.folder);
      std::filesystem::create_directories(folder);
      store::remove_abandoned(folder);
      store::write_file(folder / "sample.json", store::json_text(failure_record(sample, sentence)));
    }
    listener_.failed(sample, sentence);
    at(turn).fault = sentence;
  }

  // In the order of the request, whatever that of the turns was.
  Results sum_up() {
    Results results;
    results.n_samples = samples_.size();
    for (size_t i = 0; i < samples_.size(); ++i) {
      const Sample& sample = samples_[i];
      const Outcome& outcome = outcomes_[i];
      if (outcome.is_done) {
        results.finished.push_back(sample.folder);
        summary_.pointing.add(outcome.pointing);
      } else if (!outcome.fault.empty()) {
        results.failed.push_back(sample.folder);
        summary_.failed.push_back({sample.folder, sample.id, outcome.fault});
      }
      if (!outcome.timing.is_null()) results.sample_timings.push_back(outcome.timing);
    }
    summary_.done = results.finished.size();
    return results;
  }

  // Writes what is about all samples, and the manifest as it ends.
  void conclude(Results results, const AfterSamples& after_samples) {
    ordered_json facts;
    for (const auto& [key, value] : session_.model->facts()) facts[key] = value;
    manifest_["facts"] = std::move(facts);
    if (request_.shard.is_whole()) {
      if (!summary_.pointing.rows().empty())
        write_under(out_->path(), "collection/pointing.csv", pointing_csv(summary_.pointing.rows()));
      after_samples(out_->path(), results.finished);
    }
    results.seconds = seconds_since(start_);
    results.peak_memory_bytes = peak_memory_bytes();
    put_results(manifest_, results);
    out_->write_manifest(manifest_);
  }

  const Clock::time_point start_ = Clock::now();
  Session session_;
  const Request request_;
  const plan::RawGeneration generation_;
  registry::Registry& registry_;
  media::Decoder& decoder_;
  Listener& listener_;
  std::vector<Sample> samples_;
  std::vector<size_t> order_;      // of the turns: groups of the same pictures after each other
  std::vector<Outcome> outcomes_;  // of each sample
  NamesApart apart_;               // of all samples of the request, in whatever shard
  RunIdentity identity_;
  ordered_json manifest_, settings_;
  std::unique_ptr<OutputFolder> out_;  // after open_out()
  RunSummary summary_;
  std::future<PreparedSample> next_;  // last: it is waited for before what it borrows goes
};

}  // namespace

RunSummary run(const Request& request, registry::Registry& registry, media::Decoder& decoder, Listener& listener,
               const AfterSamples& after_samples) {
  return Loop(request, registry, decoder, listener)(after_samples);
}

}  // namespace ocellus::run
