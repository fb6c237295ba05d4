#include "host/run/altered_inputs.hpp"

#include <algorithm>
#include <future>
#include <ocellus/sdk/error.hpp>
#include <utility>

#include "host/plan/merge.hpp"
#include "host/run/execution.hpp"

namespace ocellus::run {

AlteredInputs::AlteredInputs(const PreparedSample& ready, Model& model, std::optional<std::string> answer)
    : model_(model), sample_(*ready.sample), pictures_(ready.context->pictures()) {
  sample_.answer = std::move(answer);
  if (!sample_.answer) return;
  const services::LayoutBook layouts = prepare(pictures_).layouts;
  const oc_layout& layout = *layouts.find("language", 0);
  answer_ids_.assign(layout.token_ids + layouts.prompt_tokens(), layout.token_ids + layout.n_tokens);
}

AlteredInputs::Input AlteredInputs::prepare(const std::vector<media::Picture>& pictures) const {
  services::LayoutBook layouts;
  Model::Prepared prepared = model_.prepare(sample_, pictures, layouts);
  return {std::move(prepared), std::move(layouts)};
}

void AlteredInputs::operator()(size_t n, const Pictures& pictures, const OnRow& on_row) {
  const auto begin = [&](size_t index) {
    return std::async(std::launch::async, [this, &pictures, index] { return prepare(pictures(index)); });
  };
  std::future<Input> next;
  if (n > 0) next = begin(0);
  for (size_t index = 0; index < n; ++index) {
    const Input input = next.get();
    if (index + 1 < n) next = begin(index + 1);
    execute(input, [&](size_t token, std::span<const float> logits) { on_row(index, token, logits); });
  }
}

void AlteredInputs::execute(const Input& input,
                            const std::function<void(size_t token, std::span<const float> logits)>& on_row) {
  const int64_t first = input.layouts.prompt_tokens() - 1;
  plan::Wish wish;
  wish.kind = OC_PROBE_LOGITS;
  wish.stack = "language";
  for (size_t token = 0; token < std::max<size_t>(1, answer_ids_.size()); ++token)
    wish.rows.push_back(first + static_cast<int64_t>(token));
  const std::vector<plan::Wish> wishes{wish};
  const std::vector<plan::Merged> merged = plan::merge(wishes, input.layouts.prompt_tokens(), 0);
  const plan::MergedPlan plan(merged, 0);
  const auto deliver = [&](const plan::Wish&, const oc_capture& capture) {
    const TensorView<float> logits(capture.tensor);
    for (size_t i = 0; i < capture.n_rows; ++i) on_row(static_cast<size_t>(capture.rows[i] - first), logits.row(i));
  };
  const auto no_step = [](const oc_step&) { throw Error(OC_E_INTERNAL, "an altered input generates no answer"); };
  Execution execution({wishes, merged, input.layouts.prompt_tokens(), deliver}, no_step);
  execution([&](const oc_sink& sink) { model_.execute(input.prepared, plan.raw(), sink); });
}

}  // namespace ocellus::run
