#include "host/run/mask_pass.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <ocellus/sdk/error.hpp>
#include <ocellus/sdk/tensor.hpp>
#include <optional>
#include <span>
#include <utility>

#include "host/faithfulness/masking.hpp"
#include "host/faithfulness/reply.hpp"
#include "host/run/altered_inputs.hpp"
#include "host/run/answer_rows.hpp"
#include "host/run/answer_target.hpp"

namespace ocellus::run {
namespace {

using faithfulness::Fill;
using Mask = PreparedSample::Mask;

// The cells of the language stack's tokens on one picture.
faithfulness::Grid grid_of(const PreparedSample& ready, int32_t image, const media::Picture& picture) {
  const oc_layout& layout = *ready.context->layouts.widest("language");
  std::vector<store::Heatmap::Cell> cells;
  for (const oc_cell& cell : std::span(layout.cells, layout.n_cells)) {
    if (cell.image == image) cells.push_back({cell.x0, cell.y0, cell.x1, cell.y1});
  }
  return {std::move(cells), picture.width, picture.height};
}

// The pictures of a sample with cells of one of them masked. [any] thread.
class MaskedPictures {
 public:
  MaskedPictures(const MaskPass& pass, const PreparedSample& ready, const std::vector<media::Picture>& pictures)
      : pictures_(pictures) {
    for (const uint32_t input : pass.inputs) {
      const Mask& mask = *masks_.emplace_back(&ready.variant(input).mask);
      const media::Picture& picture = pictures_.at(static_cast<size_t>(mask.image));
      if (!grids_.contains(mask.image)) grids_.emplace(mask.image, grid_of(ready, mask.image, picture));
      const std::pair key(mask.image, mask.fill);
      if (!fills_.contains(key)) fills_.emplace(key, faithfulness::fill_of(picture, mask.fill));
    }
  }

  std::vector<media::Picture> operator()(size_t index) const {
    const Mask& mask = *masks_[index];
    std::vector<media::Picture> pictures = pictures_;
    media::Picture& picture = pictures[static_cast<size_t>(mask.image)];
    picture = faithfulness::masked(picture, fills_.at({mask.image, mask.fill}), grids_.at(mask.image), mask.cells);
    return pictures;
  }

 private:
  const std::vector<media::Picture>& pictures_;
  std::vector<const Mask*> masks_;
  std::map<int32_t, faithfulness::Grid> grids_;
  std::map<std::pair<int32_t, Fill>, media::Picture> fills_;
};

// The answer that the inputs are given; none if the target needs none before it.
std::optional<AnswerGiven> answer_for(const plan::Target& target, const Sample& sample, const Answer& answer) {
  if (target.tokens == OC_TARGET_TEXT) return AnswerGiven{target.text};
  if (sample.answer) return AnswerGiven{*sample.answer};
  AnswerGiven given = AnswerGiven::of(answer);
  if (given.generated.empty() || (target.tokens == OC_TARGET_TOKEN && target.index == 0)) return std::nullopt;
  if (target.tokens == OC_TARGET_ANSWER && answer.tokens.back().is_stop) given.stop = answer.tokens.back().id;
  return given;
}

}  // namespace

std::string MaskPass::name() const {
  return name_of(target) + " under masked cells";
}

std::vector<MaskPass> mask_passes(const std::vector<plan::Wish>& wishes, uint32_t max_new_tokens) {
  std::vector<MaskPass> passes;
  for (const plan::Wish& wish : wishes) {
    auto pass =
        std::find_if(passes.begin(), passes.end(), [&](const MaskPass& other) { return other.target == *wish.target; });
    if (pass == passes.end()) {
      const bool waits = wish.target->tokens != OC_TARGET_TEXT;
      pass = passes.insert(pass, {*wish.target, {}, {}, waits ? max_new_tokens : 0});
    }
    pass->wishes.push_back(wish);
    pass->inputs.push_back(wish.variant);
  }
  for (MaskPass& pass : passes) {
    std::sort(pass.inputs.begin(), pass.inputs.end());
    pass.inputs.erase(std::unique(pass.inputs.begin(), pass.inputs.end()), pass.inputs.end());
  }
  return passes;
}

std::vector<plan::Merged> probes_of(const MaskPass& pass, const PreparedSample& ready, const Model& model) {
  const services::LayoutBook& layouts = ready.context->layouts;
  int64_t tokens = 1;
  if (pass.target.tokens == OC_TARGET_TEXT) {
    tokens = static_cast<int64_t>(model.text_ids(pass.target.text).size());
  } else if (pass.target.tokens == OC_TARGET_ANSWER) {
    tokens = std::max(layouts.given_answer_tokens(), int64_t{pass.max_new_tokens});
  }
  plan::Indices rows(static_cast<size_t>(std::max<int64_t>(1, tokens)));
  std::iota(rows.begin(), rows.end(), layouts.prompt_tokens() - 1);
  return plan::merge({logits_of(std::move(rows))}, layouts.prompt_tokens(), 0);
}

void run_masked(const MaskPass& pass, const PreparedSample& ready, Model& model, const Answer& answer,
                const plan::Router::Deliver& deliver) {
  const plan::Target& target = pass.target;
  std::optional<AnswerGiven> given = answer_for(target, *ready.sample, answer);
  const bool is_given = given.has_value();
  AlteredInputs inputs(ready, model, std::move(given));
  if (!inputs.is_as_generated()) {
    throw Error(OC_E_SAMPLE,
                "the answer's text does not come back as the tokens that the model wrote, so that masked inputs cannot "
                "be given them: score its first token alone, or give the answer with --answer");
  }
  std::vector<int64_t> ids = inputs.answer_ids();
  if (!is_given && !answer.tokens.empty()) ids = {answer.tokens.front().id};
  const bool is_stop = !is_given && (answer.tokens.empty() || answer.tokens.front().is_stop);
  expect_token(target, is_stop ? 0 : ids.size());
  size_t first = 0;
  if (target.tokens == OC_TARGET_TOKEN) {
    first = static_cast<size_t>(target.index);
    ids = {ids[first]};
    inputs.select({target.index});
  }
  const auto score = target.score == OC_SCORE_LOGIT ? faithfulness::Score::logit : faithfulness::Score::log_probability;
  std::vector<float> scores;
  const MaskedPictures pictures(pass, ready, inputs.pictures());
  inputs(
      pass.inputs.size(), [&](size_t index) { return pictures(index); },
      [&](size_t index, size_t token, std::span<const float> logits) {
        if (token == first) scores.clear();
        scores.push_back(static_cast<float>(faithfulness::score_of(logits, ids.at(token - first), score)));
        if (scores.size() < ids.size()) return;
        const TensorPointer tensor = make_tensor(scores, {static_cast<int64_t>(scores.size())});
        for (const plan::Wish& wish : pass.wishes) {
          if (wish.variant != pass.inputs[index]) continue;
          oc_capture capture{};
          capture.struct_size = sizeof capture;
          capture.probe = wish.id;
          capture.layer = -1;
          capture.tensor = tensor.get();
          deliver(wish, capture);
        }
      });
}

}  // namespace ocellus::run
