// A method that asks for masked inputs, as a stranger's may, rightly or not.
#include <ocellus/sdk.hpp>
#include <string>
#include <vector>
using namespace ocellus;

struct Masked : Method {
  struct Options : OptionSet {
    IntegerOption cell{*this, "cell", "0", "that is masked", -10, 100000};
    IntegerOption image{*this, "image", "0", "whose cell it is", -10, 100};
    IntegerOption fill{*this, "fill", "0", "OC_FILL_*", 0, 100};
    TextOption probe{*this, "probe", "target/1", "what is asked of it"};
  } options;

  void plan(const Run&, Plan& plan) override {
    const uint32_t variant = plan.with_mask({.image = static_cast<int32_t>(options.image.value()),
                                             .fill = static_cast<uint32_t>(options.fill.value()),
                                             .cells = {options.cell.value(), options.cell.value()}});
    Probe probe{.kind = "", .variant = variant};
    const std::string kind = options.probe.value();
    probe.kind = kind.c_str();
    if (kind == OC_PROBE_TARGET || kind == OC_PROBE_GRADIENT) probe.target = Target{.score = OC_SCORE_LOG_PROBABILITY};
    plan.probe(probe);
  }
  void capture(const Run&, const Capture& capture) override {
    scores_.assign(capture.values().flat().begin(), capture.values().flat().end());
  }
  void finish(const Run& run) override {
    const auto n = static_cast<int64_t>(scores_.size());
    run.artifact("tensors/1").tensor("scores", scores_, {n}).commit();
  }

  std::vector<float> scores_;
};

OCELLUS_METHOD(Masked, {"org.example.masked", "1.0.0", "Nobody", "MIT"},
               {.id = "masked",
                .summary = "scores of the answer under a masked cell",
                .probes = {"logits/1@language"},
                .produces = {"tensors/1"}})
