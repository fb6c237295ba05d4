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
  int64_t keys = 0;  // that every query sees; 0 = the queries' own tokens, up to each

  int64_t n_keys() const { return keys == 0 ? tokens : keys; }
  Mask mask() const { return keys == 0 ? Mask::causal : Mask::none; }
  // What is not seen.
  at::Tensor later() const { return at::ones({tokens, n_keys()}, at::kBool).triu_(keys == 0 ? 1 : keys); }
};

struct Inputs {
  at::Tensor q, k, v, gradient;
  double scale;

  Inputs(const Sizes& sizes, at::ScalarType type, uint64_t seed)
      : scale(1 / std::sqrt(static_cast<double>(sizes.width))) {
    at::manual_seed(seed);
    const auto random = [&](int64_t heads, int64_t tokens) { return at::randn({heads, tokens, sizes.width}).to(type); };
    q = random(sizes.heads, sizes.tokens);
    k = random(sizes.kv_heads, sizes.n_keys());
    v = random(sizes.kv_heads, sizes.n_keys());
    gradient = at::randn({sizes.tokens, sizes.heads * sizes.width}).to(type);
  }
};

// The same by libtorch's autograd in float64, from the definition.
AttentionGradients reference(const Sizes& sizes, const Inputs& in) {
  const auto leaf = [](const at::Tensor& x) { return x.to(at::kDouble).detach().requires_grad_(); };
  const at::Tensor q64 = leaf(in.q), k64 = leaf(in.k), v64 = leaf(in.v);
  const int64_t group = sizes.heads / sizes.kv_heads;
  const at::Tensor keys = k64.repeat_interleave(group, 0), values = v64.repeat_interleave(group, 0);
  const at::Tensor scores = (at::matmul(q64, keys.transpose(1, 2)) * in.scale)
                                .masked_fill(sizes.later(), -std::numeric_limits<double>::infinity());
  const at::Tensor mixed = at::matmul(at::softmax(scores, -1), values).transpose(0, 1).reshape({sizes.tokens, -1});
  (mixed * in.gradient.to(at::kDouble)).sum().backward();
  const auto by_token = [](const at::Tensor& x) { return x.grad().transpose(0, 1).contiguous(); };
  return {by_token(q64), by_token(k64), by_token(v64)};
}

double relative_error(const at::Tensor& found, const at::Tensor& expected) {
  return (found.to(at::kDouble) - expected).norm().item<double>() / expected.norm().item<double>();
}

void expect_gradients(const Sizes& sizes, at::ScalarType type, double tolerance) {
  const Inputs in(sizes, type, 7);
  BlockedAttention attention;
  const at::Tensor mixed = attention(in.q, in.k, in.v, in.scale, sizes.mask());
  const AttentionGradients found = attention_gradient(in.q, in.k, in.v, mixed, in.gradient, in.scale, sizes.mask());
  const AttentionGradients expected = reference(sizes, in);
  ASSERT_EQ(found.q.sizes(), expected.q.sizes());
  ASSERT_EQ(found.k.sizes(), expected.k.sizes());
  EXPECT_LT(relative_error(found.q, expected.q), tolerance);
  EXPECT_LT(relative_error(found.k, expected.k), tolerance);
  EXPECT_LT(relative_error(found.v, expected.v), tolerance);
}

// What a reader was shown of rows that it wants, [heads, tokens, keys]; keys that a row does not see are 0.
class Seen final : public GradientReader {
 public:
  Seen(const Sizes& sizes, int64_t first, int64_t end)
      : probabilities(at::zeros({sizes.heads, sizes.tokens, sizes.n_keys()})),
        gradients(at::zeros_like(probabilities)),
        keys_(sizes.keys),
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
        const int64_t seen = keys_ == 0 ? at + 1 : keys_;
        for (int64_t key = 0; key < seen; ++key) {
          const auto place = static_cast<size_t>(key);
          probabilities[head][at][key] = block.row(head, row)[place];
          gradients[head][at][key] = tile.gradient(head, row)[place] / static_cast<float>(tile.factor);
        }
        for (int64_t key = seen; key < block.keys; ++key)
          EXPECT_EQ(block.row(head, row)[static_cast<size_t>(key)], 0.0f);
      }
    }
  }

  at::Tensor probabilities, gradients;
  int64_t most_rows = 0;
  std::vector<int64_t> firsts;

 private:
  int64_t keys_, first_, end_;
};

