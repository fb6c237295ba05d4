// relevancy: what the answer's tokens read of every image's cells, by attention times its gradient, followed through
// the layers of the decoder.
//
//   Abar[l] = mean_h ReLU(A[l, h] * dS/dA[l, h]),   map[r, c] = mean_i (e_i (I + Abar[L-1]) ... (I + Abar[0]))[token(r,
//   c)]
//
// over the rows i that produce the target's tokens; S: the sum of their scores (docs/methods.md). After Chefer, Gur and
// Wolf, Generic Attention-model Explainability, 2021. A vision tower that answers nothing (QA-ViT): the same over the
// rows i of all patches, of log S, where S is how much the question changes the image features.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <ocellus/sdk.hpp>

#include "plugins/methods/common/map_artifact.hpp"
#include "plugins/methods/common/mass_groups.hpp"
#include "plugins/methods/common/target.hpp"
#include "plugins/methods/relevancy/relevance.hpp"

namespace ocellus::methods {
namespace {

constexpr const char* default_score = "log-probability";

class Relevancy : public Method {
 public:
  struct Options : OptionSet {
    IndexSetOption layers{*this, "layers", "all", "layers that relevance is followed through, or shown of"};
    BoolOption propagate{*this, "propagate", "on", "follow relevance through the layers; off: each layer by itself"};
    ChoiceOption reduce{*this,
                        "reduce",
                        "none",
                        "of propagate=off: what to do with several layers",
                        {{"none", "keep a stack"}, {"mean", "average them into one map"}}};
    IndexOption heads{*this, "heads", "mean", "what to do with the heads, or the number of one", {{"mean", "average"}}};
    TargetOptions target{*this, default_score};
  } options;

  void validate() const {
    (void)options.target.value();
    if (options.propagate.value() && options.reduce.value() != "none")
      throw Error(OC_E_OPTION, "reduce is for propagate=off: relevance that is followed through the layers is one map");
  }

  void plan(const Run& run, Plan& plan) override {
    tower_ = !run.has_stack("language");
    stack_ = tower_ ? "vision" : "language";
    if (run.grids(stack_).empty()) throw Error(OC_E_SAMPLE, "it needs an image, and this sample has none");
    if (tower_) refuse_for_towers();
    const oc_stack& stack = run.stack(stack_);
    layers_ = options.layers.resolve(tower_ ? "vision layer" : "layer", stack.n_layers);
    if (layers_.empty()) {  // auto
      layers_.resize(static_cast<size_t>(stack.n_layers));
      std::iota(layers_.begin(), layers_.end(), int64_t{0});
    }
    target_ = tower_ ? Target{.tokens = OC_TARGET_FEATURES} : options.target.value();
    score_ = 0;
    n_tokens_ = 0;
    relevance_ = {};
    groups_ = tower_ ? tower_mass_groups(run) : mass_groups(run);

    Probe attention{
        .kind = OC_PROBE_ATTENTION_GRADIENT, .stack = stack_, .layers = Select::indices(layers_), .target = target_};
    if (options.heads.is_number()) attention.heads = Select::indices({options.heads.number("head", stack.n_heads)});
    if (way() == Relevance::Way::each_layer) attention.queries = tower_ ? Select::images() : Select::answer();
    score_probe_ = plan.probe({.kind = OC_PROBE_TARGET, .stack = stack_, .target = target_});
    plan.probe(attention);
    plan.announce(Relevance::bytes(way(), most_tokens(run), layers_.size()));
  }

  void capture(const Run& run, const Capture& capture) override {
    if (capture.probe() != score_probe_) return relevance_.add(capture);
    const std::span<const float> scores = capture.values().flat();
    score_ = std::accumulate(scores.begin(), scores.end(), 0.0);
    n_tokens_ = scores.size();
    if (tower_) {
      // Of the logarithm: features have no scale of their own, and products of layers would be of its powers.
      relevance_ = Relevance(way(), patches(run), score_ > 0 ? score_ : 1);
      return;
    }
    // Row i produces token i + 1.
    std::vector<int64_t> producing(scores.size());
    std::iota(producing.begin(), producing.end(), run.prompt_tokens() - 1 + target_.index);
    relevance_ = Relevance(way(), std::move(producing));
  }

