#include "host/run/faithfulness_stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <optional>
#include <span>
#include <utility>

#include "host/faithfulness/reply.hpp"
#include "host/plan/merge.hpp"
#include "host/run/altered_inputs.hpp"
#include "host/run/answer_rows.hpp"
#include "host/store/heatmap.hpp"

namespace ocellus::run {
namespace {

using faithfulness::Replies;
using faithfulness::Reply;

constexpr const char* needed_probe = "logits/1@language";

// FNV-1a.
uint64_t hash(std::span<const uint8_t> bytes, uint64_t from = 0xcbf29ce484222325u) {
  for (const uint8_t byte : bytes) from = (from ^ byte) * 0x100000001b3u;
  return from;
}

// Of what is asked, so that a sample's random orders are its own, wherever it stands in a data set.
uint64_t seed_of(const Sample& sample, const std::vector<media::Picture>& pictures, uint64_t seed) {
  const std::string question = sample.question();
  uint64_t mixed = hash({reinterpret_cast<const uint8_t*>(question.data()), question.size()});
  for (const media::Picture& picture : pictures)
    mixed =
        hash({picture.rgb.get(), size_t{3} * static_cast<size_t>(picture.width) * static_cast<size_t>(picture.height)},
             mixed);
  return mixed + seed;
}

std::vector<faithfulness::KnownPicture> known_pictures(const std::vector<media::Picture>& pictures,
                                                       const std::vector<Box>& boxes) {
  std::vector<faithfulness::KnownPicture> known;
  for (const media::Picture& picture : pictures) {
    known.push_back({picture, {}});
    for (const Box& box : boxes) {
      if (box.image == static_cast<int32_t>(known.size() - 1))
        known.back().boxes.push_back({box.x0, box.y0, box.x1, box.y1});
    }
  }
  return known;
}

// The token that begins the answer, if one is given or was generated.
std::optional<int64_t> first_token(const PreparedSample& ready, const SampleResult& result) {
  if (!result.answer.tokens.empty()) return result.answer.tokens.front().id;
  const services::LayoutBook& layouts = ready.context->layouts;
  if (layouts.given_answer_tokens() <= 0) return std::nullopt;
  return layouts.given_answer_ids().front();
}

// What the model says of the answer, input by input.
class Questioning {
 public:
  // `targets` are the tokens of the answer that are asked about, from the first on; none = the likeliest first token of
  // the clean input is. `n_scored` of them make the answer's value, one at least.
  Questioning(AlteredInputs& inputs, std::vector<int64_t> targets, size_t n_scored, faithfulness::Score score)
      : inputs_(inputs), targets_(std::move(targets)), n_scored_(n_scored), score_(score) {
    clean_ = of(1, [&](size_t) { return inputs_.pictures(); }).front();
  }

  const Replies& clean() const { return clean_; }
  // The tokens that make the answer's value.
  std::span<const int64_t> scored() const { return std::span(targets_).first(n_scored_); }

  std::vector<Replies> operator()(size_t n, const std::function<faithfulness::AlteredInput(size_t)>& input) {
    return of(n, [&](size_t index) {
      faithfulness::AlteredInput altered = input(index);
      std::vector<media::Picture> pictures = inputs_.pictures();
      pictures[static_cast<size_t>(altered.image)] = std::move(altered.picture);
      return pictures;
    });
  }

 private:
  std::vector<Replies> of(size_t n, const AlteredInputs::Pictures& pictures) {
    std::vector<Replies> all(n);
    inputs_(n, pictures, [&](size_t index, size_t token, std::span<const float> logits) {
      const int64_t likeliest = faithfulness::likeliest(logits);
      if (targets_.empty()) targets_ = {likeliest};
      std::vector<Reply>& tokens = all[index].tokens;
      tokens.resize(targets_.size());
      tokens[token] = {faithfulness::score_of(logits, targets_[token], score_), likeliest};
    });
    for (Replies& replies : all) {
      double sum = 0;
      for (const Reply& token : std::span(replies.tokens).first(n_scored_)) sum += token.value;
      replies.answer = {sum / static_cast<double>(n_scored_), replies.tokens.front().likeliest};
    }
    return all;
  }

