#include "host/run/knockout_stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <span>
#include <string>

#include "host/faithfulness/reply.hpp"
#include "host/plan/merge.hpp"
#include "host/run/altered_inputs.hpp"
#include "host/run/answer_rows.hpp"

namespace ocellus::run {
namespace {

using knockout::Settings;

// Tokens of the prompt and a given answer.
int64_t known_tokens(const services::LayoutBook& layouts) {
  return layouts.prompt_tokens() + std::max<int64_t>(layouts.given_answer_tokens(), 0);
}

plan::Knockout resolved(const Settings& settings, const PreparedSample& ready, const Model& model) {
  const int64_t tokens = known_tokens(ready.context->layouts);
  const oc_stack* const stack = model.stack("language");
  if (stack == nullptr) throw Error(OC_E_UNSUPPORTED, "--knockout: the model has no stack called language");
  const auto numbers = [](const std::vector<int64_t>& indices) {
    return oc_select{sizeof(oc_select), OC_SELECT_INDICES, 0, indices.data(), indices.size()};
  };
  try {
    const std::vector<int64_t> layers = settings.layers.resolve("layer", stack->n_layers);
    const std::vector<int64_t> heads = settings.heads.resolve("head", stack->n_heads);
    const oc_select layer_numbers = numbers(layers), head_numbers = numbers(heads);
    const knockout::RawSelection from(settings.from, tokens), to(settings.to, tokens);
    const oc_knockout raw{sizeof(oc_knockout),    0,
                          &layer_numbers,         &head_numbers,
                          from.pointers().data(), from.pointers().size(),
                          to.pointers().data(),   to.pointers().size()};
    plan::Knockout knockout = resolve_knockout(raw, *ready.context, model);
    const auto expect = [&](bool there, const char* key) {
      if (!there)
        throw Error(OC_E_SAMPLE,
                    fmt::format("{}={} names no token of this sample, so that nothing would be knocked out", key,
                                settings.record.at(key).get<std::string>()));
    };
    expect(!knockout.rows.empty() || !knockout.steps.empty() || knockout.all_steps, "from");
    expect(!knockout.keys.empty(), "to");
    return knockout;
  } catch (const Error& error) {
    throw Error(error.status(), fmt::format("--knockout {}: {}", settings.text, error.what()));
  }
}

// A sample's answer, given to the model token by token.
class AnswerRun {
 public:
  AnswerRun(const PreparedSample& ready, const SampleResult& result, Model& model) : ready_(ready), model_(model) {
    const services::LayoutBook& layouts = ready.context->layouts;
    if (layouts.given_answer_tokens() > 0) {
      rows_ = AnswerRows::in_prompt(layouts.given_answer_ids());
    } else {
      rows_ = AnswerRows::forced(AnswerGiven::of(result.answer).generated);
    }
    if (ids().empty()) throw Error(OC_E_SAMPLE, "the answer is empty, so that --knockout has nothing to compare");
  }

  const std::vector<int64_t>& ids() const { return rows_.ids(); }

  struct Reply {
    double probability = 0;
    int64_t likeliest = 0;
  };
  // Of each token, after those before it. NULL = nothing is knocked out.
  std::vector<Reply> operator()(const plan::Knockout* knockout) {
    std::vector<Reply> replies(ids().size());
    rows_(model_, *ready_.prepared, ready_.context->layouts.prompt_tokens(), knockout,
          [&](size_t token, std::span<const float> logits) {
            const double probability =
                faithfulness::score_of(logits, ids().at(token), faithfulness::Score::probability);
            replies[token] = {probability, faithfulness::likeliest(logits)};
          });
    return replies;
  }

 private:
  const PreparedSample& ready_;
  Model& model_;
  AnswerRows rows_;
};

// Rows that an answer of so many tokens has blocked.
size_t rows_of(const plan::Knockout& knockout, size_t answer_tokens) {
  const auto last = static_cast<int64_t>(answer_tokens) - 1;
  const auto steps =
      std::count_if(knockout.steps.begin(), knockout.steps.end(), [&](int64_t step) { return step <= last; });
  return knockout.rows.size() + static_cast<size_t>(knockout.all_steps ? last : steps);
}

}  // namespace

void expect_knockable(const registry::PluginRecord& model, const std::vector<Settings>& settings) {
  if (settings.empty()) return;
  try {
    expect_knockouts(model);
  } catch (const Error& error) {
    throw Error(error.status(), fmt::format("--knockout: {}", error.what()));
  }
  for (size_t i = 0; i < settings.size(); ++i) {
    for (size_t k = 0; k < i; ++k) {
      if (settings[i].label == settings[k].label)
        throw Error(OC_E_OPTION, fmt::format("two knock-outs are called '{}': give one another name with as=NAME",
                                             settings[i].label));
    }
  }
}

PlanSummary::KnockingOut summarise_knockouts(const PreparedSample& ready, const Model& model,
                                             const std::vector<Settings>& settings, uint32_t max_new_tokens) {
  const services::LayoutBook& layouts = ready.context->layouts;
  PlanSummary::KnockingOut summary;
  summary.forwards = settings.size() + 1;
  summary.prompt_tokens = known_tokens(layouts);
  summary.answer_tokens = max_new_tokens;
  for (const Settings& each : settings) {
    const plan::Knockout knockout = resolved(each, ready, model);
    const plan::MergedPlan plan({}, max_new_tokens, nullptr, &knockout);
    summary.activation_bytes =
        std::max(summary.activation_bytes, model.estimate(*ready.prepared, plan.raw()).activation_bytes);
  }
  const auto rows = static_cast<uint64_t>(std::max<int64_t>(layouts.given_answer_tokens(), 1));
  summary.bytes = sizeof(float) * rows * static_cast<uint64_t>(model.stack("language")->vocabulary);
  return summary;
}

std::vector<knockout::Outcome> knock_out(const PreparedSample& ready, const SampleResult& result, Model& model,
                                         const std::vector<Settings>& settings) {
  AnswerRun run(ready, result, model);
  const std::vector<AnswerRun::Reply> clean = run(nullptr);
  const auto text = [&](int64_t id) { return std::string(model.token_bytes(id)); };
  std::vector<knockout::Outcome> outcomes;
  for (const Settings& each : settings) {
    plan::Knockout knockout = resolved(each, ready, model);
    const int64_t end = ready.context->layouts.prompt_tokens() + static_cast<int64_t>(run.ids().size());
    std::erase_if(knockout.keys, [&](int64_t key) { return key >= end; });
    const std::vector<AnswerRun::Reply> replies = run(&knockout);
    knockout::Outcome& outcome = outcomes.emplace_back();
    outcome.label = each.label;
    outcome.settings = each.record;
    outcome.layers = knockout.layers;
    outcome.heads = knockout.heads;
    outcome.n_rows = rows_of(knockout, run.ids().size());
    outcome.n_keys = knockout.keys.size();
    for (size_t token = 0; token < replies.size(); ++token) {
      outcome.tokens.push_back({text(run.ids()[token]), clean[token].probability, replies[token].probability,
                                text(clean[token].likeliest), text(replies[token].likeliest)});
    }
  }
  return outcomes;
}

}  // namespace ocellus::run