// Probabilities by libtorch in float64, and the gradient of sum(mixed * gradient) with respect to them by autograd.
std::pair<at::Tensor, at::Tensor> reference_of_probabilities(const Sizes& sizes, const Inputs& in) {
  const int64_t group = sizes.heads / sizes.kv_heads;
  const auto of_heads = [&](const at::Tensor& x) { return x.to(at::kDouble).repeat_interleave(group, 0); };
  const at::Tensor probabilities =
      at::softmax((at::matmul(in.q.to(at::kDouble), of_heads(in.k).transpose(1, 2)) * in.scale)
                      .masked_fill(sizes.later(), -std::numeric_limits<double>::infinity()),
                  -1)
          .detach()
          .requires_grad_();
  const at::Tensor mixed = at::matmul(probabilities, of_heads(in.v)).transpose(0, 1).reshape({sizes.tokens, -1});
  (mixed * in.gradient.to(at::kDouble)).sum().backward();
  return {probabilities.detach(), probabilities.grad().masked_fill(sizes.later(), 0)};
}

void expect_seen(const Sizes& sizes, at::ScalarType type, double tolerance) {
  const Inputs in(sizes, type, 8);
  BlockedAttention attention;
  const at::Tensor mixed = attention(in.q, in.k, in.v, in.scale, sizes.mask());
  Seen seen(sizes, 0, sizes.tokens);
  const auto gradients_for = [&](GradientReader* reader) {
    return attention_gradient(in.q, in.k, in.v, mixed, in.gradient * 4, in.scale, sizes.mask(), reader, 4);
  };
  const AttentionGradients read = gradients_for(&seen), unread = gradients_for(nullptr);
  EXPECT_TRUE(at::equal(read.q, unread.q) && at::equal(read.k, unread.k) && at::equal(read.v, unread.v));
  const auto [probabilities, gradients] = reference_of_probabilities(sizes, in);
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

TEST(AttentionGradient, AReaderSeesAllKeysWhereNoneIsMasked) {
  expect_seen({3, 3, 150, 11, 163}, at::kFloat, 1e-6);
  expect_seen({3, 3, 150, 11, 163}, at::kHalf, 2e-3);
}

TEST(AttentionGradient, AReaderIsShownNoBlockThatItDoesNotWant) {
  const Sizes sizes{2, 1, 300, 8};
  at::manual_seed(9);
  const at::Tensor q = at::randn({2, 300, 8}), k = at::randn({1, 300, 8}), v = at::randn({1, 300, 8});
  const at::Tensor gradient = at::randn({300, 16});
  BlockedAttention attention;
  Seen seen(sizes, 130, 140);
  attention_gradient(q, k, v, attention(q, k, v, 0.3, Mask::causal), gradient, 0.3, Mask::causal, &seen);
  EXPECT_EQ(seen.firsts, std::vector<int64_t>{128});
}

TEST(AttentionGradient, IsThatOfAutogradInOneBlock) {
  expect_gradients({2, 2, 9, 8}, at::kFloat, 1e-6);
}

TEST(AttentionGradient, IsThatOfAutogradOverBlocksAndGroupedHeads) {
  expect_gradients({6, 2, 300, 16}, at::kFloat, 1e-6);
}

TEST(AttentionGradient, IsThatOfAutogradWithoutAMask) {
  expect_gradients({3, 3, 9, 8, 14}, at::kFloat, 1e-6);
  expect_gradients({4, 2, 300, 16, 640}, at::kFloat, 1e-6);
  expect_gradients({4, 2, 150, 16, 170}, at::kBFloat16, 2e-2);
  expect_gradients({4, 2, 150, 16, 170}, at::kHalf, 3e-3);
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
