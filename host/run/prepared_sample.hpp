// A sample as the model is given it, and the other inputs that methods derive from it.
#pragma once

#include <ocellus/abi/probe.h>

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/faithfulness/settings.hpp"
#include "host/plan/knockout.hpp"
#include "host/run/model.hpp"
#include "host/run/sample.hpp"
#include "host/services/sample_context.hpp"
#include "host/store/array.hpp"

namespace ocellus::run {

// A sample whose pictures are decoded and whose layout is known.
struct PreparedSample {
  const Sample* sample = nullptr;
  std::unique_ptr<services::SampleContext> context;
  std::optional<Model::Prepared> prepared;

  struct Mask {
    int32_t image = 0;
    faithfulness::Fill fill = faithfulness::Fill::mean;
    std::vector<uint32_t> cells{};  // sorted, without duplicates
    bool operator==(const Mask&) const = default;
  };
  // Another input derived from it; number k + 1 stands at place k.
  struct Variant {
    uint32_t kind;
    std::string text{};                         // of another question
    std::optional<Model::Prepared> prepared{};  // of another question
    oc_noise noise{};                           // of noise; its values belong to noise_files
    std::string noise_file{};                   // empty: drawn
    plan::Knockout knockout{};                  // of a knock-out
    Mask mask{};                                // of masked cells
  };
  std::list<Variant> variants;
  std::map<std::string, store::Array> noise_files;  // by path

  // The clean input with another given answer, for targets of a text.
  struct Answered {
    Model::Prepared prepared;
    services::LayoutBook layouts;
  };
  std::map<std::string, Answered> answered;  // by the answer

  const Variant& variant(uint32_t number) const { return *std::next(variants.begin(), number - 1); }
  // What the model is given for a variant; under noise and knock-outs that is the clean input. Pictures are masked when
  // they are shown (mask_pass.hpp).
  const Model::Prepared& input(uint32_t variant) const;
  // NULL = nothing is knocked out.
  const plan::Knockout* knockout(uint32_t variant) const;
};

// The text of the last user turn replaced; its pictures stay where they are. Throws Error(OC_E_SAMPLE) without such a
// turn.
Sample with_question(const Sample& sample, const std::string& text);

// [any] thread. Throws Error(OC_E_SAMPLE) for a sample that has a fault.
PreparedSample prepare(const Sample& sample, const Model& model, media::Decoder& decoder);

// Adds variants to a sample. Throws Error(OC_E_MODEL) for a noise file that cannot be read, Error(OC_E_UNSUPPORTED) for
// a knock-out that the model does not serve, and as plan::resolve.
class VariantsOf final : public services::Variants {
 public:
  // Both are borrowed.
  VariantsOf(PreparedSample& ready, const Model& model) : ready_(ready), model_(model) {}

  uint32_t add(const oc_variant& variant) override;
  uint32_t kind_of(uint32_t variant) const override;

 private:
  // Of the variant that is there already.
  template <class Same>
  std::optional<uint32_t> number_of(const Same& same) const;
  uint32_t add_question(const oc_variant& variant);
  uint32_t add_noise(const oc_noise& noise);
  uint32_t add_knockout(const oc_knockout& knockout);
  uint32_t add_mask(const oc_mask& mask);
  uint32_t add_clean(PreparedSample::Variant variant);  // one with the clean input's layout

  PreparedSample& ready_;
  const Model& model_;
};

// Whether attention can be knocked out, and tokens forced.
bool serves_knockouts(const registry::PluginRecord& model);

// Throws Error(OC_E_UNSUPPORTED) for a model that serves no knock-outs.
void expect_knockouts(const registry::PluginRecord& model);

// Of the clean input; after the plan too. Throws as expect_knockouts and plan::resolve.
plan::Knockout resolve_knockout(const oc_knockout& knockout, const services::SampleContext& context,
                                const Model& model);

// The sample with `answer` given, prepared when first asked for.
const PreparedSample::Answered& answered_with(const std::string& answer, PreparedSample& ready, const Model& model);

}  // namespace ocellus::run
