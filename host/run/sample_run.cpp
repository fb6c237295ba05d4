#include "host/run/sample_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <ocellus/sdk/error.hpp>
#include <utility>

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
    for (int64_t token = segment.begin; token < std::min(end, context.layouts.prompt_tokens()); ++token) {
      text += context.token_bytes(layout->token_ids[token]);
    }
  }
  return text;
}

// What the model's sink calls into. The first exception is kept, the model is told to stop, and it is thrown again
// after execute has returned.
struct Execution {
  plan::Router router;
  services::SampleContext& context;
  services::LayoutBook& layouts;
  uint32_t turn;   // of the answer
  Answer* answer;  // NULL = of a variant, whose answer is not recorded
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
    router.step(step);
    layouts.append_answer_token(step.token, step.is_stop != 0, turn);
    if (answer != nullptr) answer->add(step, step.is_stop != 0 ? std::string_view() : context.token_bytes(step.token));
    on_step();
  }
};

// The text of the last user turn replaced; its pictures stay where they are.
Sample with_question(const Sample& sample, const std::string& text) {
  Sample changed = sample;
  const auto last = std::find_if(changed.turns.rbegin(), changed.turns.rend(),
                                 [](const Turn& turn) { return turn.role == Role::user; });
  if (last == changed.turns.rend()) throw Error(OC_E_SAMPLE, "it needs a user turn, and this sample has none");
  std::vector<Part> parts;
  bool placed = false;
  for (Part& part : last->parts) {
    if (part.is_image) {
      parts.push_back(std::move(part));
    } else if (!std::exchange(placed, true)) {
      parts.push_back({false, 0, text});
    }
  }
  if (!placed) parts.push_back({false, 0, text});
  last->parts = std::move(parts);
  return changed;
}

class VariantsOf : public services::Variants {
 public:
  VariantsOf(PreparedSample& ready, const Model& model) : ready_(ready), model_(model) {}

  uint32_t add(const oc_variant& variant) override {
    if (variant.kind != OC_VARIANT_QUESTION)
      throw Error(OC_E_UNSUPPORTED, fmt::format("variants of kind {} are unknown to this host", variant.kind));
    if (variant.text == nullptr) throw Error(OC_E_INTERNAL, "a variant without text");
    uint32_t number = 0;
    for (const PreparedSample::Variant& known : ready_.variants) {
      ++number;
      if (known.kind == variant.kind && known.text == variant.text) return number;
    }
    services::LayoutBook layouts;
    Model::Prepared prepared = model_.prepare(with_question(*ready_.sample, variant.text), *ready_.context, layouts);
    ready_.variants.push_back({variant.kind, variant.text, std::move(prepared)});
    ready_.context->variants.push_back(std::move(layouts));
    return number + 1;
  }

 private:
  PreparedSample& ready_;
  const Model& model_;
};

// Bytes that captures of `probe` hold in all.
uint64_t bytes_of(const plan::Merged& probe, const Model& model, const services::LayoutBook& layouts,
                  uint32_t max_new_tokens) {
  const oc_stack* stack = model.stack(probe.stack);
  const oc_layout* layout = layouts.find(probe.stack, 0);
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

void run_pass(const Pass& pass, PreparedSample& ready, Model& model, std::vector<std::unique_ptr<Method>>& methods,
              SampleResult& result, const std::function<void()>& on_step) {
  services::SampleContext& context = *ready.context;
  services::LayoutBook& layouts = pass.variant == 0 ? context.layouts : context.variants[pass.variant - 1];
  const auto deliver = [&](const plan::Wish& wish, const oc_capture& capture) {
    Method& method = *methods[wish.method];
    method.capture(handle_for(context, method), capture);
  };
  Execution execution{{pass.wishes, pass.merged, layouts.prompt_tokens(), deliver},
                      context,
                      layouts,
                      static_cast<uint32_t>(ready.sample->turns.size()),
                      pass.variant == 0 ? &result.answer : nullptr,
                      on_step,
                      nullptr};
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
    model.execute(ready.input(pass.variant), pass.raw->raw(), sink);
  } catch (const Error&) {
    if (execution.thrown) std::rethrow_exception(execution.thrown);
    throw;
  }
  execution.router.finish();
}

}  // namespace

const Model::Prepared& PreparedSample::input(uint32_t variant) const {
  return variant == 0 ? *prepared : std::next(variants.begin(), variant - 1)->prepared;
}

PreparedSample prepare(const Sample& sample, const Model& model, media::Decoder& decoder) {
  if (!sample.fault.empty()) throw Error(OC_E_SAMPLE, sample.fault);
  PreparedSample ready;
  ready.sample = &sample;
  ready.context = std::make_unique<services::SampleContext>(decoder, sample.images);
  services::SampleContext& context = *ready.context;
  for (const Box& box : sample.boxes)
    context.add_box(box.label, {nullptr, box.image, 0, box.x0, box.y0, box.x1, box.y1});
  context.texts["id"] = sample.id.empty() ? sample.folder : sample.id;
  context.texts["question"] = sample.question();
  put_facts(context, sample.facts);
  context.stacks = model.stacks();
  context.token_bytes = [&model](int64_t id) { return model.token_bytes(id); };
  ready.prepared.emplace(model.prepare(sample, context, context.layouts));
  context.answer_tokens = context.layouts.given_answer_tokens();
  if (sample.answer) context.texts["answer"] = *sample.answer;
  return ready;
}