  void finish(const Run& run) override {
    MapDescription description{layers_, {}, {}};
    for (const MassGroup& group : groups_) description.mass_groups.push_back(group.name);
    description.texts = {{"heads", options.heads.value()},
                         {"propagate", options.propagate.value() ? "on" : "off"},
                         {"target", tower_ ? "features" : target_text(target_)},
                         {"score", tower_ ? "logarithm" : options.target.score.value()}};
    if (options.propagate.value()) description.texts.emplace_back("layers.how", "through");
    description.numbers = {{"target.value", score_}};
    if (!tower_) description.numbers.emplace_back("target.tokens", static_cast<double>(n_tokens_));
    for (const oc_grid& grid : run.grids(stack_)) {
      std::vector<LayerMap> maps;
      if (way() == Relevance::Way::through_layers) {
        maps.push_back(map_of(run, grid, relevance_.through_layers(), relevance_.has_gradient()));
      } else {
        for (const int64_t layer : layers_)
          maps.push_back(map_of(run, grid, relevance_.in_layer(layer), relevance_.has_gradient(layer)));
      }
      if (maps.size() > 1 && options.reduce.value() == "none") {
        emit_stack(run, grid, description, maps);
      } else {
        emit_mean(run, grid, description, maps);
      }
    }
  }

 private:
  Relevance::Way way() const {
    return options.propagate.value() ? Relevance::Way::through_layers : Relevance::Way::each_layer;
  }

  // What towers do not have. A default that is written out cannot be told from one that is not.
  void refuse_for_towers() const {
    if (target_text(options.target.value()) != "answer" || options.target.score.value() != default_score)
      throw Error(OC_E_UNSUPPORTED,
                  "target and score are about an answer, and this model gives none: its relevance is of what the "
                  "question changes in the image features");
  }

  // The rows that relevance starts from in a tower.
  static std::vector<int64_t> patches(const Run& run) {
    std::vector<int64_t> tokens;
    for (const oc_cell& cell : run.cells("vision")) tokens.push_back(cell.token);
    std::sort(tokens.begin(), tokens.end());
    return tokens;
  }

  int64_t most_tokens(const Run& run) const {
    const oc_layout& layout = run.layout(stack_);
    if (!tower_) return std::max(layout.n_tokens, run.prompt_tokens() + run.most_answer_tokens());
    return layout.n_tokens - layout.n_keys_only + static_cast<int64_t>(run.question_keys(stack_).size());
  }

  // Of the tokens' relevance, the cells of one image.
  LayerMap map_of(const Run& run, const oc_grid& grid, const std::vector<double>& relevance, bool has_gradient) const {
    LayerMap map;
    map.values.resize(size_t{grid.rows} * grid.cols);
    const auto of_token = [&](int64_t token) {
      return token < static_cast<int64_t>(relevance.size()) ? relevance[static_cast<size_t>(token)] : 0.0;
    };
    for (const oc_cell& cell : run.cells(stack_)) {
      if (cell.image != grid.image) continue;
      map.values[static_cast<size_t>(cell.row) * grid.cols + static_cast<size_t>(cell.col)] =
          static_cast<float>(of_token(cell.token));
    }
    for (const MassGroup& group : groups_) {
      double mass = 0;
      for (const int64_t token : members(run, group, static_cast<int64_t>(relevance.size()))) mass += of_token(token);
      map.mass.push_back(mass);
    }
    if (std::any_of(map.values.begin(), map.values.end(), [](float value) { return value > 0; })) return map;
    map.degenerate =
        tower_ && score_ == 0 ? "the question changes nothing in the image features"
        : has_gradient ? "no cell speaks for the target: more attention to any cell of this image would lower its score"
                       : "the gradient is exactly 0 at all attention: the target does not depend on it";
    return map;
  }

  // Behind the prompt stand the tokens of the answer that the target is about, whichever the layout has.
  static std::vector<int64_t> members(const Run& run, const MassGroup& group, int64_t n_tokens) {
    std::vector<int64_t> tokens;
    if (group.name != "answer") {
      tokens = tokens_of(run, group);
    } else {
      for (int64_t token = run.prompt_tokens(); token < n_tokens; ++token) tokens.push_back(token);
    }
    return tokens;
  }

  bool tower_ = false;  // a model that is nothing else
  const char* stack_ = "language";
  std::vector<int64_t> layers_;
  std::vector<MassGroup> groups_;
  Target target_;
  uint32_t score_probe_ = 0;
  double score_ = 0;  // of the target; S of a tower
  size_t n_tokens_ = 0;
  Relevance relevance_;
};

}  // namespace
}  // namespace ocellus::methods

OCELLUS_METHOD(ocellus::methods::Relevancy, {"org.ocellus.relevancy", "0.1.0", "Ocellus", "Apache-2.0"},
               {.id = "relevancy",
                .summary = "attention times its gradient, followed through the layers to every image's cells",
                .probes = {"attention-gradient/1@language|attention-gradient/1@vision",
                           "target/1@language|target/1@vision"},
                .produces = {"heatmap/1", "heatmap-stack/1"}})
