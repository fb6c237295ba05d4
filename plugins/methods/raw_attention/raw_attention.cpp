// raw-attention: the softmax rows of the chosen queries over every image's cells, as the model computed them.
//
//   map[r, c] = reduce over layers of mean over query rows of (mean | max | one | each) over heads of A[layer, head,
//   row, token(r, c)]
//
// With query=generated one such row for each token of the answer, over all tokens before it (token-steps/1).
//
// Reductions go over heads, then rows, then layers, and never renormalise (docs/methods.md).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ocellus/sdk.hpp>
#include <optional>

#include "plugins/methods/common/map_artifact.hpp"
#include "plugins/methods/common/mass_groups.hpp"
#include "plugins/methods/raw_attention/rollout.hpp"
#include "plugins/methods/raw_attention/row_means.hpp"
#include "plugins/methods/raw_attention/sinks.hpp"
#include "plugins/methods/raw_attention/token_steps.hpp"

namespace ocellus::methods {
namespace {

// Zhang et al., MLLMs Know Where to Look, 2025.
constexpr const char* general_question = "Write a general description of the image.";

constexpr const char* windowed = "attends within windows and has no whole rows";

std::string joined(const std::vector<int64_t>& layers) {
  return fmt::format("{}", fmt::join(layers, ", "));
}

class RawAttention : public Method {
 public:
  struct Options : OptionSet {
    IndexSetOption layers{*this, "layers", "-1", "decoder layers; several give a stack in the order written"};
    ChoiceOption reduce{*this,
                        "reduce",
                        "none",
                        "what to do with several layers",
                        {{"none", "keep a stack"}, {"mean", "average them into one map"}}};
    IndexOption heads{*this,
                      "heads",
                      "mean",
                      "what to do with the heads, or the number of one",
                      {{"mean", "average"},
                       {"max", "largest of each cell"},
                       {"each", "keep a stack of all; of one layer, or of the mean of several"}}};
    QueryOption query{*this, "query", "last", "the token whose row is shown"};
    ChoiceOption stack{*this,
                       "stack",
                       "auto",
                       "whose attention",
                       {{"auto", "the decoder's; of a model without one the image tower's"},
                        {"language", "the decoder's"},
                        {"vision", "the image tower's, mean over all its patches"}}};
    BoolOption relative{*this, "relative", "off",
                        "divide by the map of a general question, so that what is looked at anyway goes"};
    ChoiceOption sinks{*this,
                       "sinks",
                       "keep",
                       "image tokens with the hidden state of an attention sink",
                       {{"keep", "show them"}, {"drop", "set their cells to 0 and tell the removed mass"}}};
    RealOption sink_threshold{*this, "sink-threshold", "20", "activation that makes a sink, in RMS of its state", 1,
                              1e6};
    ChoiceOption align{*this,
                       "align",
                       "produced",
                       "of query=generated: which token stands beside a row",
                       {{"produced", "the one that the row chose"},
                        {"upstream", "the one that the row read, one step late and one step fewer"}}};
    BoolOption rollout{*this, "rollout", "off", "attention followed from the input through all layers (O(T^2) memory)"};
  } options;

  void validate() const {
    const auto refuse = [](const char* why) { throw Error(OC_E_OPTION, why); };
    const bool drop = options.sinks.value() == "drop";
    if (options.rollout.value() && options.relative.value()) refuse("rollout and relative exclude each other");
    if (options.rollout.value() && each_head())
      refuse("rollout and heads=each exclude each other: what is followed through the layers is reduced over heads");
    if (options.rollout.value() && drop) refuse("rollout and sinks=drop exclude each other");
    const bool steps = options.query.value().kind == OC_QUERY_GENERATED;
    if (!steps && options.align.value() != "produced") refuse("align is for query=generated");
    if (steps && (options.rollout.value() || options.relative.value() || drop || options.reduce.value() != "none" ||
                  each_head()))
      refuse(
          "query=generated shows each layer's rows, reduced over heads: no rollout, relative, sinks=drop, reduce or "
          "heads=each");
    if (options.stack.value() == "vision") refuse_for_towers();
  }

