// head-stats: how much each head carries from the image to the text and back, by the definition of the LLaVA head
// study:
//
//   T2V[l, h] = mean over text rows q of the sum over image keys k of A[l, h, q, k]
//   V2T[l, h] = mean over image rows q of the sum over text keys k of A[l, h, q, k],   total = T2V + V2T
//
// of the prompt, from masses alone: no T x T matrix is kept. In a vision tower that sees the question (QA-ViT) V2T is
// the patches' attention to the question, and T2V is not defined: the question's tokens are keys alone
// (docs/methods.md).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ocellus/sdk.hpp>

#include "plugins/methods/head_stats/head_statistics.hpp"
#include "plugins/methods/head_stats/mean_masses.hpp"
#include "plugins/methods/head_stats/options.hpp"
#include "plugins/methods/head_stats/token_groups.hpp"

namespace ocellus::methods {
namespace {

// Where the measures of one grouping stand among all.
struct Flow {
  std::string name;  // "honest", "upstream"
  size_t text_to_visual, visual_to_text;
};

class HeadStats : public Method {
 public:
  HeadStatsOptions options;

  void validate() const {
    if (options.range_min.value() >= options.range_max.value())
      throw Error(OC_E_OPTION, "range-min must be smaller than range-max");
  }

  void plan(const Run& run, Plan& plan) override {
    if (run.has_stack("language")) {
      plan_decoder(run, plan);
    } else {
      plan_tower(run, plan);
    }
  }

  void capture(const Run&, const Capture& piece) override { masses_.add(piece); }

  void finish(const Run& run) override {
    ArtifactWriter artifact = run.artifact("head-table/1");
    if (flows_.empty()) {
      put_tower(artifact);
    } else {
      put_decoder(artifact);
    }
    artifact.tensor("layers", layers_, {static_cast<int64_t>(layers_.size())})
        .tensor("heads", heads_, {static_cast<int64_t>(heads_.size())});
    artifact.commit();
  }

 private:
  void plan_decoder(const Run& run, Plan& plan) {
    const int64_t n_tokens = run.prompt_tokens();
    const std::span<const oc_segment> segments = run.segments("language");
    groups_ = token_groups(segments, n_tokens);
    const Sides honest = honest_sides(segments, n_tokens), upstream = upstream_sides(segments, n_tokens);
    if (honest.image.empty()) throw Error(OC_E_SAMPLE, "it needs an image, and this sample has none");
    if (honest.text.empty() || upstream.text.empty())
      throw Error(OC_E_SAMPLE, "the text group is empty: nothing but image, system message and BOS is in the prompt");
    Tokens after_image = honest.text;
    std::erase_if(after_image, [&](int64_t token) { return token < honest.image.back(); });
    if (after_image.empty()) throw Error(OC_E_SAMPLE, "no text stands after the image, so no row of text can see it");
    sees_text_ = honest.text.front() < honest.image.back();

    std::vector<Select> keys;
    std::vector<Measure> measures;
    for (const TokenGroup& group : groups_) keys.push_back(Select::indices(group.tokens));
    for (const TokenGroup& queries : groups_) {
      for (size_t group = 0; group < groups_.size(); ++group) measures.push_back({queries.tokens, group});
    }
    const size_t image_keys = keys.size();
    keys.push_back(Select::indices(honest.image));
    const auto add_flow = [&](const char* name, const Sides& sides) {
      measures.push_back({sides.text, image_keys});
      measures.push_back({sides.image, keys.size()});
      keys.push_back(Select::indices(sides.text));
      return Flow{name, measures.size() - 2, measures.size() - 1};
    };
    flows_ = {add_flow("honest", honest), add_flow("upstream", upstream)};
    if (options.text_group.value() == "upstream") std::swap(flows_[0], flows_[1]);
    after_image_ = measures.size();
    measures.push_back({after_image, image_keys});

    const oc_stack& stack = run.stack("language");
    layers_ = options.layers.resolve("layer", stack.n_layers);
    if (layers_.empty()) layers_ = every(stack.n_layers);  // auto
    heads_ = every(stack.n_heads);
    plan.announce(layers_.size() * heads_.size() * measures.size() * (sizeof(double) + sizeof(float)));
    masses_ = MeanMasses(std::move(measures), n_tokens);
    plan.probe({.kind = OC_PROBE_MASS,
                .layers = Select::indices(layers_),
                .queries = Select::indices(every(n_tokens)),
                .groups = std::move(keys)});
  }

