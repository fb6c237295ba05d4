// One map of qa-attention, and what its numbers say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ocellus::methods {

// Attention on the patches of one image, and where the rest of the rows' attention went.
struct QuestionMap {
  std::vector<double> values;  // row-major; their sum is 1, but of a difference 0
  double image_mass = 0;       // what the patches got before they were divided by it
  double question_mass = 0;
};

// Makes the values sum to 1; what they summed to is their `image_mass`. Values that are all 0 stay.
void normalise(QuestionMap& map);

// exp(x) / sum exp(x) of values that sum to 1 already, as the published tool has it: nearly the same everywhere.
void soften(QuestionMap& map);

// Statistics as the published tool prints them.
struct MapStatistics {
  double mean, deviation, max, min;  // the deviation is the population's
  double entropy;                    // nats: -sum a ln(a + 1e-8)
};
MapStatistics statistics_of(const std::vector<double>& values);

// Places of the `count` largest values, the largest first; of equals the first.
std::vector<size_t> largest(const std::vector<double>& values, size_t count);

}  // namespace ocellus::methods
