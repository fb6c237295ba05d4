// raw-attention: the softmax rows of the chosen queries over every image's cells, as the model computed them.
//
//   map[r, c] = reduce over layers of mean over query rows of (mean | max | one) over heads of A[layer, head, row,
//   token(r, c)]
//
// Reductions go over heads, then rows, then layers, and never renormalise (docs/methods.md).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <ocellus/sdk.hpp>

namespace ocellus::methods {
namespace {

// A group of keys whose share of the attention is reported.
struct MassGroup {
  std::string name;
  Select select;
};

std::vector<MassGroup> mass_groups(const Run& run) {
  std::vector<MassGroup> groups{{"bos", Select::segment(OC_SEGMENT_BOS)},
                                {"system", Select::segment(OC_SEGMENT_SYSTEM)},
                                {"user_text", Select::segment(OC_SEGMENT_USER_TEXT)},
                                {"question", Select::segment(OC_SEGMENT_QUESTION)},
                                {"assistant_text", Select::segment(OC_SEGMENT_ASSISTANT_TEXT)},
                                {"special", Select::segment(OC_SEGMENT_SPECIAL)},
                                {"answer", Select::segment(OC_SEGMENT_ANSWER)}};
  for (const oc_grid& grid : run.grids("language")) {
    groups.push_back({fmt::format("image{}", grid.image), Select::image(grid.image)});
  }
  // Without a BOS the first token usually plays its part as attention sink; it is also counted in its own segment.
  const auto segments = run.segments("language");
  const auto is_bos = [](const oc_segment& segment) { return segment.kind == OC_SEGMENT_BOS; };
  if (std::none_of(segments.begin(), segments.end(), is_bos)) groups.push_back({"first_token", Select::indices({0})});
  return groups;
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
                      {{"mean", "average"}, {"max", "largest of each cell"}}};
    QueryOption query{*this, "query", "last", "the token whose row is shown"};
  } options;

  void plan(const Run& run, Plan& plan) override {
    sums_.clear();
    const Select queries = Select::rows(options.query.value());
    if (run.grids("language").empty()) throw Error(OC_E_SAMPLE, "it needs an image, and this sample has none");
    const oc_stack& stack = run.stack("language");
    layers_ = options.layers.resolve("layer", stack.n_layers);
    if (layers_.empty()) layers_ = {stack.n_layers - int64_t{1}};  // auto
    Select heads;
    if (options.heads.is_number()) heads = Select::indices({options.heads.number("head", stack.n_heads)});
    const Select layers = Select::indices(layers_);

    attention_ = plan.probe(
        {.kind = OC_PROBE_ATTENTION, .layers = layers, .heads = heads, .queries = queries, .keys = Select::images()});
    groups_ = mass_groups(run);
    Probe mass{.kind = OC_PROBE_MASS, .layers = layers, .heads = heads, .queries = queries};
    for (const MassGroup& group : groups_) mass.groups.push_back(group.select);
    plan.probe(mass);
  }

  void capture(const Run&, const Capture& capture) override {
    const bool is_map = capture.probe() == attention_;
    Sum& sum = sums_[capture.layer()];
    std::vector<double>& target = is_map ? sum.cells : sum.mass;
    const size_t width = static_cast<size_t>(capture.values().shape().back());
    target.resize(width, 0.0);
    const size_t n_heads = capture.heads().size();
    const bool max = is_map && options.heads.value() == "max";
    for (size_t row = 0; row < capture.rows().size(); ++row) {
      for (size_t key = 0; key < width; ++key) {
        double value = capture.values()(0, row, key);
        for (size_t head = 1; head < n_heads; ++head) {
          const double other = capture.values()(head, row, key);
          value = max ? std::max(value, other) : value + other;
        }
        target[key] += max ? value : value / static_cast<double>(n_heads);
      }
    }
    if (is_map) {
      sum.rows += capture.rows().size();
      keys_.assign(capture.keys().begin(), capture.keys().end());
    }
  }

  void finish(const Run& run) override {
    if (sums_.empty()) throw Error(OC_E_SAMPLE, "the query names no token of this sample");
    const bool stack = layers_.size() > 1 && options.reduce.value() == "none";
    for (const oc_grid& grid : run.grids("language")) {
      std::vector<std::vector<float>> maps;
      for (const int64_t layer : layers_) maps.push_back(map_of(run, grid, sums_.at(static_cast<int32_t>(layer))));
      if (stack) {
        emit_stack(run, grid, maps);
      } else {
        emit_map(run, grid, maps);
      }
    }
  }

