// smooth-gradcam: gradient-weighted activations of the residual stream at image tokens, averaged over noisy draws.
//
//   map[l] = 1/K sum_k norm(ReLU(sum_c a_c A[l, k]_nc)),   a_c = mean_n dS/dA[l, k]_nc   (weights=gradcam)
//
// A: the stream at `site=` of layer l in draw k; S: the sum of the target's scores; norm: divided by the maximum
// (docs/methods.md). After Smilkov et al., SmoothGrad, 2017, and Omeiza et al., Smooth Grad-CAM++, 2019.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <ocellus/sdk.hpp>
#include <set>

#include "plugins/methods/common/target.hpp"
#include "plugins/methods/smooth_gradcam/cam_artifact.hpp"
#include "plugins/methods/smooth_gradcam/cam_fold.hpp"
#include "plugins/methods/smooth_gradcam/layer_choice.hpp"

namespace ocellus::methods {
namespace {

constexpr int64_t most_draws = 10'000;
// A sum that is at most this share of its absolute terms has cancelled, with bfloat16's rounding.
constexpr double rounding_share = 0.01;
// Maps of two draws that agree so well need no mean: one correlates with it at 0.97 or more.
constexpr double same_map = 0.95;

class SmoothGradCam : public Method {
 public:
  struct Options : OptionSet {
    IndexSetOption layers{*this, "layers", "auto",
                          "decoder layers; several give a stack in the order written; auto: up to six, evenly spread"};
    ChoiceOption reduce{*this,
                        "reduce",
                        "none",
                        "what to do with several layers",
                        {{"none", "keep a stack"}, {"mean", "average them into one map"}}};
    WordsOption weights{*this,
                        "weights",
                        "gradcam",
                        "how gradients weight activations; several make maps of their own",
                        {{"gradcam", "by their mean over the image's tokens"},
                         {"hirescam", "token by token"},
                         {"layercam", "token by token, positive ones alone"},
                         {"gradcam++", "by a weighted mean of positive ones"}}};
    ChoiceOption site{*this,
                      "site",
                      "output",
                      "where the residual stream is taken",
                      {{"output", "behind the layer"}, {"input", "in front of it"}}};
    TargetOptions target{*this, "logit"};
    BoolOption smooth{*this, "smooth", "on", "average over noisy draws; off: one pass without noise and clamp"};
    ChoiceOption quality{
        *this, "quality", "standard", "how many noisy draws", {{"quick", "5"}, {"standard", "10"}, {"fine", "30"}}};
    IndexOption noise_samples{
        *this, "noise-samples", "auto", "how many noisy draws, 0 as with smooth=off", {{"auto", "as quality says"}}};
    RealOption noise_std{*this, "noise-std", "0.15", "standard deviation of the noise", 0, 1000};
    RealOption clamp{*this, "clamp", "3", "noisy inputs of noise-space=model are held within +- this; 0: they are not",
                     0,     1e6};
    ChoiceOption noise_space{*this,
                             "noise-space",
                             "model",
                             "what the noise is added to",
                             {{"model", "the normalised pixels that the model is given"},
                              {"image", "the resized picture, in units of 0 to 1"}}};
    TextOption noise{*this, "noise", "", "a .npy file of standard normal noise, draw k in row k, instead of --seed"};
    BoolOption grad_relu{*this, "grad-relu", "off", "set negative gradients to 0 first"};
    RealOption threshold{*this, "threshold", "0", "share of a draw's maximum below which its cells become 0", 0, 1};
  } options;

  void validate() const {
    const auto refuse = [](const std::string& why) { throw Error(OC_E_OPTION, why); };
    (void)options.target.value();
    const std::string written = options.noise_samples.value(), quality = options.quality.value();
    if (options.noise_samples.is_number()) {
      const int64_t n = written.size() > 9 ? most_draws + 1 : std::stoll(written);
      if (n > most_draws) refuse(fmt::format("noise-samples={}: it is at most {}", written, most_draws));
      if (quality != "standard" && n != draws_of(quality)) {
        refuse(fmt::format("quality={} means {} draws and noise-samples={} others: give one of them", quality,
                           draws_of(quality), written));
      }
    }
    if (options.smooth.value()) return;
    const bool has_number = options.noise_samples.is_number() && written != "0";
    if (has_number || quality != "standard" || !options.noise.value().empty())
      refuse("smooth=off is one pass without noise: it excludes quality, noise-samples and noise");
  }

