// A model as a stranger's may be: without weights, an answer or any option. Every token looks where the picture is
// bright, and a little where the question's letters stand late in the alphabet.
#include <cmath>
#include <memory>
#include <numeric>
#include <ocellus/sdk.hpp>
#include <span>
#include <string>
#include <vector>
using namespace ocellus;

constexpr uint32_t side = 4;  // cells
constexpr int64_t image_token = 256;

struct Bright : Model {
  struct Options : OptionSet {};
  struct Ready : Prepared {
    std::vector<double> scores;  // of each token as a key
  };

  Bright(const Host&, const oc_model_settings& settings, const Options&)
      : files_{std::string(settings.folder) + "/config.json"} {
    std::iota(bytes_.begin(), bytes_.end(), char{0});
  }

  std::span<const oc_stack> stacks() const override { return stacks_; }
  std::span<const std::string> files() const override { return files_; }
  void describe(const PutText& put) const override { put("parameters", "0"); }
  void encode(std::string_view text, const PutToken& put) const override {
    for (size_t i = 0; i < text.size(); ++i) put(static_cast<unsigned char>(text[i]), i, i + 1);
  }
  std::string_view token_bytes(int64_t id) const override {
    return id < image_token ? std::string_view(bytes_).substr(static_cast<size_t>(id), 1) : "";
  }

  std::unique_ptr<Prepared> prepare(const oc_sample& sample, const Sink& sink) const override {
    if (sample.n_images != 1) throw Error(OC_E_SAMPLE, "it looks at one picture");
    std::string question;
    const oc_turn& last = sample.turns[sample.n_turns - 1];
    for (const oc_part& part : std::span(last.parts, last.n_parts)) {
      if (part.kind == OC_PART_TEXT) question += part.text;
    }
    auto ready = std::make_unique<Ready>();
    std::vector<int64_t> ids;
    std::vector<oc_cell> cells;
    for (uint32_t cell = 0; cell < side * side; ++cell) {
      const uint32_t row = cell / side, col = cell % side;
      const auto at = [](uint32_t place) { return static_cast<float>(place) / side; };
      cells.push_back({cell, 0, static_cast<int32_t>(row), static_cast<int32_t>(col), 0, at(col), at(row), at(col + 1),
                       at(row + 1)});
      ids.push_back(image_token);
      const auto letter = static_cast<unsigned char>(question[cell % question.size()]);
      ready->scores.push_back(brightness(sample.images[0], row, col) + letter / 1024.0);
    }
    for (const char letter : question) ids.push_back(static_cast<unsigned char>(letter));
    const auto n_tokens = static_cast<int64_t>(ids.size());
    ready->scores.resize(ids.size());
    const oc_segment segments[]{{OC_SEGMENT_IMAGE, 0, 0, side * side, 0, 0},
                                {OC_SEGMENT_QUESTION, 0, side * side, n_tokens, -1, 0}};
    const oc_image& image = sample.images[0];
    const oc_grid grid{0, image.width, image.height, image.width, image.height, side, side, 0};
    sink.layout({sizeof(oc_layout), 0, "language", 0, stacks_[0].n_layers, n_tokens, ids.data(), segments, 2,
                 cells.data(), cells.size(), &grid, 1, 0});
    return ready;
  }
  oc_cost estimate(const Prepared&, const oc_merged_plan&) const override { return {sizeof(oc_cost), 0, 0, 0, 0}; }
  void load() override {}

  void execute(const Prepared& prepared, const oc_merged_plan& plan, const Sink& sink) override {
    const std::vector<double>& scores = static_cast<const Ready&>(prepared).scores;
    for (const oc_merged_probe* wish : std::span(plan.probes, plan.n_probes)) {
      std::vector<int64_t> keys(wish->keys, wish->keys + wish->n_keys);
      if (wish->n_groups == 0 && wish->keys == nullptr) {
        keys.resize(scores.size());
        std::iota(keys.begin(), keys.end(), int64_t{0});
      }
      std::vector<float> of_head;
      for (const int64_t row : std::span(wish->rows, wish->n_rows)) {
        const std::vector<double> attention = attention_of(scores, row);
        for (const int64_t key : keys) of_head.push_back(static_cast<float>(attention[static_cast<size_t>(key)]));
        for (size_t group = 0; group < wish->n_groups; ++group) {
          double mass = 0;
          // That of the answer goes on behind the prompt.
          for (const int64_t key : std::span(wish->groups[group], wish->group_sizes[group]))
            mass += key <= row ? attention[static_cast<size_t>(key)] : 0;
          of_head.push_back(static_cast<float>(mass));
        }
      }
      for (const int64_t layer : std::span(wish->layers, wish->n_layers)) {
        sink.stop_if_cancelled();
        oc_capture capture{};
        capture.struct_size = sizeof capture;
        capture.probe = wish->id;
        capture.layer = static_cast<int32_t>(layer);
        capture.heads = wish->heads, capture.n_heads = wish->n_heads;
        capture.rows = wish->rows, capture.n_rows = wish->n_rows;
        capture.keys = keys.data(), capture.n_keys = keys.size();
        const auto columns = static_cast<int64_t>(keys.size() + wish->n_groups);
        sink.capture(capture, make_tensor(of_head, {1, static_cast<int64_t>(wish->n_rows), columns}));
      }
    }
  }

 private:
  // The mean over one cell's pixels, of [0, 1].
  static double brightness(const oc_image& image, uint32_t row, uint32_t col) {
    double sum = 0, n = 0;
    for (uint32_t y = row * image.height / side; y < (row + 1) * image.height / side; ++y) {
      for (uint32_t i = 3 * (col * image.width / side); i < 3 * ((col + 1) * image.width / side); ++i, ++n)
        sum += image.rgb[size_t{3} * y * image.width + i];
    }
    return n > 0 ? sum / n / 255 : 0;
  }

  // A softmax over what `row` sees; 0 behind it.
  static std::vector<double> attention_of(std::span<const double> scores, int64_t row) {
    std::vector<double> attention(scores.size(), 0.0);
    const size_t seen = static_cast<size_t>(row) + 1;
    double sum = 0;
    for (const double score : scores.first(seen)) sum += std::exp(score);
    for (size_t key = 0; key < seen; ++key) attention[key] = std::exp(scores[key]) / sum;
    return attention;
  }

  std::vector<oc_stack> stacks_{{sizeof(oc_stack), 2, 1, 1, 1, 0, "language", nullptr, 0}};
  std::vector<std::string> files_;
  std::string bytes_ = std::string(256, '\0');
};

OCELLUS_MODEL(Bright, {"org.example.bright", "1.0.0", "Nobody", "MIT"},
              {.id = "bright",
               .summary = "looks where the picture is bright",
               .opens = {"bright"},
               .probes = {"attention/1@language", "attention-mass/1@language"}})