  void plan(const Run& run, Plan& plan) override {
    attention_ = general_ = {};
    mass_ = {};
    rollout_.reset();
    sinks_.reset();
    steps_.reset();
    groups_.clear();
    stack_ = options.stack.value() != "auto" ? options.stack.value()
             : run.has_stack("language")     ? "language"
                                             : "vision";
    const oc_stack& stack = run.stack(stack_.c_str());
    if (stack_ == "vision") refuse_for_towers();
    if (run.grids(stack_.c_str()).empty()) throw Error(OC_E_SAMPLE, "it needs an image, and this sample has none");
    choose_layers(run, stack);
    Select heads;
    if (options.heads.is_number()) heads = Select::indices({options.heads.number("head", stack.n_heads)});

    Probe probe{.kind = OC_PROBE_ATTENTION, .layers = Select::indices(layers_), .heads = heads};
    if (options.rollout.value()) return plan_rollout(run, plan, probe);
    if (stack_ == "vision") {
      probe.stack = "vision";
      attention_probe_ = plan.probe(probe);
      return plan.announce(layers_.size() * static_cast<uint64_t>(run.layout("vision").n_tokens) * sizeof(double));
    }
    if (options.query.value().kind == OC_QUERY_GENERATED) return plan_steps(run, plan, probe);
    probe.queries = Select::rows(options.query.value());
    probe.keys = Select::images();
    attention_probe_ = plan.probe(probe);
    if (options.relative.value()) {
      probe.variant = plan.with_question(general_question);
      general_probe_ = plan.probe(probe);
      probe.variant = 0;
    }
    groups_ = mass_groups(run);
    probe.kind = OC_PROBE_MASS;
    probe.keys = {};
    for (const MassGroup& group : groups_) probe.groups.push_back(group.select);
    plan.probe(probe);
    if (options.sinks.value() == "drop") {
      sinks_.emplace(options.sink_threshold.value());
      std::vector<int64_t> tokens{0};
      for (const oc_cell& cell : run.cells("language")) tokens.push_back(cell.token);
      sink_probe_ = plan.probe(
          {.kind = OC_PROBE_HIDDEN, .layers = Select::indices(layers_), .queries = Select::indices(std::move(tokens))});
    }
  }

  void capture(const Run&, const Capture& capture) override {
    const HeadReduction heads = each_head()                      ? HeadReduction::none
                                : options.heads.value() == "max" ? HeadReduction::max
                                                                 : HeadReduction::mean;
    if (rollout_) {
      rollout_->add(capture, heads);
    } else if (steps_) {
      steps_->add(capture, heads);
    } else if (capture.probe() == attention_probe_) {
      attention_.add(capture, heads);
    } else if (options.relative.value() && capture.probe() == general_probe_) {
      general_.add(capture, heads);
    } else if (sinks_ && capture.probe() == sink_probe_) {
      sinks_->add(capture);
    } else {
      mass_.add(capture, HeadReduction::mean);
    }
  }

  void finish(const Run& run) override {
    if (steps_) return finish_steps(run);
    if (!rollout_ && attention_.empty()) throw Error(OC_E_SAMPLE, "the query names no token of this sample");
    const std::string& stack = stack_;
    MapDescription description{layers_, {}, {}, options.relative.value()};
    for (const MassGroup& group : groups_) description.mass_groups.push_back(group.name);
    description.texts = {{"heads", options.heads.value()}, {"query", query_text()}};
    if (stack == "vision") description.texts.emplace_back("stack", stack);
    if (!left_out_.empty()) description.texts.emplace_back("layers.left_out", joined(left_out_));
    if (options.rollout.value()) description.texts.emplace_back("rollout", "on");
    if (options.relative.value()) description.texts.emplace_back("relative", general_question);
    for (const oc_grid& grid : run.grids(stack.c_str())) {
      if (each_head()) {
        emit_heads(run, grid, description, maps_of_heads(run, grid));
        continue;
      }
      std::vector<LayerMap> maps;
      for (const int64_t layer : layers_) maps.push_back(map_of(run, grid, layer));
      if (maps.size() > 1 && options.reduce.value() == "none") {
        emit_stack(run, grid, description, maps);
      } else {
        emit_mean(run, grid, description, maps);
      }
    }
  }

 private:
  bool each_head() const { return options.heads.value() == "each"; }

  // What image towers do not have.
  void refuse_for_towers() const {
    const auto refuse = [](const char* why) { throw Error(OC_E_OPTION, why); };
    if (options.query.value().kind != OC_QUERY_LAST)
      refuse("stack=vision averages over all patches and takes no query");
    if (options.relative.value())
      refuse("stack=vision and relative exclude each other: qa-attention compares questions in a tower that sees them");
    if (options.sinks.value() == "drop")
      refuse("stack=vision and sinks=drop exclude each other: sinks are found in decoder layers");
  }

