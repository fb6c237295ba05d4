#include "plugins/models/qavit/tower.hpp"

#include <ATen/ATen.h>

#include <string>
#include <utility>

namespace ocellus::qavit {

namespace {

constexpr double reduce_norm_eps = 1e-5;  // a constant of the class, not of the configuration

}  // namespace

Tower::Tower(const TowerConfig& config, const models::WeightLoader& weights) : clip_(config.vision, weights, "") {
  for (int64_t i = 0; i < config.vision.layers; ++i) {
    if (!config.is_question_aware(i)) {
      ways_.emplace_back();
      continue;
    }
    const std::string layer = "encoder.layers." + std::to_string(i) + ".", reduce = layer + "instruct_dim_reduce.";
    ways_.push_back(QuestionWay{weights.layer_norm(reduce + "0", reduce_norm_eps), weights.linear(reduce + "1"),
                                weights.linear(reduce + "3"), weights.linear(layer + "self_attn.instruction_out_proj"),
                                at::tanh(weights.tensor(layer + "self_attn.instruction_proj_gate"))});
  }
}

models::ClipTower::Guests Tower::QuestionWay::guests(const at::Tensor& question) const {
  return {.tokens = expand(at::gelu(reduce(norm(question)))),
          .output = [this](const at::Tensor& mixed) { return strength * output(mixed); },
          .output_gradient = [this](const at::Tensor& gradient) { return output.input_gradient(strength * gradient); }};
}

std::optional<models::ClipTower::Guests> Tower::guests(int64_t index, const at::Tensor& question) const {
  const std::optional<QuestionWay>& way = ways_[static_cast<size_t>(index)];
  if (!way || !question.defined()) return std::nullopt;
  return way->guests(question);
}

at::Tensor Tower::operator()(at::Tensor x, int64_t first, int64_t end, const at::Tensor& question,
                             models::BlockedAttention& attention, const models::ClipTower::Observer& observer) const {
  observer.hidden(first, x);
  for (int64_t index = first; index < end; ++index) {
    observer.before_block();
    const std::optional<models::ClipTower::Guests> asking = guests(index, question);
    x = clip_.block(index, std::move(x), attention, observer, asking ? &*asking : nullptr);
    observer.hidden(index + 1, x);
  }
  return x;
}

at::Tensor Tower::input_gradient(int64_t index, const at::Tensor& x, const at::Tensor& gradient,
                                 const at::Tensor& question, models::BlockedAttention& attention,
                                 const models::ClipTower::GradientReaderOf& reader_of) const {
  const std::optional<models::ClipTower::Guests> asking = guests(index, question);
  return clip_.input_gradient(index, x, gradient, attention, reader_of, asking ? &*asking : nullptr);
}

}  // namespace ocellus::qavit
