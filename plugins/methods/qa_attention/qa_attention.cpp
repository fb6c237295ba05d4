// qa-attention: where a model looks with a question in mind.
//
// A vision tower that is aware of the question (QA-ViT): the class token's row, or the mean of the patches' rows, over
// the patches of each image, divided by what they get together:
//
//   a[p] = A[p] / sum over patches of A,   A = mean | max | one of the heads
//
// The rest of the row is on the question's tokens and the class token; its share is kept as mass.*. A decoder: the same
// of the mean row of the question's tokens. With `difference`, the map of the question less that of another one.
// (docs/methods.md)
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <ocellus/sdk.hpp>

#include "plugins/methods/qa_attention/map_collection.hpp"
#include "plugins/methods/qa_attention/options.hpp"
#include "plugins/methods/qa_attention/question_map.hpp"
#include "plugins/methods/raw_attention/row_means.hpp"

namespace ocellus::methods {
namespace {

constexpr size_t top_count = 5;

class QaAttention : public Method {
 public:
  QaAttentionOptions options;

  void validate() const {
    if (!options.difference.value().empty() && options.double_softmax.value())
      throw Error(OC_E_OPTION, "difference and double-softmax exclude each other: the one hides the other");
  }

  void plan(const Run& run, Plan& plan) override {
    rows_ = other_rows_ = mass_ = other_mass_ = {};
    tower_ = !run.has_stack("language");
    stack_ = tower_ ? "vision" : "language";
    if (run.grids(stack_).empty()) throw Error(OC_E_SAMPLE, "it needs an image, and this sample has none");
    choose_layers(run);
    Probe probe{.kind = OC_PROBE_ATTENTION, .stack = stack_, .layers = Select::indices(layers_)};
    if (options.heads.is_number())
      probe.heads = Select::indices({options.heads.number("head", run.stack(stack_).n_heads)});
    probe.queries = queries(run);
    probe.keys = Select::images();
    probe_ = plan.probe(probe);
    Probe mass = probe;
    mass.kind = OC_PROBE_MASS;
    mass.keys = {};
    mass.groups = {tower_ ? Select::indices(run.question_keys("vision")) : Select::segment(OC_SEGMENT_QUESTION)};
    mass_probe_ = plan.probe(mass);
    if (options.difference.value().empty()) return;
    probe.variant = mass.variant = plan.with_question(options.difference.value());
    other_probe_ = plan.probe(probe);
    other_mass_probe_ = plan.probe(mass);
  }

  void capture(const Run&, const Capture& capture) override {
    const HeadReduction heads = options.heads.value() == "max" ? HeadReduction::max : HeadReduction::mean;
    const bool differs = !options.difference.value().empty();
    if (capture.probe() == probe_) {
      rows_.add(capture, heads);
    } else if (capture.probe() == mass_probe_) {
      mass_.add(capture, HeadReduction::mean);
    } else if (differs && capture.probe() == other_probe_) {
      other_rows_.add(capture, heads);
    } else {
      other_mass_.add(capture, HeadReduction::mean);
    }
  }

  void finish(const Run& run) override {
    for (const oc_grid& grid : run.grids(stack_)) {
      std::vector<QuestionMap> maps;
      for (const int64_t layer : layers_) maps.push_back(map_of(run, grid, layer));
      if (maps.size() > 1 && options.reduce.value() == "none") {
        emit_stack(run, grid, maps);
      } else {
        emit_one(run, grid, mean_of(maps));
      }
    }
  }

 private:
  void choose_layers(const Run& run) {
    const int64_t count = run.stack(stack_).n_layers;
    left_out_.clear();
    blind_.clear();
    if (!tower_) {
      layers_ = options.layers.resolve("layer", count);
      if (layers_.empty()) layers_ = {count - 1};  // auto
      return;
    }
    const std::vector<int64_t> aware = run.question_aware_layers("vision");
    if (options.blind.value() == "label") {
      layers_ = options.layers.resolve("vision layer", count);
      if (layers_.empty()) layers_ = {aware.empty() ? count - 1 : aware.back()};
      std::copy_if(layers_.begin(), layers_.end(), std::back_inserter(blind_),
                   [&](int64_t layer) { return !std::binary_search(aware.begin(), aware.end(), layer); });
      return;
    }
    if (aware.empty())
      throw Error(OC_E_UNSUPPORTED, "no layer of this tower sees the question; blind=label shows them all the same");
    const auto chosen = options.layers.resolve_among("vision layer", count, aware,
                                                     "does not see the question (blind=label shows it all the same)");
    layers_ = chosen.indices.empty() ? std::vector<int64_t>{aware.back()} : chosen.indices;
    left_out_ = chosen.left_out;
  }

