#include "host/run/altered_inputs.hpp"

#include <future>
#include <ocellus/sdk/error.hpp>
#include <utility>

namespace ocellus::run {

AnswerGiven AnswerGiven::of(const Answer& answer) {
  AnswerGiven given{answer.text};
  for (const Answer::Token& token : answer.tokens) {
    if (!token.is_stop) given.generated.push_back(token.id);
  }
  return given;
}

AlteredInputs::AlteredInputs(const PreparedSample& ready, Model& model, std::optional<AnswerGiven> answer)
    : model_(model), sample_(*ready.sample), pictures_(ready.context->pictures()) {
  sample_.answer.reset();
  if (!answer) return;
  sample_.answer = answer->text;
  std::vector<int64_t> ids;
  const bool can_force = !answer->generated.empty() && serves_knockouts(model.record());
  try {
    ids = prepare(pictures_).layouts.given_answer_ids();
  } catch (const Error& error) {  // bytes that are no text, as a token may hold
    if (error.status() != OC_E_SAMPLE || !can_force) throw;
  }
  is_as_generated_ = answer->generated.empty() || answer->generated == ids;
  const bool forced = !is_as_generated_ && can_force;
  if (forced) {
    sample_.answer.reset();
    ids = std::move(answer->generated);
    is_as_generated_ = true;
  }
  if (answer->stop) ids.push_back(*answer->stop);
  rows_ = forced ? AnswerRows::forced(std::move(ids)) : AnswerRows::in_prompt(std::move(ids));
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
    rows_(model_, input.prepared, input.layouts.prompt_tokens(), nullptr,
          [&](size_t token, std::span<const float> logits) { on_row(index, token, logits); });
  }
}

uint64_t AlteredInputs::bytes(const PreparedSample& ready, const Model& model, uint64_t rows) {
  uint64_t bytes = 0;
  if (const oc_stack* stack = model.stack("language")) bytes += sizeof(float) * rows * uint64_t{stack->vocabulary};
  // The fill, the altered picture that runs and the one that is prepared meanwhile.
  constexpr uint64_t copies = 3, channels = 3;
  for (const media::Picture& picture : ready.context->pictures())
    bytes += copies * channels * static_cast<uint64_t>(picture.width) * static_cast<uint64_t>(picture.height);
  return bytes;
}

}  // namespace ocellus::run
