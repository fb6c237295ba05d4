// The services that read the sample at hand: layout, tokens, record, media; and the plan.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <ocellus/sdk/descriptor.hpp>
#include <ocellus/sdk/error.hpp>

#include "host/plan/select.hpp"
#include "host/services/sample_context.hpp"
#include "host/services/service_table.hpp"

namespace ocellus::services {

const media::Picture& SampleContext::picture(size_t image) {
  std::optional<media::Picture>& picture = pictures_.at(image);
  if (!picture) picture = decoder_.decode(images_[image]);
  return *picture;
}

std::vector<media::Picture> SampleContext::pictures() {
  std::vector<media::Picture> all;
  for (size_t image = 0; image < n_images(); ++image) all.push_back(picture(image));
  return all;
}

void SampleContext::add_box(std::string label, const oc_box& box) {
  boxes_.push_back(box);
  boxes_.back().label = labels_.emplace_back(std::move(label)).c_str();
}

namespace {

const oc_stack* find_stack(const oc_run* run, const char* name) noexcept {
  for (const oc_stack& stack : run->sample->stacks) {
    if (name != nullptr && std::strcmp(stack.id, name) == 0) return &stack;
  }
  return nullptr;
}

const oc_layout* find_variant_layout(const oc_run* run, uint32_t variant, const char* stack, uint32_t layer) noexcept {
  const LayoutBook* book = run->sample->layouts_of(variant);
  return book != nullptr && stack != nullptr ? book->find(stack, layer) : nullptr;
}

const oc_layout* find_layout(const oc_run* run, const char* stack, uint32_t layer) noexcept {
  return find_variant_layout(run, 0, stack, layer);
}

int64_t prompt_tokens(const oc_run* run) noexcept {
  return run->sample->layouts.prompt_tokens();
}
int64_t answer_tokens(const oc_run* run) noexcept {
  return run->sample->answer_tokens;
}

int64_t most_tokens(const oc_run* run) noexcept {
  return run->sample->most_answer_tokens;
}

const oc_answer_token* generated_tokens(const oc_run* run, size_t* n) noexcept {
  const std::vector<oc_answer_token>& tokens = run->sample->generated;
  *n = tokens.size();
  return tokens.empty() ? nullptr : tokens.data();
}

oc_status token_bytes(const oc_run* run, int64_t id, const char** bytes, size_t* n_bytes) noexcept {
  return serve(run->plugin->host(), [&] {
    if (!run->sample->token_bytes) throw Error(OC_E_UNSUPPORTED, "no model is loaded");
    const std::string_view view = run->sample->token_bytes(id);
    *bytes = view.data();
    *n_bytes = view.size();
  });
}

oc_status token_ids(const oc_run* run, const char* text, int64_t* ids, size_t* n) noexcept {
  return serve(run->plugin->host(), [&] {
    if (!run->sample->encode) throw Error(OC_E_UNSUPPORTED, "no model is loaded");
    if (text == nullptr) throw Error(OC_E_INTERNAL, "it asked for the tokens of no text");
    const std::vector<int64_t> found = run->sample->encode(text);
    if (ids != nullptr) std::copy_n(found.begin(), std::min(found.size(), *n), ids);
    *n = found.size();
  });
}

const char* record_text(const oc_run* run, const char* key) noexcept {
  const auto at = key != nullptr ? run->sample->texts.find(std::string_view(key)) : run->sample->texts.end();
  return at != run->sample->texts.end() ? at->second.c_str() : nullptr;
}

const oc_box* record_boxes(const oc_run* run, size_t* n) noexcept {
  *n = run->sample->boxes().size();
  return run->sample->boxes().data();
}

oc_status picture(const oc_run* run, int32_t image, oc_image* out) noexcept {
  return serve(run->plugin->host(), [&] {
    if (image < 0 || static_cast<size_t>(image) >= run->sample->n_images()) {
      throw Error(OC_E_INTERNAL, fmt::format("it asked for image {} of {}", image, run->sample->n_images()));
    }
    const media::Picture& found = run->sample->picture(static_cast<size_t>(image));
    *out = {static_cast<uint32_t>(found.width), static_cast<uint32_t>(found.height), found.rgb.get()};
  });
}

// Of inputs with masked cells the host tells scores, for which the model gives logits.
plan::Serves of_masked_inputs(const plan::Serves& serves) {
  if (std::find(serves.probes.begin(), serves.probes.end(), std::string(OC_PROBE_LOGITS) + "@language") ==
      serves.probes.end())
    throw Error(OC_E_UNSUPPORTED, "masked cells are judged by logits/1@language, which the model does not serve");
  return {{std::string(OC_PROBE_TARGET) + "@language"}, serves.max_answer_tokens};
}

// Whether gradients of image features can be had.
void expect_features(const oc_plan& plan, uint32_t variant_kind) {
  if (find_stack(plan.run, "language") != nullptr)
    throw Error(OC_E_UNSUPPORTED, "gradients of image features are of models without a language stack");
  if (variant_kind == OC_VARIANT_NOISE)
    throw Error(OC_E_UNSUPPORTED, "gradients of image features are of the clean input, not under noise");
}

oc_status add_probe(oc_plan* plan, const oc_probe* probe, uint32_t* id) noexcept {
  return serve(plan->run->plugin->host(), [&] {
    if (plan->run->sample->layouts_of(probe->variant) == nullptr)
      throw Error(OC_E_INTERNAL, fmt::format("it asked about variant {}, which it did not add", probe->variant));
    const uint32_t kind = probe->variant > 0 ? plan->variants->kind_of(probe->variant) : 0;
    const plan::Serves serves = kind == OC_VARIANT_MASK ? of_masked_inputs(*plan->serves) : *plan->serves;
    const oc_stack* stack = find_stack(plan->run, probe->stack);
    const LayoutBook& layouts = *plan->run->sample->layouts_of(probe->variant);
    plan::Wish wish =
        plan::resolve(*probe, serves, stack, probe->stack != nullptr ? layouts.widest(probe->stack) : nullptr);
    if (kind == OC_VARIANT_NOISE && !wish.target)
      throw Error(OC_E_UNSUPPORTED, fmt::format("under noise there are gradients alone, no {}", wish.kind));
    if (wish.target && (kind == OC_VARIANT_QUESTION || kind == OC_VARIANT_KNOCKOUT))
      throw Error(OC_E_UNSUPPORTED, "gradients are of the clean input or of one under noise");
    const bool of_features = wish.target && wish.target->tokens == OC_TARGET_FEATURES;
    if (of_features) expect_features(*plan, kind);
    wish.method = plan->method;
    wish.id = plan->n_probes++;
    *id = wish.id;
    plan->generate |= wish.answer && (kind == 0 || kind == OC_VARIANT_KNOCKOUT);
    plan->generate |= wish.target && wish.target->tokens != OC_TARGET_TEXT && !of_features;
    plan->wishes->push_back(std::move(wish));
  });
}

oc_status generate(oc_plan* plan) noexcept {
  plan->generate = true;
  return OC_OK;
}

oc_status add_variant(oc_plan* plan, const oc_variant* variant, uint32_t* id) noexcept {
  return serve(plan->run->plugin->host(),
               [&] { *id = plan->variants->add(read_descriptor(variant, "a variant of the input")); });
}

oc_status announce(oc_plan* plan, uint64_t bytes) noexcept {
  plan->announced = plan->announced.value_or(0) + bytes;
  return OC_OK;
}

}  // namespace

const oc_layout_1 layout_service{sizeof(oc_layout_1), 0, find_stack, find_layout, prompt_tokens, answer_tokens};
const oc_tokens_1 tokens_service{sizeof(oc_tokens_1), 0, token_bytes};
const oc_token_ids_1 token_ids_service{sizeof(oc_token_ids_1), 0, token_ids};
const oc_answer_1 answer_service{sizeof(oc_answer_1), 0, most_tokens, generated_tokens};
const oc_record_1 record_service{sizeof(oc_record_1), 0, record_text, record_boxes};
const oc_media_1 media_service{sizeof(oc_media_1), 0, picture};
const oc_plan_1 plan_service{sizeof(oc_plan_1), 0, add_probe, generate};
const oc_variant_1 variant_service{sizeof(oc_variant_1), 0, add_variant, find_variant_layout};
const oc_memory_1 memory_service{sizeof(oc_memory_1), 0, announce};

}  // namespace ocellus::services
