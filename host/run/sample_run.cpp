#include "host/run/sample_run.hpp"

#include <algorithm>
#include <exception>
#include <ocellus/sdk/error.hpp>

#include "host/plan/router.hpp"
#include "host/run/interrupt.hpp"

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
  const oc_layout* layout = context.layouts.find("language", 0);
  std::string text;
  for (size_t i = 0; layout != nullptr && layout->token_ids != nullptr && i < layout->n_segments; ++i) {
    const oc_segment& segment = layout->segments[i];
    const int64_t end = segment.image >= 0 ? segment.begin + 1 : segment.end;
    for (int64_t token = segment.begin; token < std::min(end, context.prompt_tokens); ++token) {
      text += context.token_bytes(layout->token_ids[token]);
    }
  }
  return text;
}

// What the model's sink calls into. The first exception is kept, the model is told to stop, and it is thrown again
// after execute has returned.
struct Execution {
  plan::Router router;
  PreparedSample& ready;
  Answer& answer;
  const std::function<void()>& on_step;
  std::exception_ptr thrown;

  template <class Body>
  oc_status keep(Body&& body) noexcept {
    try {
      body();
      return OC_OK;
    } catch (const Error& error) {
      thrown = std::current_exception();
      return error.status();
    } catch (...) {
      thrown = std::current_exception();
      return OC_E_INTERNAL;
    }
  }

  void step(const oc_step& step) {
    services::SampleContext& context = *ready.context;
    router.step(step);
    answer.tokens.push_back({step.token, step.is_stop != 0, step.log_probability});
    if (step.is_stop == 0) answer.text += context.token_bytes(step.token);
    context.layouts.append_answer_token(step.token, step.is_stop != 0,
                                        static_cast<uint32_t>(ready.sample->turns.size()));
    on_step();
  }
};

}  // namespace

PreparedSample prepare(const Sample& sample, const Model& model, media::Decoder& decoder) {
  PreparedSample ready;
  ready.sample = &sample;
  ready.context = std::make_unique<services::SampleContext>(decoder, sample.images);
  for (const Box& box : sample.boxes)
    ready.context->add_box(box.label, {nullptr, box.image, 0, box.x0, box.y0, box.x1, box.y1});
  ready.context->texts["id"] = sample.id.empty() ? sample.folder : sample.id;
  ready.context->texts["question"] = sample.question();
  ready.prepared.emplace(model.prepare(sample, *ready.context));
  return ready;
}

SamplePlan plan_sample(PreparedSample& ready, const Model& model, std::vector<std::unique_ptr<Method>>& methods,
                       const std::optional<uint32_t>& max_new_tokens) {
  SamplePlan plan;
  const plan::Serves serves{model.record().probes, max_new_tokens.value_or(default_new_tokens)};
  bool generate = false;
  for (size_t i = 0; i < methods.size(); ++i) {
    const oc_run handle = handle_for(*ready.context, *methods[i]);
    oc_plan wishes;
    wishes.run = &handle;
    wishes.serves = &serves;
    wishes.method = i;
    wishes.wishes = &plan.wishes;
    methods[i]->plan(handle, wishes);
    generate |= wishes.generate;
  }
  plan.max_new_tokens = max_new_tokens ? *max_new_tokens : generate ? default_new_tokens : 0;
  if (generate && plan.max_new_tokens == 0) {
    throw Error(OC_E_OPTION, "a method needs the answer, but --max-new-tokens 0 forbids one");
  }
  plan.merged = plan::merge(plan.wishes, ready.context->prompt_tokens, plan.max_new_tokens);
  plan.raw = std::make_unique<plan::MergedPlan>(plan.merged, plan.max_new_tokens);
  return plan;
}

PlanSummary summarise(const PreparedSample& ready, const SamplePlan& plan, const Model& model) {
  PlanSummary summary;
  const int64_t length = ready.context->prompt_tokens;
  summary.prompt_tokens = length;
  summary.max_new_tokens = plan.max_new_tokens;
  summary.prefill_chunks = ready.context->n_images() > 0 ? 2 : 1;
  for (const plan::Merged& merged : plan.merged) {
    const oc_stack* stack = model.stack(merged.stack);
    const int64_t width = stack != nullptr ? stack->width : 0, vocabulary = stack != nullptr ? stack->vocabulary : 0;
    const uint64_t bytes = 4 * merged.values(length, plan.max_new_tokens, width, vocabulary);
    const size_t rows = merged.rows.size() + (merged.all_steps ? plan.max_new_tokens : merged.steps.size());
    const size_t keys = merged.kind == OC_PROBE_MASS ? merged.groups.size()
                        : merged.all_keys            ? static_cast<size_t>(length)
                                                     : merged.keys.size();
    const bool rowed = merged.kind == OC_PROBE_ATTENTION || merged.kind == OC_PROBE_MASS;
    summary.probes.push_back({merged.stack.empty() ? merged.kind + " " + merged.name : merged.kind + "@" + merged.stack,
                              merged.layers.size(), merged.heads.size(), rows, rowed ? keys : 0, bytes});
    summary.capture_bytes += bytes;
  }
  const oc_cost cost = model.estimate(*ready.prepared, plan.raw->raw());
  summary.weight_bytes = cost.weight_bytes;
  summary.activation_bytes = cost.activation_bytes;
  return summary;
}

SampleResult execute_sample(PreparedSample& ready, const SamplePlan& plan, Model& model,
                            std::vector<std::unique_ptr<Method>>& methods, const std::function<void()>& on_step) {
  services::SampleContext& context = *ready.context;
  SampleResult result;
  result.prompt = rendered_prompt(context);
  const auto deliver = [&](const plan::Wish& wish, const oc_capture& capture) {
    Method& method = *methods[wish.method];
    method.capture(handle_for(context, method), capture);
  };
  Execution execution{
      {plan.wishes, plan.merged, context.prompt_tokens, deliver}, ready, result.answer, on_step, nullptr};
  oc_sink sink{};
  sink.struct_size = sizeof sink;
  sink.context = &execution;
  sink.layout = [](void*, const oc_layout*) noexcept { return oc_status{OC_E_INTERNAL}; };
  sink.capture = [](void* raw, const oc_capture* capture, oc_tensor* take) noexcept {
    TensorPointer tensor(take);
    Execution& at = *static_cast<Execution*>(raw);
    return at.keep([&] { at.router.capture(*capture, std::move(tensor)); });
  };
  sink.step = [](void* raw, const oc_step* step) noexcept {
    Execution& at = *static_cast<Execution*>(raw);
    return at.keep([&] { at.step(*step); });
  };
  sink.cancelled = [](void*) noexcept { return interrupted() ? 1 : 0; };
  try {
    model.execute(*ready.prepared, plan.raw->raw(), sink);
  } catch (const Error&) {
    if (execution.thrown) std::rethrow_exception(execution.thrown);
    throw;
  }
  execution.router.finish();
  result.has_answer = plan.max_new_tokens > 0;
  if (result.has_answer) {
    context.answer_tokens = std::count_if(result.answer.tokens.begin(), result.answer.tokens.end(),
                                          [](const Answer::Token& token) { return !token.is_stop; });
    context.texts["answer"] = result.answer.text;
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
