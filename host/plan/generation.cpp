#include "host/plan/generation.hpp"

namespace ocellus::plan {

RawGeneration::RawGeneration(const Generation& generation, uint64_t seed) : is_default_(generation.is_default()) {
  for (const std::string& text : generation.stop_strings) stop_strings_.push_back(text.c_str());
  raw_.struct_size = sizeof raw_;
  raw_.draws = generation.draws ? 1 : 0;
  raw_.temperature = generation.temperature.value_or(0);
  raw_.top_p = generation.top_p.value_or(0);
  raw_.repetition_penalty = generation.repetition_penalty.value_or(0);
  constexpr int64_t all = -1;
  if (generation.top_k) raw_.top_k = *generation.top_k == 0 ? all : *generation.top_k;
  raw_.seed = seed;
  raw_.stop_strings = stop_strings_.data();
  raw_.n_stop_strings = stop_strings_.size();
}

}  // namespace ocellus::plan