 private:
  struct Sum {
    std::vector<double> cells;  // over the image tokens in keys_
    std::vector<double> mass;   // over groups_
    size_t rows = 0;
  };

  std::vector<float> map_of(const Run& run, const oc_grid& grid, const Sum& sum) const {
    std::vector<float> map(size_t{grid.rows} * grid.cols, 0.0f);
    for (const oc_cell& cell : run.cells("language")) {
      if (cell.image != grid.image) continue;
      const auto at = std::lower_bound(keys_.begin(), keys_.end(), cell.token) - keys_.begin();
      map[static_cast<size_t>(cell.row) * grid.cols + static_cast<size_t>(cell.col)] =
          static_cast<float>(sum.cells[static_cast<size_t>(at)] / static_cast<double>(sum.rows));
    }
    return map;
  }

  double mass(int64_t layer, size_t group) const {
    const Sum& sum = sums_.at(static_cast<int32_t>(layer));
    return sum.mass[group] / static_cast<double>(sum.rows);
  }

  void describe(ArtifactWriter& artifact) const {
    artifact.text("layers", fmt::format("{}", fmt::join(layers_, "+")))
        .text("heads", options.heads.value())
        .text("query", query_text());
  }

  void emit_map(const Run& run, const oc_grid& grid, const std::vector<std::vector<float>>& maps) const {
    std::vector<float> mean(maps.front().size());
    for (size_t cell = 0; cell < mean.size(); ++cell) {
      double sum = 0;
      for (const std::vector<float>& map : maps) sum += map[cell];
      mean[cell] = static_cast<float>(sum / static_cast<double>(maps.size()));
    }
    ArtifactWriter artifact = run.artifact("heatmap/1", grid.image);
    artifact.tensor("values", std::move(mean), {grid.rows, grid.cols});
    if (layers_.size() == 1) artifact.number("layer", static_cast<double>(layers_.front()));
    describe(artifact);
    for (size_t group = 0; group < groups_.size(); ++group) {
      double sum = 0;
      for (const int64_t layer : layers_) sum += mass(layer, group);
      artifact.number(("mass." + groups_[group].name).c_str(), sum / static_cast<double>(layers_.size()));
    }
    artifact.commit();
  }

  void emit_stack(const Run& run, const oc_grid& grid, const std::vector<std::vector<float>>& maps) const {
    std::vector<float> values, masses;
    std::vector<std::string> names;
    for (const std::vector<float>& map : maps) values.insert(values.end(), map.begin(), map.end());
    for (const int64_t layer : layers_) {
      for (size_t group = 0; group < groups_.size(); ++group) masses.push_back(static_cast<float>(mass(layer, group)));
    }
    for (const MassGroup& group : groups_) names.push_back(group.name);
    const int64_t n = static_cast<int64_t>(layers_.size());
    ArtifactWriter artifact = run.artifact("heatmap-stack/1", grid.image);
    artifact.tensor("values", std::move(values), {n, grid.rows, grid.cols})
        .tensor("index", layers_, {n})
        .tensor("mass", std::move(masses), {n, static_cast<int64_t>(groups_.size())})
        .text("axis", "layer")
        .text("mass_groups", fmt::format("{}", fmt::join(names, " ")));
    describe(artifact);
    artifact.commit();
  }

  std::string query_text() const {
    const oc_query query = options.query.value();
    switch (query.kind) {
      case OC_QUERY_ANSWER:
        return "answer";
      case OC_QUERY_ANSWER_TOKEN:
        return fmt::format("answer:{}", query.index);
      case OC_QUERY_QUESTION:
        return "question";
      case OC_QUERY_POSITION:
        return fmt::format("position:{}", query.index);
      default:
        return "last";
    }
  }

  std::vector<int64_t> layers_, keys_;
  std::vector<MassGroup> groups_;
  uint32_t attention_ = 0;
  std::map<int32_t, Sum> sums_;  // by layer
};

}  // namespace
}  // namespace ocellus::methods

OCELLUS_METHOD(ocellus::methods::RawAttention, {"org.ocellus.raw-attention", "0.1.0", "Ocellus", "Apache-2.0"},
               {.id = "raw-attention",
                .summary = "softmax rows from chosen tokens to every image's cells",
                .probes = {"attention/1@language", "attention-mass/1@language"},
                .produces = {"heatmap/1", "heatmap-stack/1"}})
