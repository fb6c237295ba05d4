#include "host/run/answer_rows.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "host/plan/merge.hpp"
#include "host/run/execution.hpp"

namespace ocellus::run {

plan::Wish logits_of(plan::Indices rows) {
  plan::Wish wish;
  wish.kind = OC_PROBE_LOGITS;
  wish.stack = "language";
  wish.rows = std::move(rows);
  return wish;
}

void AnswerRows::operator()(Model& model, const Model::Prepared& prepared, int64_t prompt_tokens,
                            const plan::Knockout* knockout, const OnRow& on_row) const {
  const int64_t first = prompt_tokens - 1;
  plan::Wish wish = logits_of(selected_);
  if (forced_) {
    wish.answer = wish.stop_row = true;
    std::swap(wish.answer_tokens, wish.rows);
  } else if (selected_.empty()) {
    wish.rows.resize(std::max<size_t>(1, ids_.size()));
    std::iota(wish.rows.begin(), wish.rows.end(), first);
  } else {
    for (int64_t& row : wish.rows) row += first;
  }
  const std::vector<plan::Wish> wishes{wish};
  const std::vector<plan::Merged> merged =
      plan::merge(wishes, prompt_tokens, static_cast<int64_t>(forced_ ? ids_.size() : 0));
  const plan::MergedPlan plan(merged, forced_ ? std::span<const int64_t>(ids_) : std::span<const int64_t>(), nullptr,
                              knockout);
  const auto deliver = [&](const plan::Wish&, const oc_capture& capture) {
    const TensorView<float> logits(capture.tensor);
    for (size_t i = 0; i < capture.n_rows; ++i) on_row(static_cast<size_t>(capture.rows[i] - first), logits.row(i));
  };
  Execution execution({wishes, merged, prompt_tokens, deliver}, [](const oc_step&) {});
  execution([&](const oc_sink& sink) { model.execute(prepared, plan.raw(), sink); });
}

}  // namespace ocellus::run