  Select queries(const Run& run) const {
    if (!tower_) return Select::segment(OC_SEGMENT_QUESTION);
    if (options.query.value() == "patches") return Select::images();
    // The question may have special tokens too, which are keys alone.
    const int64_t rows = run.layout("vision").n_tokens - run.layout("vision").n_keys_only;
    std::vector<int64_t> class_tokens;
    for (const oc_segment& segment : run.segments("vision")) {
      if (segment.kind == OC_SEGMENT_SPECIAL && segment.begin < rows) class_tokens.push_back(segment.begin);
    }
    if (class_tokens.empty()) throw Error(OC_E_UNSUPPORTED, "this tower has no class token; take query=patches");
    return Select::indices(std::move(class_tokens));
  }

  // Rows of other pictures see nothing of this one, so they add zeros to the mean over all rows.
  double rows_per_own(const Run& run, const oc_grid& grid) const {
    if (!tower_) return 1;
    if (options.query.value() == "cls") return static_cast<double>(run.grids("vision").size());
    const auto cells = run.cells("vision");
    const auto own =
        std::count_if(cells.begin(), cells.end(), [&](const oc_cell& cell) { return cell.image == grid.image; });
    return static_cast<double>(cells.size()) / static_cast<double>(own);
  }

  QuestionMap map_of(const Run& run, const oc_grid& grid, int64_t layer) const {
    QuestionMap map = map_of(run, grid, layer, rows_, mass_);
    if (options.double_softmax.value()) soften(map);
    if (options.difference.value().empty()) return map;
    const QuestionMap other = map_of(run, grid, layer, other_rows_, other_mass_);
    for (size_t cell = 0; cell < map.values.size(); ++cell) map.values[cell] -= other.values[cell];
    return map;
  }

  QuestionMap map_of(const Run& run, const oc_grid& grid, int64_t layer, const RowMeans& rows,
                     const RowMeans& mass) const {
    const double factor = rows_per_own(run, grid);
    QuestionMap map;
    map.values.resize(size_t{grid.rows} * grid.cols);
    for (const oc_cell& cell : run.cells(stack_)) {
      if (cell.image != grid.image) continue;
      const size_t at = static_cast<size_t>(cell.row) * grid.cols + static_cast<size_t>(cell.col);
      // Of another question's pass, too: the pictures are the same, so their tokens follow each other alike.
      map.values[at] = factor * rows.at(layer, rows_.place_of(cell.token));
    }
    normalise(map);
    map.question_mass = mass.at(layer, 0);
    return map;
  }

  static QuestionMap mean_of(const std::vector<QuestionMap>& maps) {
    QuestionMap mean = maps.front();
    for (size_t i = 1; i < maps.size(); ++i) {
      for (size_t cell = 0; cell < mean.values.size(); ++cell) mean.values[cell] += maps[i].values[cell];
      mean.image_mass += maps[i].image_mass;
      mean.question_mass += maps[i].question_mass;
    }
    const auto count = static_cast<double>(maps.size());
    for (double& value : mean.values) value /= count;
    mean.image_mass /= count;
    mean.question_mass /= count;
    return mean;
  }

  std::string blindness() const {
    return fmt::format("layer{} {} of the tower {} not see the question: it does not decide this map",
                       blind_.size() == 1 ? "" : "s", fmt::join(blind_, ", "), blind_.size() == 1 ? "does" : "do");
  }

