#include "plugins/models/common/transformer/attention_gradient.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace ocellus::models {

namespace {

struct Sizes {
  int64_t heads, kv_heads, tokens, width;
};

// The same by libtorch's autograd in float64, from the definition.
AttentionGradients reference(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& gradient,
                             double scale) {
  const auto leaf = [](const at::Tensor& x) { return x.to(at::kDouble).detach().requires_grad_(); };
  const at::Tensor q64 = leaf(q), k64 = leaf(k), v64 = leaf(v);
  const int64_t heads = q.size(0), tokens = q.size(1), group = heads / k.size(0);
  const at::Tensor keys = k64.repeat_interleave(group, 0), values = v64.repeat_interleave(group, 0);
  const at::Tensor later = at::ones({tokens, tokens}, at::kBool).triu_(1);
  const at::Tensor scores =
      (at::matmul(q64, keys.transpose(1, 2)) * scale).masked_fill(later, -std::numeric_limits<double>::infinity());
  const at::Tensor mixed = at::matmul(at::softmax(scores, -1), values).transpose(0, 1).reshape({tokens, -1});
  (mixed * gradient.to(at::kDouble)).sum().backward();
  const auto by_token = [](const at::Tensor& x) { return x.grad().transpose(0, 1).contiguous(); };
  return {by_token(q64), by_token(k64), by_token(v64)};
}

double relative_error(const at::Tensor& found, const at::Tensor& expected) {
  return (found.to(at::kDouble) - expected).norm().item<double>() / expected.norm().item<double>();
}

void expect_gradients(const Sizes& sizes, at::ScalarType type, double tolerance) {
  at::manual_seed(7);
  const auto random = [&](int64_t heads) { return at::randn({heads, sizes.tokens, sizes.width}).to(type); };
  const at::Tensor q = random(sizes.heads), k = random(sizes.kv_heads), v = random(sizes.kv_heads);
  const at::Tensor gradient = at::randn({sizes.tokens, sizes.heads * sizes.width}).to(type);
  const double scale = 1 / std::sqrt(static_cast<double>(sizes.width));
  BlockedAttention attention;
  const at::Tensor mixed = attention(q, k, v, scale, Mask::causal);
  const AttentionGradients found = causal_attention_gradient(q, k, v, mixed, gradient, scale);
  const AttentionGradients expected = reference(q, k, v, gradient, scale);
  ASSERT_EQ(found.q.sizes(), expected.q.sizes());
  ASSERT_EQ(found.k.sizes(), expected.k.sizes());
  EXPECT_LT(relative_error(found.q, expected.q), tolerance);
  EXPECT_LT(relative_error(found.k, expected.k), tolerance);
  EXPECT_LT(relative_error(found.v, expected.v), tolerance);
}

// What a reader was shown of rows that it wants, [heads, tokens, tokens]; keys after a row are 0.
class Seen final : public GradientReader {
 public:
  Seen(const Sizes& sizes, int64_t first, int64_t end)
      : probabilities(at::zeros({sizes.heads, sizes.tokens, sizes.tokens})),
        gradients(at::zeros_like(probabilities)),
        first_(first),
        end_(end) {}

  bool wants(int64_t first_row, int64_t rows) const override { return first_row < end_ && first_row + rows > first_; }
  void read(const AttentionGradientTile& tile) override {
    const AttentionTile& block = tile.probabilities;
    most_rows = std::max(most_rows, block.rows);
    firsts.push_back(block.first_row);
    for (int64_t head = 0; head < block.heads; ++head) {
      for (int64_t row = 0; row < block.rows; ++row) {
        const int64_t at = block.first_row + row;
        for (int64_t key = 0; key <= at; ++key) {
          const auto place = static_cast<size_t>(key);
          probabilities[head][at][key] = block.row(head, row)[place];
          gradients[head][at][key] = tile.gradient(head, row)[place] / static_cast<float>(tile.factor);
        }
        for (int64_t key = at + 1; key < block.keys; ++key)
          EXPECT_EQ(block.row(head, row)[static_cast<size_t>(key)], 0.0f);
      }
    }
  }

  at::Tensor probabilities, gradients;
  int64_t most_rows = 0;
  std::vector<int64_t> firsts;

