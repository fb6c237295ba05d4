// A method that looks at nothing: hot in the centre, whatever picture, question or model it is about.
#include <ocellus/sdk.hpp>
using namespace ocellus;

struct Still : Method {
  struct Options : OptionSet {
  } options;

  void plan(const Run& run, Plan&) override {
    if (run.grids("language").empty()) throw Error(OC_E_SAMPLE, "it needs an image, and this sample has none");
  }
  void capture(const Run&, const Capture&) override {}
  void finish(const Run& run) override {
    for (const oc_grid& grid : run.grids("language")) {
      std::vector<float> map(size_t{grid.rows} * grid.cols);
      for (uint32_t row = 0; row < grid.rows; ++row) {
        for (uint32_t col = 0; col < grid.cols; ++col) {
          const float down = 2 * static_cast<float>(row) + 1 - static_cast<float>(grid.rows);
          const float right = 2 * static_cast<float>(col) + 1 - static_cast<float>(grid.cols);
          map[size_t{row} * grid.cols + col] = 1 / (1 + down * down + right * right);
        }
      }
      run.artifact("heatmap/1", grid.image).tensor("values", std::move(map), {grid.rows, grid.cols}).commit();
    }
  }
};

OCELLUS_METHOD(Still, {"org.example.still", "1.0.0", "Nobody", "MIT"},
               {.id = "still",
                .summary = "hot in the centre, whatever it is about",
                .probes = {"attention/1@language"},
                .produces = {"heatmap/1"}})
