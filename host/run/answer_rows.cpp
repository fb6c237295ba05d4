#include "host/run/answer_rows.hpp"

#include <algorithm>

#include "host/plan/merge.hpp"
#include "host/run/execution.hpp"

namespace ocellus::run {

void AnswerRows::operator()(Model& model, const Model::Prepared& prepared, int64_t prompt_tokens,
                            const plan::Knockout* knockout, const OnRow& on_row) const {
  const int64_t first = prompt_tokens - 1;
  plan::Wish wish;
  wish.kind = OC_PROBE_LOGITS;
  wish.stack = "language";
  if (forced_) {
    wish.answer = wish.stop_row = true;
    wish.answer_tokens = selected_;
  } else if (!selected_.empty()) {
    for (const int64_t token : selected_) wish.rows.push_back(first + token);
  } else {
    for (size_t token = 0; token < std::max<size_t>(1, ids_.size()); ++token)
      wish.rows.push_back(first + static_cast<int64_t>(token));
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