  AlteredInputs& inputs_;
  std::vector<int64_t> targets_;
  size_t n_scored_;
  faithfulness::Score score_;
  Replies clean_;
};

}  // namespace

void expect_judgeable(const registry::PluginRecord& model, const std::vector<const registry::PluginRecord*>& methods) {
  if (!model.serves(needed_probe)) {
    throw Error(OC_E_UNSUPPORTED,
                fmt::format("--faithfulness scores the answer's tokens, and models of {} write no answer: leave it out",
                            model.id));
  }
  const auto makes_maps = [](const registry::PluginRecord* method) {
    return std::any_of(method->produces.begin(), method->produces.end(),
                       [](const std::string& type) { return store::is_of_heatmaps(type) || type == "token-steps/1"; });
  };
  if (std::none_of(methods.begin(), methods.end(), makes_maps))
    throw Error(OC_E_UNSUPPORTED, "--faithfulness judges heatmaps, and none of the methods asked for makes any");
}

PlanSummary::Judging summarise_judging(const PreparedSample& ready, const Model& model,
                                       const faithfulness::Settings& settings, const SamplePlan& plan) {
  const services::LayoutBook& layouts = ready.context->layouts;
  PlanSummary::Judging judging;
  judging.cost = faithfulness::cost_of(settings, !ready.sample->boxes.empty());
  judging.prompt_tokens = layouts.prompt_tokens();
  const int64_t given = std::max<int64_t>(layouts.given_answer_tokens(), 0);
  const Pass& clean = plan.passes.front();
  const bool film =
      std::any_of(clean.wishes.begin(), clean.wishes.end(), [](const plan::Wish& wish) { return wish.stop_row; });
  const uint64_t answer = std::max<uint64_t>(clean.max_new_tokens, static_cast<uint64_t>(given));
  const uint64_t rows = settings.whole_answer || film ? answer : 1;
  judging.bytes = AlteredInputs::bytes(ready, model, rows);
  const std::vector<plan::Merged> merged =
      plan::merge({logits_of({layouts.prompt_tokens() - 1})}, layouts.prompt_tokens(), 0);
  judging.activation_bytes = model.estimate(*ready.prepared, plan::MergedPlan(merged, 0).raw()).activation_bytes;
  return judging;
}

faithfulness::Report judge_maps(const PreparedSample& ready, const SampleResult& result, Model& model,
                                const faithfulness::Settings& settings, uint64_t seed) {
  const std::vector<faithfulness::MapOfImage> maps = faithfulness::maps_of(result.artifacts);
  const bool of_tokens =
      std::any_of(maps.begin(), maps.end(), [](const faithfulness::MapOfImage& map) { return map.token.has_value(); });
  const bool gives_answer = settings.whole_answer || of_tokens;
  AlteredInputs inputs(ready, model, gives_answer ? std::optional(AnswerGiven::of(result.answer)) : std::nullopt);
  std::vector<int64_t> targets = inputs.answer_ids();
  if (settings.whole_answer && targets.empty())
    throw Error(OC_E_SAMPLE, "the answer is empty, so --faithfulness:tokens=answer has nothing to score: tokens=first");
  if (of_tokens && !inputs.is_as_generated()) {
    throw Error(OC_E_SAMPLE,
                "the answer's text does not come back as the tokens that the model wrote, so the map of each cannot be "
                "judged by it: leave out --faithfulness for films of this sample, or give the answer with --answer");
  }
  if (!gives_answer) {
    if (const std::optional<int64_t> first = first_token(ready, result)) targets = {*first};
  }
  faithfulness::Report report;
  report.settings = settings;
  if (maps.empty()) return report;
  const size_t n_scored = settings.whole_answer ? targets.size() : 1;
  Questioning questioning(inputs, std::move(targets), n_scored, settings.score);
  report.judged = faithfulness::judge(maps, known_pictures(inputs.pictures(), ready.sample->boxes), settings,
                                      seed_of(*ready.sample, inputs.pictures(), seed), questioning.clean(),
                                      [&](size_t n, const auto& input) { return questioning(n, input); });
  report.clean = questioning.clean().answer.value;
  for (const int64_t id : questioning.scored()) report.tokens.emplace_back(model.token_bytes(id));
  return report;
}

}  // namespace ocellus::run
