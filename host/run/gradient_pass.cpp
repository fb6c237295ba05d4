#include "host/run/gradient_pass.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <ocellus/sdk/error.hpp>
#include <set>
#include <utility>

#include "host/run/answer_target.hpp"

namespace ocellus::run {
namespace {

const services::LayoutBook& layouts_of(const plan::Target& target, const PreparedSample& ready) {
  return target.tokens == OC_TARGET_TEXT ? ready.answered.at(target.text).layouts : ready.context->layouts;
}

// The rows of wishes that leave them to a target whose tokens the rows `producing` produce; ascending.
void place_rows(std::vector<plan::Wish>& wishes, const plan::Indices& producing) {
  for (plan::Wish& wish : wishes) {
    if (wish.target_rows == plan::Wish::TargetRows::producing) wish.rows = producing;
    if (wish.target_rows != plan::Wish::TargetRows::all) continue;
    wish.rows.resize(static_cast<size_t>(producing.empty() ? 0 : producing.back() + 1));
    std::iota(wish.rows.begin(), wish.rows.end(), int64_t{0});
  }
}

// Rows of a target before its answer is known: `most_tokens` of it.
plan::Indices expected_rows(const plan::Target& target, int64_t prompt_tokens, int64_t most_tokens) {
  plan::Indices rows;
  for (int64_t token = 0; token < most_tokens; ++token) {
    if (target.tokens != OC_TARGET_TOKEN || token == target.index) rows.push_back(prompt_tokens - 1 + token);
  }
  return rows;
}

}  // namespace

std::string GradientPass::name(const PreparedSample& ready) const {
  if (is_of_features()) return "gradients of what the question changes in the image features";
  const auto noisy = std::count_if(draws.begin(), draws.end(), [](uint32_t draw) { return draw > 0; });
  if (noisy == 0) return "gradients of " + name_of(target);
  const oc_noise& noise = ready.variant(draws.back()).noise;
  return fmt::format("gradients of {} under {} draw{} of noise (std {})", name_of(target), noisy, noisy == 1 ? "" : "s",
                     noise.std);
}

std::vector<GradientPass> gradient_passes(const std::vector<plan::Wish>& wishes, PreparedSample& ready,
                                          const Model& model, uint32_t max_new_tokens) {
  std::vector<GradientPass> passes;
  std::set<size_t> placed;  // indices of wishes
  for (size_t first = 0; first < wishes.size(); ++first) {
    if (!wishes[first].target || placed.contains(first)) continue;
    // Everything that one method wants of one target.
    GradientPass pass;
    pass.target = *wishes[first].target;
    std::set<uint32_t> draws;
    for (size_t i = first; i < wishes.size(); ++i) {
      if (wishes[i].method != wishes[first].method || wishes[i].target != pass.target) continue;
      placed.insert(i);
      draws.insert(wishes[i].variant);
      pass.wishes.push_back(wishes[i]);
    }
    pass.draws.assign(draws.begin(), draws.end());
    const auto same = std::find_if(passes.begin(), passes.end(), [&](const GradientPass& other) {
      return other.target == pass.target && other.draws == pass.draws;
    });
    if (same == passes.end()) {
      passes.push_back(std::move(pass));
    } else {
      same->wishes.insert(same->wishes.end(), pass.wishes.begin(), pass.wishes.end());
    }
  }
  for (GradientPass& pass : passes) {
    const bool is_text = pass.target.tokens == OC_TARGET_TEXT;
    if (is_text) answered_with(pass.target.text, ready, model);
    pass.max_new_tokens = is_text || pass.is_of_features() ? 0 : max_new_tokens;
    const services::LayoutBook& layouts = layouts_of(pass.target, ready);
    const int64_t given = std::max<int64_t>(layouts.given_answer_tokens(), 0), prompt = layouts.prompt_tokens();
    place_rows(pass.wishes, expected_rows(pass.target, prompt, pass.max_new_tokens > 0 ? pass.max_new_tokens : given));
    pass.merged = plan::merge(pass.wishes, prompt, pass.max_new_tokens);
  }
  return passes;
}

GradientPlan::GradientPlan(const GradientPass& pass, const PreparedSample& ready, const Answer* answer)
    : input_(pass.target.tokens == OC_TARGET_TEXT ? &ready.answered.at(pass.target.text).prepared : &*ready.prepared),
      wishes_(pass.wishes),
      merged_(pass.merged) {
  for (const uint32_t draw : pass.draws) draws_.push_back(draw == 0 ? nullptr : &ready.variant(draw).noise);
  plan_.struct_size = sizeof plan_;
  plan_.score = pass.target.score;
  plan_.draws = draws_.data();
  plan_.n_draws = draws_.size();
  plan_.memory = pass.memory;
  plan_.n_continuation = pass.max_new_tokens;
  plan_.of_features = pass.is_of_features() ? 1 : 0;
  if (!pass.is_of_features() && (pass.max_new_tokens == 0 || answer != nullptr)) set_targets(pass, ready, answer);
  probes_.emplace(merged_);
  plan_.probes = probes_->pointers().data();
  plan_.n_probes = probes_->pointers().size();
}

void GradientPlan::set_targets(const GradientPass& pass, const PreparedSample& ready, const Answer* answer) {
  const services::LayoutBook& layouts = layouts_of(pass.target, ready);
  const int64_t prompt = layouts.prompt_tokens();
  std::vector<int64_t> ids;
  size_t n_tokens = 0;  // of the answer, which the stop token is not one of
  if (pass.max_new_tokens > 0) {
    for (const Answer::Token& token : answer->tokens) {
      ids.push_back(token.id);
      n_tokens += token.is_stop ? 0 : 1;
    }
    continuation_ = ids;
  } else {
    ids = layouts.given_answer_ids();
    n_tokens = ids.size();
  }
  const bool is_one = pass.target.tokens == OC_TARGET_TOKEN;
  expect_token(pass.target, n_tokens);
  for (size_t k = 0; k < ids.size(); ++k) {
    if (is_one && static_cast<int64_t>(k) != pass.target.index) continue;
    targets_.push_back({prompt - 1 + static_cast<int64_t>(k), ids[k]});
  }
  plan_.continuation = continuation_.data();
  plan_.n_continuation = continuation_.size();
  plan_.targets = targets_.data();
  plan_.n_targets = targets_.size();
  plan::Indices producing;
  for (const oc_target_token& token : targets_) producing.push_back(token.row);
  place_rows(wishes_, producing);
  merged_ = plan::merge(wishes_, prompt, pass.max_new_tokens);
}

}  // namespace ocellus::run