  // Rollout multiplies all layers below, so that it cannot leave one out.
  void choose_layers(const Run& run, const oc_stack& stack) {
    const std::vector<int64_t> whole = run.attention_layers(stack_.c_str());
    const char* what = stack_ == "vision" ? "vision layer" : "layer";
    const auto chosen = options.layers.resolve_among(what, stack.n_layers, whole, windowed);
    layers_ = chosen.indices;
    if (layers_.empty()) layers_ = {whole.back()};  // auto
    n_heads_ = static_cast<size_t>(stack.n_heads);
    if (each_head() && layers_.size() > 1 && options.reduce.value() == "none") {
      throw Error(OC_E_OPTION,
                  "heads=each makes a stack of heads, which has no room for several layers: name one layer, add "
                  "reduce=mean, or ask once for each layer with as=LABEL");
    }
    if (left_out_ == chosen.left_out) return;
    left_out_ = chosen.left_out;
    host().warn("layers=" + options.layers.value() + " leaves out " + joined(left_out_) + ", each of which " +
                windowed);
  }

  void plan_steps(const Run& run, Plan& plan, Probe probe) {
    steps_.emplace(layers_, options.align.value() == "upstream" ? Alignment::upstream : Alignment::produced);
    probe.queries = Select::generated();
    plan.probe(probe);
    plan.announce(TokenSteps::bytes(layers_.size(), run.prompt_tokens(), run.most_answer_tokens()));
  }

  void finish_steps(const Run& run) const {
    std::vector<std::pair<const char*, std::string>> texts{{"heads", options.heads.value()}, {"query", query_text()}};
    if (!left_out_.empty()) texts.emplace_back("layers.left_out", joined(left_out_));
    steps_->emit(run, texts);
  }

  void plan_rollout(const Run& run, Plan& plan, Probe probe) {
    probe.stack = stack_.c_str();
    const int64_t deepest = *std::max_element(layers_.begin(), layers_.end());
    std::vector<int64_t> below(static_cast<size_t>(deepest) + 1), rows, queries;
    for (size_t layer = 0; layer < below.size(); ++layer) below[layer] = static_cast<int64_t>(layer);
    for (const int64_t layer : layers_) {
      if (run.layout(probe.stack, static_cast<uint32_t>(layer)).n_keys_only > 0) {
        throw Error(
            OC_E_UNSUPPORTED,
            "rollout needs a row for each token, and this tower's question tokens have none: take qa-attention");
      }
    }
    const int64_t tokens = run.layout(probe.stack).n_tokens;
    if (stack_ == "vision") {
      for (int64_t row = 0; row < tokens; ++row) queries.push_back(row);
    } else {
      queries = query_rows(run);
      groups_ = mass_groups(run);
    }
    // Rows behind the last query lie in no path to it.
    for (int64_t row = 0; row <= queries.back(); ++row) rows.push_back(row);
    std::vector<std::vector<int64_t>> columns;
    for (const oc_cell& cell : run.cells(probe.stack)) columns.push_back({cell.token});
    for (const MassGroup& group : groups_) columns.push_back(tokens_of(run, group));
    plan.announce(Rollout::bytes(static_cast<int64_t>(rows.size()), columns.size()));
    rollout_.emplace(static_cast<int64_t>(rows.size()), columns, queries, layers_);
    probe.layers = Select::indices(std::move(below));
    probe.queries = Select::indices(std::move(rows));
    attention_probe_ = plan.probe(probe);
  }

  // The rows that the query names, as tokens of the prompt and its given answer; ascending.
  std::vector<int64_t> query_rows(const Run& run) const {
    const oc_query query = options.query.value();
    const int64_t last = run.prompt_tokens() - 1, n_tokens = run.layout("language").n_tokens;
    std::vector<int64_t> rows;
    switch (query.kind) {
      case OC_QUERY_LAST:
        return {last};
      case OC_QUERY_POSITION:
        rows = {query.index};
        break;
      case OC_QUERY_QUESTION:
        rows = tokens_of(run, {"question", Select::segment(OC_SEGMENT_QUESTION)});
        break;
      case OC_QUERY_ANSWER:
      case OC_QUERY_ANSWER_TOKEN:
        if (query.kind == OC_QUERY_ANSWER_TOKEN && query.index == 0) return {last};
        if (run.answer_tokens() < 0) {
          throw Error(OC_E_UNSUPPORTED,
                      "rollout follows rows of the prompt: give the answer with --answer, or take query=last");
        }
        for (int64_t row = last; row + 1 < n_tokens; ++row) rows.push_back(row);
        if (query.kind == OC_QUERY_ANSWER_TOKEN) rows = {last + query.index};
        break;
      default:
        return (void)Select::rows(query), rows;  // refuses
    }
    if (rows.empty()) throw Error(OC_E_SAMPLE, "the query names no token of this sample");
    if (rows.back() >= n_tokens) {
      throw Error(OC_E_SAMPLE,
                  fmt::format("the query names token {}, and this sample has 0 to {}", rows.back(), n_tokens - 1));
    }
    return rows;
  }