  void plan(const Run& run, Plan& plan) override {
    if (run.grids("language").empty()) throw Error(OC_E_SAMPLE, "it needs an image, and this sample has none");
    gradient_probes_.clear();
    target_probes_.clear();
    const oc_stack& stack = run.stack("language");
    n_layers_ = stack.n_layers;
    const size_t draws = n_draws();
    target_values_.assign(draws, 0.0f);
    target_tokens_ = 0;

    CamSettings settings{{}, options.grad_relu.value(), options.threshold.value(), false, draws};
    settings.mean_over_sites = options.reduce.value() == "mean";
    choices_.clear();
    std::set<int64_t> sites;
    for (const std::string& word : options.weights.value()) {
      const auto is_word = [&](const Chosen& chosen) { return chosen.word == word; };
      if (std::any_of(choices_.begin(), choices_.end(), is_word)) continue;  // written twice
      const Weighting weighting = weighting_of(word);
      const LayerChoice choice = choose_layers(options.layers, n_layers_, site(), weighting);
      CamSettings::Wanted wanted{weighting, {}};
      for (const int64_t layer : choice.layers) wanted.sites.push_back(site_of(layer, site()));
      sites.insert(wanted.sites.begin(), wanted.sites.end());
      say_left_out(choice, weighting, word);
      settings.wanted.push_back(std::move(wanted));
      choices_.push_back({word, choice});
    }
    fold_ = CamFold(std::move(settings), image_tokens(run));
    plan.announce(fold_.bytes(stack.width));

    const Target target = options.target.value();
    Probe gradient{.kind = OC_PROBE_GRADIENT,
                   .layers = Select::indices({sites.begin(), sites.end()}),
                   .queries = Select::images(),
                   .target = target};
    Probe score{.kind = OC_PROBE_TARGET, .target = target};
    for (size_t draw = 0; draw < draws; ++draw) {
      if (noisy_draws() > 0) gradient.variant = score.variant = plan.with_noise(noise(run, draw));
      gradient_probes_[plan.probe(gradient)] = draw;
      target_probes_[plan.probe(score)] = draw;
    }
  }

  void capture(const Run&, const Capture& capture) override {
    if (const auto at = gradient_probes_.find(capture.probe()); at != gradient_probes_.end())
      return fold_.add(capture.layer(), at->second, capture);
    const std::span<const float> scores = capture.values().flat();
    target_values_[target_probes_.at(capture.probe())] =
        static_cast<float>(std::accumulate(scores.begin(), scores.end(), 0.0));
    target_tokens_ = scores.size();
  }

  void finish(const Run& run) override {
    double agreement = 1;
    const auto grids = run.grids("language");
    for (size_t image = 0; image < grids.size(); ++image) {
      for (size_t wanted = 0; wanted < choices_.size(); ++wanted) {
        agreement = std::min(agreement, emit(run, grids[image], wanted, image));
      }
    }
    if (n_draws() < 2 || agreement < same_map || said_the_same_) return;
    said_the_same_ = true;
    host().warn(
        fmt::format("averaging changed little: maps of two of the {} draws agree with r = {:.2f} or better, so "
                    "noise-samples=1 shows the same sooner",
                    n_draws(), agreement));
  }

 private:
  struct Chosen {
    std::string word;  // of weights=
    LayerChoice choice;
  };

  static int64_t draws_of(const std::string& quality) { return quality == "quick" ? 5 : quality == "fine" ? 30 : 10; }

  // 0 = of the clean picture alone.
  size_t noisy_draws() const {
    if (!options.smooth.value()) return 0;
    return static_cast<size_t>(options.noise_samples.is_number() ? std::stoll(options.noise_samples.value())
                                                                 : draws_of(options.quality.value()));
  }
  size_t n_draws() const { return std::max<size_t>(noisy_draws(), 1); }

  Site site() const { return options.site.value() == "output" ? Site::output : Site::input; }

  Noise noise(const Run& run, size_t draw) const {
    const bool of_model = options.noise_space.value() == "model";
    return {.space = of_model ? uint32_t{OC_NOISE_MODEL} : uint32_t{OC_NOISE_IMAGE},
            .draw = static_cast<uint32_t>(draw),
            .seed = run.seed(),
            .std = options.noise_std.value(),
            .limit = of_model ? options.clamp.value() : 0,
            .file = options.noise.value()};
  }

  std::string noise_text(const Run& run) const {
    if (noisy_draws() == 0) return "none";
    const bool of_model = options.noise_space.value() == "model";
    const std::string file = options.noise.value();
    return fmt::format(
        "{} draws, std {:g}, {}, {}", n_draws(), options.noise_std.value(),
        of_model ? fmt::format("on the model's input, clamp {:g}", options.clamp.value()) : "on the picture",
        file.empty() ? fmt::format("seed {}", run.seed()) : "from " + file);
  }

  void say_left_out(const LayerChoice& choice, Weighting weighting, const std::string& word) {
    for (const int64_t layer : choice.left_out) {
      const std::string sentence =
          fmt::format("layers={} leaves out layer {} of weights={}: {}", options.layers.value(), layer, word,
                      why_empty(site_of(layer, site()), n_layers_, weighting));
      if (said_.insert(sentence).second) host().warn(sentence);
    }
  }

