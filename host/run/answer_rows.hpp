// The rows of logits that produce an answer's tokens, from a run of the model that is given these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "host/plan/knockout.hpp"
#include "host/plan/wish.hpp"
#include "host/run/model.hpp"

namespace ocellus::run {

// Of the logits of these rows, sorted.
plan::Wish logits_of(plan::Indices rows);

class AnswerRows {
 public:
  // Of no answer: the row that produces the first token.
  AnswerRows() = default;
  // Of tokens that end the prompt as the given answer, and of the stop token that may follow these.
  static AnswerRows in_prompt(std::vector<int64_t> ids) { return {std::move(ids), false}; }
  // Of tokens that the model is made to generate, step by step, the stop token among them; for models that serve
  // knockout/1@language.
  static AnswerRows forced(std::vector<int64_t> ids) { return {std::move(ids), true}; }

  const std::vector<int64_t>& ids() const { return ids_; }
  // From now on the rows of these tokens alone, by place in ids(); sorted, at least one.
  void select(std::vector<int64_t> tokens) { selected_ = std::move(tokens); }

  // `token` is a place in ids(); they come in order.
  using OnRow = std::function<void(size_t token, std::span<const float> logits)>;
  // NULL = nothing is knocked out.
  void operator()(Model& model, const Model::Prepared& prepared, int64_t prompt_tokens, const plan::Knockout* knockout,
                  const OnRow& on_row) const;

 private:
  AnswerRows(std::vector<int64_t> ids, bool forced) : ids_(std::move(ids)), forced_(forced) {}

  std::vector<int64_t> ids_;
  bool forced_ = false;
  std::vector<int64_t> selected_;  // none = all
};

}  // namespace ocellus::run
