// occlusion: what the answer loses while a window of cells is masked on the picture.
//
//   map[r, c] = mean over the windows w that hold the cell of  S - S(w masked),   S = mean_t score of token t
//
// over the target's tokens, each given those before it. Windows slide over the cells of one picture at a time; each is
// an input of its own (OC_VARIANT_MASK). After Zeiler and Fergus, Visualizing and Understanding Convolutional Networks,
// 2014. (docs/methods.md)
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <ocellus/sdk.hpp>

#include "plugins/methods/common/map_artifact.hpp"
#include "plugins/methods/common/target.hpp"
#include "plugins/methods/occlusion/windows.hpp"

namespace ocellus::methods {
namespace {

class Occlusion : public Method {
 public:
  struct Options : OptionSet {
    IntegerOption window{*this, "window", "3", "cells along each side of what is masked at a time", 1, 1024};
    IntegerOption stride{*this, "stride", "1", "cells from one window to the next", 1, 1024};
    ChoiceOption fill{*this,
                      "fill",
                      "mean",
                      "what is left of masked cells",
                      {{"mean", "the picture's mean colour"},
                       {"blur", "the picture, blurred until nothing in it is told apart"},
                       {"black", "black"}}};
    TextOption target{*this, "target", "answer", "what is scored: answer, token:K of it, or text:WORDS in its place"};
    ChoiceOption score{
        *this,
        "score",
        "probability",
        "of each of the target's tokens, whose mean is taken",
        {{"probability", "its probability"}, {"log-probability", "the logarithm of it"}, {"logit", "its raw logit"}}};
  } options;

  void validate() const {
    (void)parse_target(options.target.value());
    if (options.stride.value() > options.window.value())
      throw Error(OC_E_OPTION, fmt::format("stride={} leaves cells out that no window of {} masks",
                                           options.stride.value(), options.window.value()));
  }

  void plan(const Run& run, Plan& plan) override {
    const std::span<const oc_grid> grids = run.grids("language");
    if (grids.empty()) throw Error(OC_E_SAMPLE, "it needs an image, and this sample has none");
    target_ = parse_target(options.target.value());
    target_.score = options.score.value() == "logit" ? OC_SCORE_LOGIT : OC_SCORE_LOG_PROBABILITY;
    images_.clear();
    scores_.clear();
    const auto add = [&](const Mask& mask) {
      return plan.probe({.kind = OC_PROBE_TARGET, .variant = plan.with_mask(mask), .target = target_});
    };
    clean_ = add({grids.front().image, fill(), {}});
    uint64_t windows = 1;
    for (const oc_grid& grid : grids) {
      Image& image = images_.emplace_back(Image{grid, {}, {}});
      image.windows = windows_over(grid.rows, grid.cols, options.window.value(), options.stride.value());
      for (const std::vector<int64_t>& cells : image.windows) image.probes.push_back(add({grid.image, fill(), cells}));
      windows += image.windows.size();
    }
    const auto tokens = static_cast<uint64_t>(std::max<int64_t>(1, run.most_answer_tokens() + 1));
    plan.announce(windows * tokens * sizeof(float));
  }

  void capture(const Run&, const Capture& capture) override {
    const std::span<const float> scores = capture.values().flat();
    scores_[capture.probe()].assign(scores.begin(), scores.end());
  }

  void finish(const Run& run) override {
    const size_t tokens = n_tokens(run);
    const double clean = mean_score(clean_, tokens);
    for (const Image& image : images_) {
      std::vector<double> losses;
      for (const uint32_t probe : image.probes) losses.push_back(clean - mean_score(probe, tokens));
      LayerMap map;
      map.values = mean_over_windows(size_t{image.grid.rows} * image.grid.cols, image.windows, losses);
      if (std::all_of(losses.begin(), losses.end(), [](double loss) { return loss == 0; }))
        map.degenerate = "no masked window changes the score: the target does not depend on this picture";
      MapDescription description;
      description.texts = {{"window", fmt::format("{}", options.window.value())},
                           {"stride", fmt::format("{}", options.stride.value())},
                           {"fill", options.fill.value()},
                           {"target", target_text(target_)},
                           {"score", options.score.value()}};
      description.numbers = {{"target.value", clean},
                             {"target.tokens", static_cast<double>(tokens)},
                             {"windows", static_cast<double>(losses.size())},
                             {"loss.largest", *std::max_element(losses.begin(), losses.end())},
                             {"loss.smallest", *std::min_element(losses.begin(), losses.end())}};
      emit_mean(run, image.grid, description, {map});
    }
  }

 private:
  struct Image {
    oc_grid grid;
    std::vector<std::vector<int64_t>> windows;
    std::vector<uint32_t> probes;  // of each window
  };

  uint32_t fill() const {
    return options.fill.value() == "mean"   ? OC_FILL_MEAN
           : options.fill.value() == "blur" ? OC_FILL_BLUR
                                            : OC_FILL_BLACK;
  }

  // Of the target, without the stop token, which says nothing about the picture.
  size_t n_tokens(const Run& run) const {
    size_t n = scores_.at(clean_).size();
    if (target_.tokens == OC_TARGET_ANSWER) {
      const std::span<const oc_answer_token> generated = run.generated();
      if (!generated.empty() && generated.back().is_stop != 0) --n;
    }
    if (n == 0) throw Error(OC_E_SAMPLE, "the answer is empty, so nothing of it is lost: target=text:WORDS");
    return n;
  }

  double mean_score(uint32_t probe, size_t tokens) const {
    double sum = 0;
    for (const float score : std::span(scores_.at(probe)).first(tokens))
      sum += options.score.value() == "probability" ? std::exp(static_cast<double>(score)) : static_cast<double>(score);
    return sum / static_cast<double>(tokens);
  }

  Target target_;
  std::vector<Image> images_;
  uint32_t clean_ = 0;                             // the probe of the input without a mask
  std::map<uint32_t, std::vector<float>> scores_;  // [tokens], by probe
};

}  // namespace
}  // namespace ocellus::methods

OCELLUS_METHOD(ocellus::methods::Occlusion, {"org.ocellus.occlusion", "0.1.0", "Ocellus", "Apache-2.0"},
               {.id = "occlusion",
                .summary = "what the answer's probability loses while a window of cells is masked on the picture",
                .probes = {"logits/1@language"},
                .produces = {"heatmap/1"}})
