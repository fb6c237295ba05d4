#include "plugins/models/common/transformer/random_weight.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "plugins/models/common/noise/normal.hpp"
#include "plugins/models/common/transformer/weight_tensor.hpp"

namespace ocellus::models {

namespace {

constexpr size_t part_values = size_t{1} << 16;

// In parts of a fixed size, added up in their order: the same sum on however many threads.
template <class Term>
double sum_of(std::span<const float> values, const Term& term) {
  std::vector<double> sums((values.size() + part_values - 1) / part_values);
  at::parallel_for(0, static_cast<int64_t>(sums.size()), 1, [&](int64_t begin, int64_t end) {
    for (auto part = static_cast<size_t>(begin); part < static_cast<size_t>(end); ++part) {
      const size_t first = part * part_values;
      for (const float value : values.subspan(first, std::min(part_values, values.size() - first)))
        sums[part] += term(value);
    }
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace

at::Tensor random_weight(const TensorView& stored, at::ScalarType type, uint64_t seed) {
  const at::Tensor learned = weight_tensor(stored, at::kFloat);
  const auto count = static_cast<size_t>(learned.numel());
  const std::span<const float> values(learned.const_data_ptr<float>(), count);
  const double size = static_cast<double>(std::max<size_t>(1, count));
  const double mean = sum_of(values, [](float value) { return static_cast<double>(value); }) / size;
  const double squares = sum_of(values, [mean](float value) { return (value - mean) * (value - mean); });
  const double deviation = std::sqrt(squares / size);

  at::Tensor random = at::empty(stored.shape, at::kFloat);
  float* const out = random.mutable_data_ptr<float>();
  const auto blocks = static_cast<int64_t>((count + normals_of_block - 1) / normals_of_block);
  at::parallel_for(0, blocks, 1 << 12, [&](int64_t begin, int64_t end) {
    for (auto block = static_cast<uint64_t>(begin); block < static_cast<uint64_t>(end); ++block) {
      const auto normal = normal_block(seed, 0, block);
      const size_t first = block * normals_of_block;
      for (size_t i = 0; i < std::min<size_t>(normals_of_block, count - first); ++i)
        out[first + i] = static_cast<float>(mean + deviation * static_cast<double>(normal[i]));
    }
  });
  return random.to(type);
}

}  // namespace ocellus::models