SamplePlan plan_sample(PreparedSample& ready, const Model& model, std::vector<std::unique_ptr<Method>>& methods,
                       const std::optional<uint32_t>& max_new_tokens) {
  const bool given = ready.sample->answer.has_value();
  const plan::Serves serves{model.record().probes, max_new_tokens.value_or(default_new_tokens)};
  VariantsOf variants(ready, model);
  std::vector<plan::Wish> wishes;
  std::vector<std::optional<uint64_t>> announced;
  bool generate = false;
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
    Pass& pass = plan.passes.emplace_back();
    pass.variant = variant;
    for (const plan::Wish& wish : wishes) {
      if (wish.variant == variant) pass.wishes.push_back(wish);
    }
    const bool answer = variant == 0 ? generate
                                     : std::any_of(pass.wishes.begin(), pass.wishes.end(),
                                                   [](const plan::Wish& wish) { return wish.answer; });
    if (answer && !given && max_new_tokens && *max_new_tokens == 0) {
      throw Error(OC_E_OPTION, "a method needs the answer, but --max-new-tokens 0 forbids one");
    }
    // The user's own number asks for an answer of the clean input even if no method does.
    const bool asked = answer || (variant == 0 && max_new_tokens);
    pass.max_new_tokens = given || !asked ? 0 : max_new_tokens.value_or(default_new_tokens);
    const services::LayoutBook& layouts = *ready.context->layouts_of(variant);
    pass.merged = plan::merge(pass.wishes, layouts.prompt_tokens(), pass.max_new_tokens);
    pass.raw = std::make_unique<plan::MergedPlan>(pass.merged, pass.max_new_tokens);
    for (size_t i = 0; i < methods.size(); ++i) {
      if (!announced[i]) plan.method_bytes += delivered_bytes(pass.wishes, i, model, layouts, pass.max_new_tokens);
    }
  }
  for (const std::optional<uint64_t>& bytes : announced) plan.method_bytes += bytes.value_or(0);
  return plan;
}

PlanSummary summarise(const PreparedSample& ready, const SamplePlan& plan, const Model& model) {
  PlanSummary summary;
  summary.method_bytes = plan.method_bytes;
  for (const Pass& pass : plan.passes) {
    PlanSummary::Pass& of = summary.passes.emplace_back();
    if (pass.variant > 0)
      of.variant = fmt::format("question '{}'", std::next(ready.variants.begin(), pass.variant - 1)->text);
    const services::LayoutBook& layouts = *ready.context->layouts_of(pass.variant);
    of.prompt_tokens = layouts.prompt_tokens();
    of.max_new_tokens = pass.max_new_tokens;
    of.prefill_chunks = ready.context->n_images() > 0 ? 2 : 1;
    for (const plan::Merged& merged : pass.merged) {
      const uint64_t bytes = bytes_of(merged, model, layouts, pass.max_new_tokens);
      const oc_layout* layout = layouts.find(merged.stack, 0);
      const size_t rows = merged.rows.size() + (merged.all_steps ? pass.max_new_tokens : merged.steps.size());
      const size_t keys = merged.kind == OC_PROBE_MASS ? merged.groups.size()
                          : !merged.all_keys           ? merged.keys.size()
                          : layout != nullptr          ? static_cast<size_t>(layout->n_tokens)
                                                       : 0;
      const bool rowed = merged.kind == OC_PROBE_ATTENTION || merged.kind == OC_PROBE_MASS;
      of.probes.push_back({merged.stack.empty() ? merged.kind + " " + merged.name : merged.kind + "@" + merged.stack,
                           merged.layers.size(), merged.heads.size(), rows, rowed ? keys : 0, bytes});
      summary.capture_bytes += bytes;
    }
    const oc_cost cost = model.estimate(ready.input(pass.variant), pass.raw->raw());
    summary.weight_bytes = std::max(summary.weight_bytes, cost.weight_bytes);
    summary.activation_bytes = std::max(summary.activation_bytes, cost.activation_bytes);
  }
  return summary;
}

SampleResult execute_sample(PreparedSample& ready, const SamplePlan& plan, Model& model,
                            std::vector<std::unique_ptr<Method>>& methods, const std::function<void()>& on_step) {
  services::SampleContext& context = *ready.context;
  SampleResult result;
  result.prompt = rendered_prompt(context);
  for (const Pass& pass : plan.passes) run_pass(pass, ready, model, methods, result, on_step);
  if (ready.sample->answer) {
    result.has_answer = true;
    result.answer.text = *ready.sample->answer;
  } else if (plan.passes.front().max_new_tokens > 0) {
    result.has_answer = true;
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
