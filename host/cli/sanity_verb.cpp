#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ocellus/sdk/error.hpp>
#include <utility>
#include <vector>

#include "host/cli/one_line.hpp"
#include "host/cli/report.hpp"
#include "host/cli/run_request.hpp"
#include "host/cli/sanity_report.hpp"
#include "host/cli/verbs.hpp"
#include "host/collection/sanity.hpp"
#include "host/run/alteration.hpp"
#include "host/run/model.hpp"
#include "host/run/plugins.hpp"
#include "host/run/sample_source.hpp"
#include "host/store/heatmap.hpp"
#include "host/store/json_text.hpp"

// After a run as `run` makes it, its samples are run again with something altered, once for each stage: each stage is a
// run of its own under OUT/altered, so it loads its model once, holds no other, and goes on where it stopped.
namespace ocellus::cli {
namespace {

constexpr const char* randomise_option = "randomise";

// The option randomise-seed ends at 999999; a larger --seed begins again at 0.
std::string randomise_seed(uint64_t seed) {
  return std::to_string(seed % 1'000'000);
}

// What can be done of what is asked for.
struct Plan {
  int64_t layers = 0;  // that can be randomised
  std::vector<sanity::Stage> stages;
  std::vector<Undone> undone;
};

[[noreturn]] void refuse(const Plan& plan) {
  throw Error(OC_E_UNSUPPORTED, sentence_of(plan.undone.front()));
}

bool makes_maps(const run::Choice& method) {
  const std::vector<std::string>& types = method.record->produces;
  return std::any_of(types.begin(), types.end(), store::is_of_heatmaps);
}

// Of the stack that `randomise` is about: a model's decoder, or its tower where there is none.
int64_t layers_of(const run::Model& model) {
  const oc_stack* stack = model.stack("language");
  if (stack == nullptr) stack = model.stack("vision");
  return stack == nullptr ? 0 : stack->n_layers;
}

// The steps of the check of weights; why there are none, if there are.
std::vector<sanity::Stage> weight_stages(const run::Request& request, registry::Registry& registry, Plan& plan) {
  const registry::PluginRecord& record = run::detect_model(registry, request.model);
  const auto is_it = [](const registry::ParamRecord& param) { return param.key == randomise_option; };
  if (std::any_of(record.params.begin(), record.params.end(), is_it)) {
    const run::Model model(
        registry, record, options::Values::parse(record, request.adapter),
        {request.model, request.device, request.dtype, request.threads, request.min_pixels, request.max_pixels});
    plan.layers = layers_of(model);
  }
  if (plan.layers == 0) {
    plan.undone.emplace_back(
        sanity::Check::weights,
        fmt::format("models of {} have no option '{}' that gives layers random weights", record.id, randomise_option));
  }
  return sanity::weight_stages(request.sanity->stages, plan.layers);
}

// Why questions cannot be exchanged; "" as far as that is known before the samples are run.
std::string why_no_other_question(const run::Request& request) {
  try {
    run::other_questions(run::read_samples(request), request.seed);
  } catch (const Error& error) {
    // What else is wrong with the samples is told when they are run.
    if (error.status() == OC_E_UNSUPPORTED) return error.what();
  }
  return "";
}

Plan plan_of(const run::Request& request, registry::Registry& registry) {
  const std::vector<run::Choice> methods = run::choose(registry, registry::Kind::method, request.methods);
  if (std::none_of(methods.begin(), methods.end(), makes_maps))
    throw Error(OC_E_UNSUPPORTED, "sanity checks compare heatmaps, and none of the methods asked for makes any");
  Plan plan;
  for (const sanity::Check check : request.sanity->checks) {
    if (check == sanity::Check::weights) {
      const std::vector<sanity::Stage> stages = weight_stages(request, registry, plan);
      plan.stages.insert(plan.stages.end(), stages.begin(), stages.end());
      continue;
    }
    const std::string why = check == sanity::Check::question ? why_no_other_question(request) : "";
    if (why.empty()) {
      plan.stages.push_back({check, 0});
    } else {
      plan.undone.emplace_back(check, why);
    }
  }
  if (plan.stages.empty()) refuse(plan);
  return plan;
}

// Samples that were altered are told of by their numbers alone.
class SanityReport : public Report {
 public:
  using Report::Report;