  // Why the map of one site, if not of all that belong to it, means nothing.
  std::string degenerate(size_t wanted, const std::string& word, int64_t at, size_t image) const {
    const SiteFacts& facts = fold_.facts(wanted, at, image);
    const std::string known = why_empty(at, n_layers_, weighting_of(word));
    if (!facts.has_gradient)
      return known.empty() ? "the gradient is exactly 0 at every token of this image: the target does not depend on it"
                           : known;
    if (at == n_layers_ - 1 && !known.empty() && facts.cancelled < rounding_share) return known;
    if (std::all_of(facts.maxima.begin(), facts.maxima.end(), [](float maximum) { return maximum == 0.0f; }))
      return "no cell speaks for the target: the weighted sum is 0 or less at every token of this image";
    return "";
  }

  CamMap map_of(size_t wanted, int64_t at, size_t image) const {
    const DrawMean& map = fold_.map(wanted, at, image);
    return {map.mean(), map.standard_error(), map.agreement(), ""};
  }

  // Returns the least agreement of draws among the maps that mean something.
  double emit(const Run& run, const oc_grid& grid, size_t wanted, size_t image) const {
    const auto& [word, choice] = choices_[wanted];
    CamDescription description{choices_.size() > 1 ? file_word(word) : "", choice.layers, {}, target_values_, {}, {}};
    std::vector<std::string> degenerate_at;
    for (const int64_t layer : choice.layers) {
      const int64_t at = site_of(layer, site());
      const SiteFacts& facts = fold_.facts(wanted, at, image);
      description.maxima.insert(description.maxima.end(), facts.maxima.begin(), facts.maxima.end());
      degenerate_at.push_back(degenerate(wanted, word, at, image));
    }
    describe(run, description, word, choice);

    std::vector<CamMap> maps;
    const bool is_mean = options.reduce.value() == "mean";
    if (is_mean) maps.push_back(map_of(wanted, CamFold::all_sites, image));
    for (size_t i = 0; i < choice.layers.size() && !is_mean; ++i)
      maps.push_back(map_of(wanted, site_of(choice.layers[i], site()), image));
    const bool all_degenerate =
        std::none_of(degenerate_at.begin(), degenerate_at.end(), [](const std::string& why) { return why.empty(); });
    double agreement = 1;
    for (size_t i = 0; i < maps.size(); ++i) {
      maps[i].degenerate = is_mean && !all_degenerate ? "" : degenerate_at[i];
      if (maps[i].degenerate.empty()) agreement = std::min(agreement, maps[i].agreement.value_or(1.0));
    }
    if (maps.size() == 1) {
      emit_map(run, grid, description, std::move(maps.front()));
    } else {
      emit_maps(run, grid, description, maps);
    }
    return agreement;
  }

  void describe(const Run& run, CamDescription& description, const std::string& word, const LayerChoice& choice) const {
    description.texts = {{"weights", word},
                         {"site", options.site.value()},
                         {"target", target_text(options.target.value())},
                         {"score", options.target.score.value()},
                         {"noise", noise_text(run)},
                         {"normalised", "per draw, by its maximum"}};
    if (options.grad_relu.value()) description.texts.emplace_back("grad-relu", "on");
    if (options.reduce.value() == "mean") description.texts.emplace_back("reduce", "mean");
    if (!choice.left_out.empty())
      description.texts.emplace_back("layers.left_out", fmt::format("{}", fmt::join(choice.left_out, ", ")));
    description.numbers = {{"draws", static_cast<double>(n_draws())},
                           {"target.tokens", static_cast<double>(target_tokens_)}};
    if (options.threshold.value() > 0) description.numbers.emplace_back("threshold", options.threshold.value());
  }

  // A word of weights= as part of a file's name.
  static std::string file_word(const std::string& word) { return word == "gradcam++" ? "gradcam-plus-plus" : word; }

  int64_t n_layers_ = 0;
  std::vector<Chosen> choices_;
  CamFold fold_;
  std::map<uint32_t, size_t> gradient_probes_, target_probes_;  // id -> draw
  std::vector<float> target_values_;                            // [draws]
  size_t target_tokens_ = 0;
  std::set<std::string> said_;
  bool said_the_same_ = false;
};

}  // namespace
}  // namespace ocellus::methods

OCELLUS_METHOD(ocellus::methods::SmoothGradCam, {"org.ocellus.smooth-gradcam", "0.1.0", "Ocellus", "Apache-2.0"},
               {.id = "smooth-gradcam",
                .summary = "gradient-weighted activations of each image's tokens, averaged over noisy draws",
                .probes = {"gradient/1@language", "target/1@language"},
                .produces = {"heatmap/1", "heatmap-stack/1"},
                .prompt = "请详细描述这张图片中的主要内容。"})
