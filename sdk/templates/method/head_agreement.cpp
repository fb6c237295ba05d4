// head-agreement: the geometric mean, over heads and layers, of the row that produces the first answer token.
#include <cmath>
#include <map>
#include <ocellus/sdk.hpp>
using namespace ocellus;

struct HeadAgreement : Method {
  struct Options : OptionSet {
    IndexSetOption layers{*this, "layers", "all", "decoder layers to average over"};
  } options;

  void plan(const Run& run, Plan& plan) override {
    if (run.grids("language").empty()) throw Error(OC_E_SAMPLE, "it needs an image, and this sample has none");
    sums.clear(), rows = 0;
    auto layers = Select::indices(options.layers.resolve("layer", run.stack("language").n_layers));
    if (layers.numbers.empty()) layers = Select::all();  // `layers=auto` leaves the choice to the method
    plan.probe({.kind = OC_PROBE_ATTENTION, .layers = layers, .queries = Select::last(), .keys = Select::images()});
  }
  void capture(const Run&, const Capture& piece) override {  // values: [heads, 1 row, keys]
    for (size_t head = 0; head < piece.heads().size(); ++head, ++rows) {
      const auto row = piece.values().row(head, 0);
      for (size_t key = 0; key < row.size(); ++key) sums[piece.keys()[key]] += std::log(row[key]);
    }
  }
  void finish(const Run& run) override {
    for (const oc_grid& grid : run.grids("language")) {
      std::vector<float> map(size_t{grid.rows} * grid.cols);
      for (const oc_cell& cell : run.cells("language")) {
        if (cell.image == grid.image) map[cell.row * grid.cols + cell.col] = std::exp(sums[cell.token] / rows);
      }
      run.artifact("heatmap/1", grid.image).tensor("values", std::move(map), {grid.rows, grid.cols}).commit();
    }
  }
  std::map<int64_t, double> sums;  // by token: the logarithms of its attention, added up
  double rows = 0;                 // how many
};

OCELLUS_METHOD(HeadAgreement, {"org.example.head-agreement", "1.0.0", "You", "MIT"},
               {"head-agreement", "where all heads look", {}, {"attention/1@language"}, {}, {"heatmap/1"}})
