#include "host/run/sample_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <span>
#include <utility>

#include "host/plan/router.hpp"
#include "host/run/altered_inputs.hpp"
#include "host/run/execution.hpp"

namespace ocellus::run {
namespace {

// Tokens of an answer when something asks for one and the user gave no number.
constexpr uint32_t default_new_tokens = 128;

oc_run handle_for(services::SampleContext& context, const Method& method) {
  oc_run handle;
  handle.sample = &context;
  handle.plugin = &method.plugin();
  handle.label = method.label();
  return handle;
}

// The prompt as the template rendered it, every image as its one placeholder token.
std::string rendered_prompt(const services::SampleContext& context) {
  const oc_layout* layout = context.layouts.of_text();
  std::string text;
  for (size_t i = 0; layout != nullptr && layout->token_ids != nullptr && i < layout->n_segments; ++i) {
    const oc_segment& segment = layout->segments[i];
    const int64_t end = segment.image >= 0 ? segment.begin + 1 : segment.end;
    const bool is_prompt = segment.kind != OC_SEGMENT_ANSWER && segment.kind != OC_SEGMENT_GIVEN_ANSWER;
    for (int64_t token = segment.begin; is_prompt && token < end; ++token) {
      text += context.token_bytes(layout->token_ids[token]);
    }
  }
  return text;
}

// Bytes that captures of `probe` hold in all.
uint64_t bytes_of(const plan::Merged& probe, const Model& model, const services::LayoutBook& layouts,
                  uint32_t max_new_tokens) {
  const oc_stack* stack = model.stack(probe.stack);
  const oc_layout* layout = layouts.widest(probe.stack);
  if (stack == nullptr) return 0;  // an input, which the sample holds already
  return 4 * probe.values(layout != nullptr ? layout->n_tokens : 0, max_new_tokens, stack->width, stack->vocabulary);
}

// What a method will hold of what it is given, if it does not say.
uint64_t delivered_bytes(const std::vector<plan::Wish>& wishes, size_t method, const Model& model,
                         const services::LayoutBook& layouts, uint32_t max_new_tokens) {
  uint64_t bytes = 0;
  for (const plan::Wish& wish : wishes) {
    if (wish.method != method) continue;
    for (const plan::Merged& alone : plan::merge({wish}, layouts.prompt_tokens(), max_new_tokens)) {
      bytes += bytes_of(alone, model, layouts, max_new_tokens);
    }
  }
  return bytes;
}

// What a pass captures, into its summary and into that of the sample.
void put_probes(PlanSummary::Pass& of, const std::vector<plan::Merged>& probes, uint32_t max_new_tokens,
                const services::LayoutBook& layouts, const Model& model, PlanSummary& summary) {
  for (const plan::Merged& merged : probes) {
    const uint64_t bytes =
        std::max({size_t{1}, of.draws, of.masked_inputs}) * bytes_of(merged, model, layouts, max_new_tokens);
    const oc_layout* layout = layouts.widest(merged.stack);
    const size_t rows = merged.rows.size() + (merged.all_steps ? max_new_tokens : merged.steps.size());
    const size_t keys = merged.kind == OC_PROBE_MASS ? merged.groups.size()
                        : !merged.all_keys           ? merged.keys.size()
                        : layout != nullptr          ? static_cast<size_t>(layout->n_tokens)
                                                     : 0;
    const bool rowed =
        merged.kind == OC_PROBE_ATTENTION || merged.kind == OC_PROBE_MASS || merged.kind == OC_PROBE_ATTENTION_GRADIENT;
    of.probes.push_back({merged.stack.empty() ? merged.kind + " " + merged.name : merged.kind + "@" + merged.stack,
                         merged.layers.size(), merged.heads.size(), rows, rowed ? keys : 0, bytes});
    summary.capture_bytes += bytes;
  }
}

// Delivers captures of a pass to the methods.
plan::Router::Deliver to_methods(services::SampleContext& context, std::vector<std::unique_ptr<Method>>& methods) {
  return [&](const plan::Wish& wish, const oc_capture& capture) {
    Method& method = *methods[wish.method];
    method.capture(handle_for(context, method), capture);
  };
}

void run_pass(const Pass& pass, PreparedSample& ready, Model& model, std::vector<std::unique_ptr<Method>>& methods,
              SampleResult& result, const OnToken& told) {
  services::SampleContext& context = *ready.context;
  services::LayoutBook& layouts = pass.variant == 0 ? context.layouts : *context.variants[pass.variant - 1];
  const auto turn = static_cast<uint32_t>(ready.sample->turns.size());
  const auto on_token = [&](const oc_step& step) {
    layouts.append_answer_token(step.token, step.is_stop != 0, turn);
    // The answer of a variant is not recorded.
    const size_t before = result.answer.text.size();
    if (pass.variant == 0)
      result.answer.add(step, step.is_stop != 0 ? std::string_view() : context.token_bytes(step.token));
    told(std::string_view(result.answer.text).substr(before));
  };
  Execution execution({pass.wishes, pass.merged, layouts.prompt_tokens(), to_methods(context, methods)}, on_token);
  execution([&](const oc_sink& sink) { model.execute(ready.input(pass.variant), pass.raw->raw(), sink); });
}

// Of a variant that is given the tokens of the clean answer.
void run_pass_with_answer(const Pass& pass, const PreparedSample& ready, Model& model,
                          std::vector<std::unique_ptr<Method>>& methods, const Answer& answer) {
  services::SampleContext& context = *ready.context;
  std::vector<int64_t> forced;
  for (const Answer::Token& token : answer.tokens) forced.push_back(token.id);
  const plan::MergedPlan plan(pass.merged,
                              pass.max_new_tokens > 0 ? std::span<const int64_t>(forced) : std::span<const int64_t>(),
                              pass.generation, ready.knockout(pass.variant));
  Execution execution({pass.wishes, pass.merged, context.layouts.prompt_tokens(), to_methods(context, methods)},
                      [](const oc_step&) {});
  execution([&](const oc_sink& sink) { model.execute(ready.input(pass.variant), plan.raw(), sink); });
}

// What is different in a variant's pass.
std::string name_of(const PreparedSample::Variant& variant) {
  if (variant.kind == OC_VARIANT_QUESTION) return fmt::format("question '{}'", variant.text);
  const plan::Knockout& knockout = variant.knockout;
  const std::string behind = knockout.all_steps       ? " and all of the answer"
                             : knockout.steps.empty() ? ""
                                                      : fmt::format(" and {} of the answer", knockout.steps.size());
  return fmt::format("attention knocked out in {} layers and {} heads, from {} rows{} to {} keys",
                     knockout.layers.size(), knockout.heads.size(), knockout.rows.size(), behind, knockout.keys.size());
}

void run_gradients(const GradientPass& pass, const PreparedSample& ready, Model& model,
                   std::vector<std::unique_ptr<Method>>& methods, const Answer& answer) {
  const GradientPlan plan(pass, ready, &answer);
  const auto no_step = [](const oc_step&) { throw Error(OC_E_INTERNAL, "a pass of gradients generates no answer"); };
  Execution execution({plan.wishes(), plan.merged(), ready.context->layouts.prompt_tokens(),
                       to_methods(*ready.context, methods), pass.draws},
                      no_step);
  execution([&](const oc_sink& sink) { model.differentiate(plan.input(), plan.raw(), sink); });
}

}  // namespace

SamplePlan plan_sample(PreparedSample& ready, const Model& model, std::vector<std::unique_ptr<Method>>& methods,
                       const std::optional<uint32_t>& max_new_tokens, const oc_generation* generation,
                       std::string_view answer_for) {
  const bool given = ready.sample->answer.has_value();
  const plan::Serves serves{model.record().probes, max_new_tokens.value_or(default_new_tokens)};
  ready.context->most_answer_tokens =
      given ? std::max<int64_t>(ready.context->layouts.given_answer_tokens(), 0) : serves.max_answer_tokens;
  VariantsOf variants(ready, model);
  std::vector<plan::Wish> wishes;
  std::vector<std::optional<uint64_t>> announced;
  bool generate = !answer_for.empty();
  for (size_t i = 0; i < methods.size(); ++i) {
    const oc_run handle = handle_for(*ready.context, *methods[i]);
    oc_plan asked;
    asked.run = &handle;
    asked.serves = &serves;
    asked.method = i;
    asked.wishes = &wishes;
    asked.variants = &variants;
    methods[i]->plan(handle, asked);
    generate |= asked.generate;
    announced.push_back(asked.announced);
  }
  SamplePlan plan;
  for (uint32_t variant = 0; variant <= ready.variants.size(); ++variant) {
    if (variants.kind_of(variant) == OC_VARIANT_NOISE || variants.kind_of(variant) == OC_VARIANT_MASK) continue;
    Pass& pass = plan.passes.emplace_back();
    pass.variant = variant;
    for (const plan::Wish& wish : wishes) {
      if (wish.variant == variant && !wish.target) pass.wishes.push_back(wish);
    }
    const bool answer = variant == 0 ? generate
                                     : std::any_of(pass.wishes.begin(), pass.wishes.end(),
                                                   [](const plan::Wish& wish) { return wish.answer; });
    if (answer && !given && max_new_tokens && *max_new_tokens == 0) {
      throw Error(OC_E_OPTION, fmt::format("{} needs the answer, but --max-new-tokens 0 forbids one",
                                           answer_for.empty() ? "a method" : answer_for));
    }
    // The user's own number asks for an answer of the clean input even if no method does.
    const bool asked = answer || (variant == 0 && max_new_tokens);
    pass.max_new_tokens = given || !asked ? 0 : max_new_tokens.value_or(default_new_tokens);
    const services::LayoutBook& layouts = *ready.context->layouts_of(variant);
    pass.merged = plan::merge(pass.wishes, layouts.prompt_tokens(), pass.max_new_tokens);
    pass.generation = generation;
    pass.raw =
        std::make_unique<plan::MergedPlan>(pass.merged, pass.max_new_tokens, generation, ready.knockout(variant));
    for (size_t i = 0; i < methods.size(); ++i) {
      if (!announced[i]) plan.method_bytes += delivered_bytes(pass.wishes, i, model, layouts, pass.max_new_tokens);
    }
  }
  const auto of_masks = std::stable_partition(wishes.begin(), wishes.end(), [&](const plan::Wish& wish) {
    return variants.kind_of(wish.variant) != OC_VARIANT_MASK;
  });
  plan.masks = mask_passes({of_masks, wishes.end()}, plan.passes.front().max_new_tokens);
  wishes.erase(of_masks, wishes.end());
  plan.gradients = gradient_passes(wishes, ready, model, plan.passes.front().max_new_tokens);
  for (const GradientPass& pass : plan.gradients) {
    for (size_t i = 0; i < methods.size(); ++i) {
      if (!announced[i])
        plan.method_bytes += delivered_bytes(pass.wishes, i, model, ready.context->layouts, pass.max_new_tokens);
    }
  }
  for (const std::optional<uint64_t>& bytes : announced) plan.method_bytes += bytes.value_or(0);
  return plan;
}

PlanSummary summarise(const PreparedSample& ready, SamplePlan& plan, const Model& model,
                      std::optional<uint64_t> memory_limit) {
  PlanSummary summary;
  summary.method_bytes = plan.method_bytes;
  for (const Pass& pass : plan.passes) {
    PlanSummary::Pass& of = summary.passes.emplace_back();
    if (pass.variant > 0) of.variant = name_of(ready.variant(pass.variant));
    const services::LayoutBook& layouts = *ready.context->layouts_of(pass.variant);
    of.prompt_tokens = layouts.prompt_tokens();
    of.max_new_tokens = pass.max_new_tokens;
    of.prefill_chunks = ready.context->n_images() > 0 ? 2 : 1;
    put_probes(of, pass.merged, pass.max_new_tokens, layouts, model, summary);
    const oc_cost cost = model.estimate(ready.input(pass.variant), pass.raw->raw());
    summary.weight_bytes = std::max(summary.weight_bytes, cost.weight_bytes);
    summary.activation_bytes = std::max(summary.activation_bytes, cost.activation_bytes);
  }
  for (GradientPass& pass : plan.gradients) {
    const services::LayoutBook& layouts = ready.context->layouts;
    PlanSummary::Pass& of = summary.passes.emplace_back();
    of.variant = pass.name(ready);
    of.draws = pass.draws.size();
    of.prompt_tokens = layouts.prompt_tokens();
    put_probes(of, pass.merged, pass.max_new_tokens, layouts, model, summary);
    if (memory_limit) {
      // What is left, or too little for anything: the estimate is then the least that can be done with.
      const uint64_t others = summary.weight_bytes + summary.method_bytes;
      pass.memory = *memory_limit > others ? *memory_limit - others : 1;
    }
    const GradientPlan gradients(pass, ready, nullptr);
    summary.activation_bytes = std::max(summary.activation_bytes,
                                        model.estimate_gradients(gradients.input(), gradients.raw()).activation_bytes);
  }
  for (const MaskPass& pass : plan.masks) {
    PlanSummary::Pass& of = summary.passes.emplace_back();
    of.variant = pass.name();
    of.masked_inputs = pass.inputs.size();
    of.prompt_tokens = ready.context->layouts.prompt_tokens();
    const std::vector<plan::Merged> probes = probes_of(pass, ready, model);
    put_probes(of, probes, 0, ready.context->layouts, model, summary);
    summary.masking_bytes =
        std::max(summary.masking_bytes, AlteredInputs::bytes(ready, model, probes.front().rows.size()));
    const plan::MergedPlan merged(probes, 0);
    summary.activation_bytes =
        std::max(summary.activation_bytes, model.estimate(*ready.prepared, merged.raw()).activation_bytes);
  }
  return summary;
}

SampleResult execute_sample(PreparedSample& ready, const SamplePlan& plan, Model& model,
                            std::vector<std::unique_ptr<Method>>& methods, const OnToken& told) {
  services::SampleContext& context = *ready.context;
  SampleResult result;
  result.prompt = rendered_prompt(context);
  for (const Pass& pass : plan.passes) {
    if (ready.knockout(pass.variant) != nullptr) {
      run_pass_with_answer(pass, ready, model, methods, result.answer);
    } else {
      run_pass(pass, ready, model, methods, result, told);
    }
  }
  for (const GradientPass& pass : plan.gradients) run_gradients(pass, ready, model, methods, result.answer);
  for (const MaskPass& pass : plan.masks) run_masked(pass, ready, model, result.answer, to_methods(context, methods));
  if (ready.sample->answer) {
    result.has_answer = true;
    result.answer.text = *ready.sample->answer;
  } else if (plan.passes.front().max_new_tokens > 0) {
    result.has_answer = true;
    context.answer_tokens = std::count_if(result.answer.tokens.begin(), result.answer.tokens.end(),
                                          [](const Answer::Token& token) { return !token.is_stop; });
    context.texts["answer"] = result.answer.text;
    for (const Answer::Token& token : result.answer.tokens)
      context.generated.push_back({token.id, token.is_stop ? 1u : 0u, 0, token.log_probability});
  }
  context.texts["prompt"] = result.prompt;
  for (const std::unique_ptr<Method>& method : methods) {
    oc_run handle = handle_for(context, *method);
    handle.artifacts = &result.artifacts;
    method->finish(handle);
  }
  return result;
}

}  // namespace ocellus::run