 private:
  int64_t first_, end_;
};

// Probabilities by libtorch in float64, and the gradient of sum(mixed * gradient) with respect to them by autograd.
std::pair<at::Tensor, at::Tensor> reference_of_probabilities(const at::Tensor& q, const at::Tensor& k,
                                                             const at::Tensor& v, const at::Tensor& gradient,
                                                             double scale) {
  const int64_t tokens = q.size(1), group = q.size(0) / k.size(0);
  const auto of_heads = [&](const at::Tensor& x) { return x.to(at::kDouble).repeat_interleave(group, 0); };
  const at::Tensor later = at::ones({tokens, tokens}, at::kBool).triu_(1);
  const at::Tensor probabilities = at::softmax((at::matmul(q.to(at::kDouble), of_heads(k).transpose(1, 2)) * scale)
                                                   .masked_fill(later, -std::numeric_limits<double>::infinity()),
                                               -1)
                                       .detach()
                                       .requires_grad_();
  const at::Tensor mixed = at::matmul(probabilities, of_heads(v)).transpose(0, 1).reshape({tokens, -1});
  (mixed * gradient.to(at::kDouble)).sum().backward();
  return {probabilities.detach(), probabilities.grad().masked_fill(later, 0)};
}

void expect_seen(const Sizes& sizes, at::ScalarType type, double tolerance) {
  at::manual_seed(8);
  const auto random = [&](int64_t heads) { return at::randn({heads, sizes.tokens, sizes.width}).to(type); };
  const at::Tensor q = random(sizes.heads), k = random(sizes.kv_heads), v = random(sizes.kv_heads);
  const at::Tensor gradient = at::randn({sizes.tokens, sizes.heads * sizes.width}).to(type);
  const double scale = 1 / std::sqrt(static_cast<double>(sizes.width));
  BlockedAttention attention;
  const at::Tensor mixed = attention(q, k, v, scale, Mask::causal);
  Seen seen(sizes, 0, sizes.tokens);
  const AttentionGradients read = causal_attention_gradient(q, k, v, mixed, gradient * 4, scale, &seen, 4);
  const AttentionGradients unread = causal_attention_gradient(q, k, v, mixed, gradient * 4, scale);
  EXPECT_TRUE(at::equal(read.q, unread.q) && at::equal(read.k, unread.k) && at::equal(read.v, unread.v));
  const auto [probabilities, gradients] = reference_of_probabilities(q, k, v, gradient, scale);
  EXPECT_LT(relative_error(seen.probabilities, probabilities), tolerance);
  EXPECT_LT(relative_error(seen.gradients, gradients), tolerance);
  EXPECT_LE(seen.most_rows, BlockedAttention::block_rows);
  EXPECT_TRUE(std::is_sorted(seen.firsts.begin(), seen.firsts.end()));
}

TEST(AttentionGradient, AReaderSeesTheProbabilitiesAndTheirGradient) {
  expect_seen({2, 2, 9, 8}, at::kFloat, 1e-6);
}

TEST(AttentionGradient, AReaderSeesBlocksOfGroupedHeads) {
  expect_seen({6, 2, 300, 16}, at::kFloat, 1e-6);
}

TEST(AttentionGradient, AReaderSeesFloat32BeforeAnyCast) {
  expect_seen({4, 2, 150, 16}, at::kBFloat16, 1e-2);
  expect_seen({4, 2, 150, 16}, at::kHalf, 2e-3);
}

TEST(AttentionGradient, AReaderIsShownNoBlockThatItDoesNotWant) {
  const Sizes sizes{2, 1, 300, 8};
  at::manual_seed(9);
  const at::Tensor q = at::randn({2, 300, 8}), k = at::randn({1, 300, 8}), v = at::randn({1, 300, 8});
  const at::Tensor gradient = at::randn({300, 16});
  BlockedAttention attention;
  Seen seen(sizes, 130, 140);
  causal_attention_gradient(q, k, v, attention(q, k, v, 0.3, Mask::causal), gradient, 0.3, &seen);
  EXPECT_EQ(seen.firsts, std::vector<int64_t>{128});
}

TEST(AttentionGradient, IsThatOfAutogradInOneBlock) {
  expect_gradients({2, 2, 9, 8}, at::kFloat, 1e-6);
}

TEST(AttentionGradient, IsThatOfAutogradOverBlocksAndGroupedHeads) {
  expect_gradients({6, 2, 300, 16}, at::kFloat, 1e-6);
}

TEST(AttentionGradient, IsThatOfAutogradOverSeveralStepsOfKeys) {
  expect_gradients({4, 1, 1100, 32}, at::kFloat, 1e-6);
}

TEST(AttentionGradient, SumsInFloat32InBfloat16) {
  expect_gradients({6, 2, 300, 16}, at::kBFloat16, 2e-2);
}

TEST(AttentionGradient, ServesTypesWithoutLoopsOfOurs) {
  expect_gradients({4, 2, 150, 16}, at::kHalf, 3e-3);
}

}  // namespace

}  // namespace ocellus::models
