// A method that asks for a knock-out, as a stranger's may: logits of the answer's rows, clean and without the picture.
#include <map>
#include <ocellus/sdk.hpp>
#include <span>
#include <string>
#include <vector>
using namespace ocellus;

struct Blinded : Method {
  struct Options : OptionSet {
    IndexSetOption layers{*this, "layers", "all", "in which layers nothing looks at the picture"};
  } options;

  void plan(const Run& run, Plan& plan) override {
    rows_.clear();
    const uint32_t blind =
        plan.with_knockout({.layers = Select::indices(options.layers.resolve("layer", run.stack("language").n_layers)),
                            .from = {Select::answer()},
                            .to = {Select::images()}});
    clean_ = plan.probe({.kind = OC_PROBE_LOGITS, .queries = Select::answer()});
    blind_ = plan.probe({.kind = OC_PROBE_LOGITS, .queries = Select::answer(), .variant = blind});
  }
  void capture(const Run&, const Capture& capture) override {
    for (size_t i = 0; i < capture.rows().size(); ++i) {
      const std::span<const float> row = capture.values().row(i);
      rows_[capture.probe() == blind_].emplace_back(row.begin(), row.end());
    }
  }
  void finish(const Run& run) override {
    ArtifactWriter artifact = run.artifact("tensors/1");
    for (const char* name : {"clean", "blind"}) {
      const auto& rows = rows_.at(name == std::string("blind"));
      std::vector<float> values;
      for (const std::vector<float>& row : rows) values.insert(values.end(), row.begin(), row.end());
      artifact.tensor(name, std::move(values),
                      {static_cast<int64_t>(rows.size()), static_cast<int64_t>(rows.at(0).size())});
    }
    artifact.commit();
  }

  uint32_t clean_ = 0, blind_ = 0;
  std::map<bool, std::vector<std::vector<float>>> rows_;
};

OCELLUS_METHOD(Blinded, {"org.example.blinded", "1.0.0", "Nobody", "MIT"},
               {.id = "blinded",
                .summary = "logits of an answer that does not look at the picture",
                .probes = {"logits/1@language", "knockout/1@language"},
                .produces = {"tensors/1"}})