  void plan_tower(const Run& run, Plan& plan) {
    if (options.text_group.value() == "upstream")
      throw Error(OC_E_OPTION, "text-group=upstream is how a study splits prompts, and this model has none");
    const std::vector<int64_t> aware = run.question_aware_layers("vision");
    if (aware.empty()) {
      throw Error(OC_E_UNSUPPORTED,
                  "no layer of this tower sees the question, so that nothing goes from text to image or back");
    }
    std::vector<int64_t> patches;
    for (const oc_cell& cell : run.cells("vision")) patches.push_back(cell.token);
    if (patches.empty()) throw Error(OC_E_SAMPLE, "it needs an image, and this sample has none");
    const oc_stack& stack = run.stack("vision");
    const auto chosen =
        options.layers.resolve_among("vision layer", stack.n_layers, aware, "does not see the question");
    layers_ = chosen.indices.empty() ? aware : chosen.indices;
    left_out_ = chosen.left_out;
    heads_ = every(stack.n_heads);
    plan.announce(layers_.size() * heads_.size() * (sizeof(double) + sizeof(float)));
    masses_ = MeanMasses({{patches, 0}}, run.layout("vision", static_cast<uint32_t>(layers_.front())).n_tokens);
    plan.probe({.kind = OC_PROBE_MASS,
                .stack = "vision",
                .layers = Select::indices(layers_),
                .queries = Select::indices(std::move(patches)),
                .groups = {Select::indices(run.question_keys("vision"))}});
  }

  void put_tower(ArtifactWriter& artifact) const {
    put(artifact, "visual_to_text", masses_.table(0, layers_));
    artifact.text("quantities", "visual_to_text")
        .text("title.visual_to_text", "patches to the question (V2T)")
        .text("undefined.text_to_visual", "the question's tokens are keys alone and look at nothing")
        .text("text_group", "question");
    if (!left_out_.empty()) artifact.text("layers.left_out", fmt::format("{}", fmt::join(left_out_, "+")));
  }

  void put_decoder(ArtifactWriter& artifact) const {
    put_flow(artifact, flows_[0], "");
    put_flow(artifact, flows_[1], flows_[1].name + ".");
    put(artifact, key_after_image(), masses_.table(after_image_, layers_));
    put_mass(artifact);
    artifact.text("quantities", "text_to_visual visual_to_text total")
        .text("title.text_to_visual", "text to image (T2V)")
        .text("title.visual_to_text", "image to the text before it (V2T)")
        .text("title.total", "total (T2V + V2T)")
        .text("text_group", flows_[0].name);
    if (!sees_text_) {
      artifact.text("degenerate.visual_to_text",
                    "no text stands before the image, so its rows can see none: V2T is exactly 0");
    }
    for (const TokenGroup& group : groups_)
      artifact.number(("tokens." + group.name).c_str(), static_cast<double>(group.tokens.size()));
  }

  static std::vector<int64_t> every(int64_t count) {
    std::vector<int64_t> numbers(static_cast<size_t>(count));
    for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<int64_t>(i);
    return numbers;
  }

  std::string key_after_image() const {
    return (flows_[0].name == "honest" ? "" : "honest.") + std::string("post_image_text_to_visual");
  }

  void put(ArtifactWriter& artifact, const std::string& key, const std::vector<double>& values) const {
    artifact.tensor(key.c_str(), std::vector<float>(values.begin(), values.end()),
                    {static_cast<int64_t>(layers_.size()), static_cast<int64_t>(heads_.size())});
  }

  void put_flow(ArtifactWriter& artifact, const Flow& flow, const std::string& prefix) const {
    const std::vector<double> to_visual = masses_.table(flow.text_to_visual, layers_),
                              to_text = masses_.table(flow.visual_to_text, layers_);
    std::vector<double> total = to_visual;
    for (size_t i = 0; i < total.size(); ++i) total[i] += to_text[i];
    put(artifact, prefix + "text_to_visual", to_visual);
    put(artifact, prefix + "visual_to_text", to_text);
    put(artifact, prefix + "total", total);
  }

  // [layers, heads, query groups, key groups]
  void put_mass(ArtifactWriter& artifact) const {
    const size_t n = groups_.size(), n_tables = n * n, n_cells = layers_.size() * heads_.size();
    std::vector<float> mass(n_cells * n_tables);
    for (size_t measure = 0; measure < n_tables; ++measure) {
      const std::vector<double> values = masses_.table(measure, layers_);
      for (size_t cell = 0; cell < n_cells; ++cell) mass[cell * n_tables + measure] = static_cast<float>(values[cell]);
    }
    std::string names;
    for (const TokenGroup& group : groups_) names += (names.empty() ? "" : " ") + group.name;
    const auto size = static_cast<int64_t>(n);
    artifact
        .tensor("mass", std::move(mass),
                {static_cast<int64_t>(layers_.size()), static_cast<int64_t>(heads_.size()), size, size})
        .text("mass_groups", names);
  }

  std::vector<TokenGroup> groups_;
  std::vector<Flow> flows_;  // the chosen grouping first; none of a tower
  size_t after_image_ = 0;   // the measure of text rows after the image
  bool sees_text_ = true;    // some text stands before the image's end
  std::vector<int64_t> layers_, left_out_, heads_;
  MeanMasses masses_;
};

}  // namespace
}  // namespace ocellus::methods

OCELLUS_METHOD(ocellus::methods::HeadStats, {"org.ocellus.head-stats", "0.1.0", "Ocellus", "Apache-2.0"},
               {.id = "head-stats",
                .summary = "how much each head carries from image to text and back",
                .probes = {"attention-mass/1@language|attention-mass/1@vision"},
                .produces = {"head-table/1", "histograms/1", "table/1", "head-records/1"},
                .reduction = &ocellus::ReductionThunks<ocellus::methods::HeadStatistics>::table})