  // [heads, layers]
  std::vector<std::vector<LayerMap>> maps_of_heads(const Run& run, const oc_grid& grid) const {
    std::vector<std::vector<LayerMap>> heads(n_heads_);
    for (size_t head = 0; head < n_heads_; ++head) {
      for (const int64_t layer : layers_) heads[head].push_back(map_of(run, grid, layer, head));
    }
    return heads;
  }

  // `head` counts only where heads are not reduced.
  LayerMap map_of(const Run& run, const oc_grid& grid, int64_t layer, size_t head = 0) const {
    const std::string& stack = stack_;
    const auto cells = run.cells(stack.c_str());
    // Patches see only their own image, so the rows of other images add zeros to the mean over all rows.
    const auto is_own = [&](const oc_cell& cell) { return cell.image == grid.image; };
    const double own = static_cast<double>(std::count_if(cells.begin(), cells.end(), is_own));
    const double rows_per_own = stack == "vision" ? static_cast<double>(cells.size()) / own : 1.0;
    LayerMap map;
    map.values.resize(size_t{grid.rows} * grid.cols);
    if (sinks_) map.removed.resize(map.values.size());
    for (size_t i = 0; i < cells.size(); ++i) {
      const oc_cell& cell = cells[i];
      if (!is_own(cell)) continue;
      const size_t at = static_cast<size_t>(cell.row) * grid.cols + static_cast<size_t>(cell.col);
      const double value = rows_per_own * (rollout_ ? rollout_->after(layer)[i]
                                                    : attention_.at(layer, attention_.place_of(cell.token), head));
      if (sinks_ && sinks_->is_sink(layer, cell.token)) {
        map.removed[at] = static_cast<float>(value);
      } else if (options.relative.value()) {
        // The pictures are the same, so their tokens follow each other as in the clean input.
        const double divisor = general_.at(layer, attention_.place_of(cell.token), head);
        map.undefined += divisor > 0 ? 0 : 1;
        map.values[at] = divisor > 0 ? static_cast<float>(value / divisor) : 0.0f;
      } else {
        map.values[at] = static_cast<float>(value);
      }
    }
    for (size_t group = 0; group < groups_.size(); ++group) {
      map.mass.push_back(rollout_ ? rollout_->after(layer)[cells.size() + group] : mass_.at(layer, group));
    }
    return map;
  }

  std::string query_text() const {
    if (stack_ == "vision") return "all patches";
    const oc_query query = options.query.value();
    switch (query.kind) {
      case OC_QUERY_ANSWER:
        return "answer";
      case OC_QUERY_ANSWER_TOKEN:
        return fmt::format("answer:{}", query.index);
      case OC_QUERY_GENERATED:
        return "generated";
      case OC_QUERY_QUESTION:
        return "question";
      case OC_QUERY_POSITION:
        return fmt::format("position:{}", query.index);
      default:
        return "last";
    }
  }

  std::string stack_;  // "language" or "vision"
  std::vector<int64_t> layers_, left_out_;
  size_t n_heads_ = 0;
  std::vector<MassGroup> groups_;
  uint32_t attention_probe_ = 0, general_probe_ = 0, sink_probe_ = 0;
  RowMeans attention_, general_, mass_;
  std::optional<Rollout> rollout_;
  std::optional<SinkFinder> sinks_;
  std::optional<TokenSteps> steps_;  // of query=generated
};

}  // namespace
}  // namespace ocellus::methods

OCELLUS_METHOD(ocellus::methods::RawAttention, {"org.ocellus.raw-attention", "0.1.0", "Ocellus", "Apache-2.0"},
               {.id = "raw-attention",
                .summary = "softmax rows from chosen tokens to every image's cells",
                .probes = {"attention/1@language|attention/1@vision"},
                .produces = {"heatmap/1", "heatmap-stack/1", "token-steps/1"}})
