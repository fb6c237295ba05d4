// What rows of logits say of an answer.
#pragma once

#include <cstdint>
#include <span>

#include "host/faithfulness/settings.hpp"

namespace ocellus::faithfulness {

// The index of the largest logit, the first of equal ones.
int64_t likeliest(std::span<const float> logits);

// Of token `id` in the row that produces it.
double score_of(std::span<const float> logits, int64_t id, Score score);

}  // namespace ocellus::faithfulness
