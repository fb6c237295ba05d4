#include "plugins/models/common/transformer/attention_gradient.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

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
  const at::Tensor scores = (at::matmul(q64, keys.transpose(1, 2)) * scale)
                                .masked_fill(later, -std::numeric_limits<double>::infinity());
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
