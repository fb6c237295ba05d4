#include "host/run/prepared_sample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <ocellus/sdk/descriptor.hpp>
#include <ocellus/sdk/error.hpp>
#include <span>
#include <utility>
#include <vector>

#include "host/faithfulness/masking.hpp"
#include "host/run/data_set.hpp"
#include "host/run/sample_record.hpp"
#include "host/store/npy.hpp"

namespace ocellus::run {
namespace {

// An array [draws, ...] of float32.
store::Array read_noise(const std::string& path) {
  const std::string text = read_text_file(path);
  try {
    store::Array noise = store::parse_npy(std::as_bytes(std::span(text)), path);
    if (noise.type == store::Array::Type::f32 && !noise.shape.empty()) return noise;
  } catch (const Error& error) {
    throw Error(OC_E_MODEL, error.what());
  }
  throw Error(OC_E_MODEL, fmt::format("{} is no noise: it must hold floating-point numbers [draws, ...]", path));
}

bool are_equal(const oc_noise& a, const oc_noise& b) {
  return a.space == b.space && a.draw == b.draw && a.seed == b.seed && a.std == b.std && a.limit == b.limit;
}

}  // namespace

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

const Model::Prepared& PreparedSample::input(uint32_t number) const {
  if (number == 0 || !variant(number).prepared) return *prepared;
  return *variant(number).prepared;
}

const plan::Knockout* PreparedSample::knockout(uint32_t number) const {
  if (number == 0 || variant(number).kind != OC_VARIANT_KNOCKOUT) return nullptr;
  return &variant(number).knockout;
}

PreparedSample prepare(const Sample& sample, const Model& model, media::Decoder& decoder) {
  if (!sample.fault.empty()) throw Error(OC_E_SAMPLE, sample.fault);
  PreparedSample ready;
  ready.sample = &sample;
  ready.context = std::make_unique<services::SampleContext>(decoder, sample.images);
  services::SampleContext& context = *ready.context;
  for (size_t i = 0; sample.is_blank && i < context.n_images(); ++i)
    context.replace(i, faithfulness::fill_of(context.picture(i), faithfulness::Fill::mean));
  for (const Box& box : sample.boxes)
    context.add_box(box.label, {nullptr, box.image, 0, box.x0, box.y0, box.x1, box.y1});
  context.texts["id"] = sample.id.empty() ? sample.folder : sample.id;
  context.texts["question"] = sample.question();
  put_facts(context, sample.facts);
  context.stacks = model.stacks();
  context.token_bytes = [&model](int64_t id) { return model.token_bytes(id); };
  context.encode = [&model](std::string_view text) { return model.text_ids(text); };
  ready.prepared.emplace(model.prepare(sample, context.pictures(), context.layouts));
  context.answer_tokens = context.layouts.given_answer_tokens();
  if (sample.answer) context.texts["answer"] = *sample.answer;
  return ready;
}

uint32_t VariantsOf::add(const oc_variant& variant) {
  if (variant.kind == OC_VARIANT_QUESTION) return add_question(variant);
  if (variant.kind == OC_VARIANT_NOISE) return add_noise(read_descriptor(variant.noise, "noise"));
  if (variant.kind == OC_VARIANT_KNOCKOUT) return add_knockout(read_descriptor(variant.knockout, "a knock-out"));
  if (variant.kind == OC_VARIANT_MASK) return add_mask(read_descriptor(variant.mask, "a mask"));
  throw Error(OC_E_UNSUPPORTED, fmt::format("variants of kind {} are unknown to this host", variant.kind));
}

uint32_t VariantsOf::kind_of(uint32_t variant) const {
  return variant > 0 ? ready_.variant(variant).kind : 0;
}

template <class Same>
std::optional<uint32_t> VariantsOf::number_of(const Same& same) const {
  const auto at = std::find_if(ready_.variants.begin(), ready_.variants.end(), same);
  if (at == ready_.variants.end()) return std::nullopt;
  return static_cast<uint32_t>(std::distance(ready_.variants.begin(), at)) + 1;
}

uint32_t VariantsOf::add_question(const oc_variant& variant) {
  if (variant.text == nullptr) throw Error(OC_E_INTERNAL, "a variant without text");
  const auto known = number_of(
      [&](const PreparedSample::Variant& other) { return other.kind == variant.kind && other.text == variant.text; });
  if (known) return *known;
  services::LayoutBook layouts;
  Model::Prepared prepared =
      model_.prepare(with_question(*ready_.sample, variant.text), ready_.context->pictures(), layouts);
  ready_.variants.push_back({.kind = variant.kind, .text = variant.text, .prepared = std::move(prepared)});
  ready_.context->variants.emplace_back(std::move(layouts));
  return static_cast<uint32_t>(ready_.variants.size());
}

uint32_t VariantsOf::add_noise(const oc_noise& noise) {
  if (noise.space > OC_NOISE_IMAGE || !std::isfinite(noise.std) || noise.std < 0 || !(noise.limit >= 0))
    throw Error(OC_E_INTERNAL, "malformed noise");
  if (ready_.context->n_images() == 0) throw Error(OC_E_SAMPLE, "noise needs an image, and this sample has none");
  const std::string file = noise.file != nullptr ? noise.file : "";
  const auto known = number_of([&](const PreparedSample::Variant& other) {
    return other.kind == OC_VARIANT_NOISE && other.noise_file == file && are_equal(other.noise, noise);
  });
  if (known) return *known;
  PreparedSample::Variant variant{.kind = OC_VARIANT_NOISE, .noise = noise, .noise_file = file};
  variant.noise.file = nullptr;
  variant.noise.values = nullptr;
  variant.noise.n_values = 0;
  if (!file.empty()) {
    auto at = ready_.noise_files.find(file);
    if (at == ready_.noise_files.end()) at = ready_.noise_files.emplace(file, read_noise(file)).first;
    const store::Array& all = at->second;
    const auto draws = static_cast<uint64_t>(all.shape.front());
    if (noise.draw >= draws) {
      throw Error(OC_E_MODEL, fmt::format("{} has noise for {} draw{}, and {} are asked for", file, draws,
                                          draws == 1 ? "" : "s", noise.draw + 1));
    }
    const size_t count = all.bytes.size() / sizeof(float) / draws;
    variant.noise.values = reinterpret_cast<const float*>(all.bytes.data()) + noise.draw * count;
    variant.noise.n_values = count;
  }
  return add_clean(std::move(variant));
}

uint32_t VariantsOf::add_knockout(const oc_knockout& knockout) {
  const services::SampleContext& context = *ready_.context;
  const plan::Knockout resolved = resolve_knockout(knockout, context, model_);
  const auto known = number_of([&](const PreparedSample::Variant& other) {
    return other.kind == OC_VARIANT_KNOCKOUT && other.knockout == resolved;
  });
  return known ? *known : add_clean({.kind = OC_VARIANT_KNOCKOUT, .knockout = resolved});
}

uint32_t VariantsOf::add_mask(const oc_mask& mask) {
  constexpr std::array fills{faithfulness::Fill::mean, faithfulness::Fill::blur, faithfulness::Fill::black};
  const oc_layout* const layout = ready_.context->layouts.widest("language");
  if (layout == nullptr)
    throw Error(OC_E_UNSUPPORTED, "the model has no stack called language, whose cells are masked");
  const std::span<const oc_grid> grids(layout->grids, layout->n_grids);
  const auto grid =
      std::find_if(grids.begin(), grids.end(), [&](const oc_grid& each) { return each.image == mask.image; });
  if (grid == grids.end() || mask.fill >= fills.size() || (mask.cells == nullptr && mask.n_cells > 0))
    throw Error(OC_E_INTERNAL, "a malformed mask");
  PreparedSample::Mask resolved{mask.image, fills[mask.fill], {}};
  for (const int64_t cell : std::span(mask.cells, mask.n_cells)) {
    if (cell < 0 || cell >= int64_t{grid->rows} * grid->cols)
      throw Error(OC_E_INTERNAL, fmt::format("it masked cell {} of a grid of {} x {}", cell, grid->rows, grid->cols));
    resolved.cells.push_back(static_cast<uint32_t>(cell));
  }
  std::sort(resolved.cells.begin(), resolved.cells.end());
  resolved.cells.erase(std::unique(resolved.cells.begin(), resolved.cells.end()), resolved.cells.end());
  const auto known = number_of(
      [&](const PreparedSample::Variant& other) { return other.kind == OC_VARIANT_MASK && other.mask == resolved; });
  return known ? *known : add_clean({.kind = OC_VARIANT_MASK, .mask = std::move(resolved)});
}

uint32_t VariantsOf::add_clean(PreparedSample::Variant variant) {
  ready_.variants.push_back(std::move(variant));
  ready_.context->variants.emplace_back(std::nullopt);
  return static_cast<uint32_t>(ready_.variants.size());
}

plan::Knockout resolve_knockout(const oc_knockout& knockout, const services::SampleContext& context,
                                const Model& model) {
  expect_knockouts(model.record());
  const oc_stack* const stack = model.stack("language");
  const oc_layout* const layout = context.layouts.widest("language");
  if (stack == nullptr || layout == nullptr)
    throw Error(OC_E_INTERNAL, "a model that serves knockout/1@language has no stack of that name");
  return plan::resolve(knockout, *stack, *layout, context.most_answer_tokens);
}

bool serves_knockouts(const registry::PluginRecord& model) {
  return model.serves(std::string(OC_PROBE_KNOCKOUT) + "@language");
}

void expect_knockouts(const registry::PluginRecord& model) {
  if (serves_knockouts(model)) return;
  throw Error(
      OC_E_UNSUPPORTED,
      fmt::format("models of {} have no attention that can be knocked out: there is no knockout/1@language among "
                  "what they serve",
                  model.id));
}

const PreparedSample::Answered& answered_with(const std::string& answer, PreparedSample& ready, const Model& model) {
  const auto known = ready.answered.find(answer);
  if (known != ready.answered.end()) return known->second;
  Sample changed = *ready.sample;
  changed.answer = answer;
  services::LayoutBook layouts;
  Model::Prepared prepared = model.prepare(changed, ready.context->pictures(), layouts);
  return ready.answered.emplace(answer, PreparedSample::Answered{std::move(prepared), std::move(layouts)})
      .first->second;
}

}  // namespace ocellus::run