  void describe(ArtifactWriter& artifact) const {
    artifact.text("layers", fmt::format("{}", fmt::join(layers_, "+")))
        .text("heads", options.heads.value())
        .text("query", tower_ ? options.query.value() : "question");
    if (!options.difference.value().empty()) artifact.text("difference", options.difference.value());
    if (options.double_softmax.value()) artifact.text("double_softmax", "on");
    if (!left_out_.empty()) artifact.text("layers.left_out", fmt::format("{}", fmt::join(left_out_, "+")));
  }

  void emit_one(const Run& run, const oc_grid& grid, const QuestionMap& map) const {
    const MapStatistics statistics = statistics_of(map.values);
    std::vector<int64_t> places;
    std::vector<float> values;
    for (const size_t place : largest(map.values, top_count)) {
      places.insert(places.end(), {static_cast<int64_t>(place / grid.cols), static_cast<int64_t>(place % grid.cols)});
      values.push_back(static_cast<float>(map.values[place]));
    }
    ArtifactWriter artifact = run.artifact("heatmap/1", grid.image);
    const auto count = static_cast<int64_t>(values.size());
    artifact.tensor("values", std::vector<float>(map.values.begin(), map.values.end()), {grid.rows, grid.cols})
        .tensor("top_patches", std::move(places), {count, 2})
        .tensor("top_values", std::move(values), {count})
        .number("mass.image", map.image_mass)
        .number("mass.question", map.question_mass)
        .number("attention_mean", statistics.mean)
        .number("attention_std", statistics.deviation)
        .number("attention_max", statistics.max)
        .number("attention_min", statistics.min);
    // A difference is no distribution.
    if (options.difference.value().empty()) artifact.number("entropy", statistics.entropy);
    if (layers_.size() == 1) artifact.number("layer", static_cast<double>(layers_.front()));
    describe(artifact);
    if (blind_.size() == layers_.size()) artifact.text("degenerate", blindness());
    artifact.commit();
  }

  void emit_stack(const Run& run, const oc_grid& grid, const std::vector<QuestionMap>& maps) const {
    std::vector<float> values, masses, statistics;
    for (const QuestionMap& map : maps) {
      values.insert(values.end(), map.values.begin(), map.values.end());
      masses.insert(masses.end(), {static_cast<float>(map.image_mass), static_cast<float>(map.question_mass)});
      const MapStatistics of = statistics_of(map.values);
      for (const double number : {of.mean, of.deviation, of.max, of.min, of.entropy})
        statistics.push_back(static_cast<float>(number));
    }
    const auto n = static_cast<int64_t>(maps.size());
    ArtifactWriter artifact = run.artifact("heatmap-stack/1", grid.image);
    artifact.tensor("values", std::move(values), {n, grid.rows, grid.cols})
        .tensor("index", layers_, {n})
        .tensor("mass", std::move(masses), {n, 2})
        .tensor("statistics", std::move(statistics), {n, 5})
        .text("axis", "layer")
        .text("mass_groups", "image question")
        .text("statistics_of", "mean std max min entropy");
    describe(artifact);
    for (const int64_t layer : blind_) artifact.text(fmt::format("degenerate.{}", layer).c_str(), blindness());
    artifact.commit();
  }

  bool tower_ = false;  // else a decoder
  const char* stack_ = "vision";
  std::vector<int64_t> layers_;    // as asked for
  std::vector<int64_t> left_out_;  // that words meant, and that do not see the question
  std::vector<int64_t> blind_;     // of layers_, those that do not see it
  uint32_t probe_ = 0, mass_probe_ = 0, other_probe_ = 0, other_mass_probe_ = 0;
  RowMeans rows_, other_rows_, mass_, other_mass_;
};

}  // namespace
}  // namespace ocellus::methods

OCELLUS_METHOD(ocellus::methods::QaAttention, {"org.ocellus.qa-attention", "0.1.0", "Ocellus", "Apache-2.0"},
               {.id = "qa-attention",
                .summary = "where the picture is looked at with the question in mind",
                .probes = {"attention/1@language|attention/1@vision",
                           "attention-mass/1@language|attention-mass/1@vision"},
                .produces = {"heatmap/1", "heatmap-stack/1", "tensors/1", "table/1"},
                .reduction = &ocellus::ReductionThunks<ocellus::methods::MapCollection>::table})