  void begin(const std::string& stage) {
    is_altered_ = true;
    if (!is_quiet_) fmt::print(stderr, "again with {}\n", stage);
  }
  void be_quiet() { is_quiet_ = true; }

  void finished(const run::Sample& sample, const run::SampleResult& result,
                const nlohmann::ordered_json& record) override {
    if (!is_altered_) return Report::finished(sample, result, record);
    progress().clear();
    progress().finished();
  }

 private:
  bool is_altered_ = false, is_quiet_ = false;
};

run::Request altered_request(const run::Request& original, const sanity::Stage& stage, const std::string& model) {
  run::Request request = original;
  request.out = collection::altered_folder(original.out, stage);
  request.config.clear();
  request.fresh = false;  // what was there is gone with the original's
  request.renders.clear();
  request.faithfulness.reset();
  request.sanity.reset();
  request.alteration = run::Alteration{stage.check, original.out};
  if (stage.check == sanity::Check::weights) {
    request.adapter.name = model;
    request.adapter.settings.emplace_back(randomise_option, std::to_string(stage.layers));
    request.adapter.settings.emplace_back("randomise-seed", randomise_seed(request.seed));
  }
  return request;
}

void tell_costs(const Plan& plan, size_t n_samples, bool json) {
  const size_t loads = plan.stages.size() + 1;
  if (json) {
    nlohmann::ordered_json stages = nlohmann::ordered_json::array();
    for (const sanity::Stage& stage : plan.stages) stages.push_back(sanity::folder_of(stage));
    fmt::print("{}\n", store::json_line({{"sanity",
                                          {{"stages", std::move(stages)},
                                           {"samples_again", plan.stages.size() * n_samples},
                                           {"model_loads", loads},
                                           {"undone", reasons_of(plan.undone)}}}}));
    return;
  }
  fmt::print(
      "sanity: the passes of {} samples again {} times, with their answers given; the model is loaded {} times\n",
      n_samples, plan.stages.size(), loads);
  for (const sanity::Stage& stage : plan.stages) fmt::print("  with {}\n", description_of(stage, plan.layers));
  for (const Undone& of : plan.undone) fmt::print("  {}\n", one_line(sentence_of(of)));
}

// Runs every stage that can be; takes those that turn out not to be from the plan.
void run_stages(Plan& plan, const run::Request& request, registry::Registry& registry, media::Decoder& decoder,
                SanityReport& report, run::RunSummary& summary) {
  const std::string model = run::detect_model(registry, request.model).id;
  std::vector<sanity::Stage> done;
  for (const sanity::Stage& stage : plan.stages) {
    report.begin(description_of(stage, plan.layers));
    try {
      const run::RunSummary altered =
          run::run(altered_request(request, stage, model), registry, decoder, report, [](const auto&, const auto&) {});
      summary.done += altered.done;
      for (run::Failure failure : altered.failed) {
        failure.id = fmt::format("{} with {}", failure.id.empty() ? failure.folder : failure.id,
                                 description_of(stage, plan.layers));
        summary.failed.push_back(std::move(failure));
      }
      done.push_back(stage);
    } catch (const Error& error) {
      if (error.status() != OC_E_UNSUPPORTED) throw;
      plan.undone.emplace_back(stage.check, error.what());
    }
  }
  plan.stages = std::move(done);
}

}  // namespace

int sanity_verb(const CommandLine& line, const Paths& paths) {
  Plan plan;
  {
    registry::Registry registry = registry::Registry::open({line.plugin_path, paths.program});
    plan = plan_of(line.request, registry);
  }
  SanityReport report(line.request.out, line.json, progress_of(line), line.stream);
  if (line.quiet) report.be_quiet();
  return run_request(line, paths, report,
                     [&](const run::Request& request, registry::Registry& registry, media::Decoder& decoder,
                         const std::vector<std::string>& finished, run::RunSummary& summary) {
                       if (request.dry_run) return tell_costs(plan, summary.done, line.json);
                       if (request.fresh) std::filesystem::remove_all(request.out / "altered");
                       if (finished.empty()) return;
                       run_stages(plan, request, registry, decoder, report, summary);
                       if (plan.stages.empty()) refuse(plan);
                       const double threshold = request.sanity->threshold;
                       print_sanity(
                           collection::write_reactions(request.out, finished, plan.stages, threshold, plan.layers),
                           plan.stages, plan.layers, threshold, plan.undone, line.json);
                     });
}

}  // namespace ocellus::cli
