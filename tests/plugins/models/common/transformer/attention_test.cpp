#include "plugins/models/common/transformer/attention.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ocellus::models {

namespace {

struct Problem {
  at::Tensor q, k, v;  // [Hq, Tq, d], [Hkv, Tk, d]
  double scale;
};

Problem random_problem(int64_t heads, int64_t kv_heads, int64_t queries, int64_t keys, int64_t width) {
  at::manual_seed(11);
  return {at::randn({heads, queries, width}), at::randn({kv_heads, keys, width}), at::randn({kv_heads, keys, width}),
          1 / std::sqrt(static_cast<double>(width))};
}

struct Reference {
  at::Tensor probabilities, out;  // [Hq, Tq, Tk], [Tq, Hq * d], in double
};

// The definition, in double, with the key heads repeated.
Reference attend_naively(const Problem& problem, Mask mask) {
  const int64_t queries = problem.q.size(1), keys = problem.k.size(1), group = problem.q.size(0) / problem.k.size(0);
  const at::Tensor k = problem.k.to(at::kDouble).repeat_interleave(group, 0);
  const at::Tensor v = problem.v.to(at::kDouble).repeat_interleave(group, 0);
  at::Tensor scores = at::matmul(problem.q.to(at::kDouble), k.transpose(1, 2)) * problem.scale;
  if (mask == Mask::causal) {
    const at::Tensor later = at::ones({queries, keys}, at::kBool).triu(keys - queries + 1);
    scores = scores.masked_fill(later, -std::numeric_limits<double>::infinity());
  }
  const at::Tensor probabilities = at::softmax(scores, -1);
  return {probabilities, at::matmul(probabilities, v).transpose(0, 1).reshape({queries, -1})};
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

// Keeps every row it wants.
class Collector : public RowReader {
 public:
  explicit Collector(std::vector<int64_t> wanted) : wanted_(std::move(wanted)) {}
  bool wants(int64_t first, int64_t count) const override {
    for (const int64_t row : wanted_) {
      if (row >= first && row < first + count) return true;
    }
    return false;
  }
  void read(const AttentionTile& tile) override {
    ++tiles;
    for (const int64_t row : wanted_) {
      if (row < tile.first_row || row >= tile.first_row + tile.rows) continue;
      for (int64_t head = 0; head < tile.heads; ++head) {
        const auto values = tile.row(head, row - tile.first_row);
        rows[{head, row}].assign(values.begin(), values.end());
      }
    }
  }
  std::map<std::pair<int64_t, int64_t>, std::vector<float>> rows;
  int tiles = 0;

 private:
  std::vector<int64_t> wanted_;
};

struct Shape {
  int64_t heads, kv_heads, queries, keys;
  Mask mask;
};

class AttentionOfShape : public testing::TestWithParam<Shape> {};

TEST_P(AttentionOfShape, AgreesWithItsDefinition) {  // mistakes 17 and 25
  const auto [heads, kv_heads, queries, keys, mask] = GetParam();
  const Problem problem = random_problem(heads, kv_heads, queries, keys, 16);
  const Reference reference = attend_naively(problem, mask);
  std::vector<int64_t> all(static_cast<size_t>(queries));
  for (int64_t row = 0; row < queries; ++row) all[static_cast<size_t>(row)] = row;
  Collector collector(all);
  BlockedAttention attention;
  const at::Tensor out = attention(problem.q, problem.k, problem.v, problem.scale, mask, &collector);
  EXPECT_LE(largest_difference(out, reference.out), 2e-6);
  for (const auto& [at, row] : collector.rows) {
    const auto visible = static_cast<int64_t>(row.size());
    const at::Tensor expected = reference.probabilities[at.first][at.second];
    EXPECT_LE(largest_difference(at::tensor(row), expected.narrow(0, 0, visible)), 1e-6);
    EXPECT_EQ(expected.narrow(0, visible, keys - visible).sum().item<double>(), 0);
    const int64_t own = mask == Mask::causal ? keys - queries + at.second : keys - 1;
    for (int64_t key = own + 1; key < visible; ++key) EXPECT_EQ(row[static_cast<size_t>(key)], 0.0f);
  }
  EXPECT_EQ(collector.rows.size(), static_cast<size_t>(heads * queries));
}

INSTANTIATE_TEST_SUITE_P(Shapes, AttentionOfShape,
                         testing::Values(Shape{6, 2, 300, 300, Mask::causal}, Shape{4, 1, 128, 128, Mask::causal},
                                         Shape{6, 2, 129, 200, Mask::causal}, Shape{6, 2, 1, 77, Mask::causal},
                                         Shape{3, 3, 257, 257, Mask::none}, Shape{2, 2, 5, 5, Mask::none},
                                         Shape{6, 2, 40, 900, Mask::causal}, Shape{6, 2, 700, 700, Mask::causal},
                                         Shape{2, 1, 140, 1100, Mask::none}));

// In bfloat16, and in a type without loops of ours.
TEST_P(AttentionOfShape, AgreesInOtherTypes) {
  const auto [heads, kv_heads, queries, keys, mask] = GetParam();
  for (const auto& [type, allowed] : {std::pair{at::kBFloat16, 0.02}, std::pair{at::kHalf, 0.004}}) {
    Problem problem = random_problem(heads, kv_heads, queries, keys, 16);
    for (at::Tensor* x : {&problem.q, &problem.k, &problem.v}) *x = x->to(type);
    const Reference reference = attend_naively(problem, mask);
    Collector collector({0, queries / 2, queries - 1});
    const at::Tensor out = BlockedAttention()(problem.q, problem.k, problem.v, problem.scale, mask, &collector);
    EXPECT_LE(largest_difference(out, reference.out), allowed);
    for (const auto& [at, row] : collector.rows) {
      const at::Tensor expected = reference.probabilities[at.first][at.second];
      const auto visible = static_cast<int64_t>(row.size());
      EXPECT_LE(largest_difference(at::tensor(row), expected.narrow(0, 0, visible)), allowed);
      EXPECT_EQ(expected.narrow(0, visible, keys - visible).sum().item<double>(), 0);
    }
  }
}

// The scores of some rows and keys masked, in all heads or some.
struct Blocked {
  std::vector<int64_t> heads, rows, keys;
  Knockout knockout() const { return {heads, rows, keys}; }
};

Reference attend_naively_without(const Problem& problem, Mask mask, const Blocked& blocked) {
  const int64_t queries = problem.q.size(1), keys = problem.k.size(1), group = problem.q.size(0) / problem.k.size(0);
  const at::Tensor k = problem.k.to(at::kDouble).repeat_interleave(group, 0);
  const at::Tensor v = problem.v.to(at::kDouble).repeat_interleave(group, 0);
  const at::Tensor never = at::zeros({problem.q.size(0), queries, keys}, at::kBool);
  for (const int64_t head : blocked.heads) {
    for (const int64_t row : blocked.rows) {
      const int64_t own = mask == Mask::causal ? keys - queries + row : keys - 1;
      bool sees_another = false;
      for (int64_t key = 0; key <= own; ++key)
        sees_another |= !std::binary_search(blocked.keys.begin(), blocked.keys.end(), key);
      for (const int64_t key : blocked.keys) {
        if (sees_another || key != own) never.mutable_data_ptr<bool>()[(head * queries + row) * keys + key] = true;
      }
    }
  }
  if (mask == Mask::causal) never.logical_or_(at::ones({queries, keys}, at::kBool).triu(keys - queries + 1));
  const at::Tensor scores = at::matmul(problem.q.to(at::kDouble), k.transpose(1, 2)) * problem.scale;
  const at::Tensor probabilities = at::softmax(scores.masked_fill(never, -std::numeric_limits<double>::infinity()), -1);
  return {probabilities, at::matmul(probabilities, v).transpose(0, 1).reshape({queries, -1})};
}

std::vector<int64_t> every(int64_t step, int64_t count) {
  std::vector<int64_t> numbers;
  for (int64_t number = 0; number < count; number += step) numbers.push_back(number);
  return numbers;
}

// One head of a group, all heads, and every key, so that rows see themselves alone.
TEST_P(AttentionOfShape, BlocksWhatIsKnockedOut) {
  const auto [heads, kv_heads, queries, keys, mask] = GetParam();
  for (const auto& [type, allowed] :
       {std::pair{at::kFloat, 2e-6}, std::pair{at::kBFloat16, 0.02}, std::pair{at::kHalf, 0.004}}) {
    Problem problem = random_problem(heads, kv_heads, queries, keys, 16);
    for (at::Tensor* x : {&problem.q, &problem.k, &problem.v}) *x = x->to(type);
    const at::Tensor clean = BlockedAttention()(problem.q, problem.k, problem.v, problem.scale, mask);
    for (const Blocked& blocked :
         {Blocked{{heads - 1}, every(3, queries), every(2, keys)},
          Blocked{every(1, heads), {queries - 1}, every(3, keys)}, Blocked{{0}, every(2, queries), every(1, keys)}}) {
      const Reference reference = attend_naively_without(problem, mask, blocked);
      Collector collector(every(1, queries));
      const Knockout knockout = blocked.knockout();
      const at::Tensor out =
          BlockedAttention()(problem.q, problem.k, problem.v, problem.scale, mask, &collector, &knockout);
      EXPECT_LE(largest_difference(out, reference.out), allowed);
      for (const int64_t row : blocked.rows) {
        const std::vector<float>& seen = collector.rows.at({blocked.heads[0], row});
        const double* const expected =
            reference.probabilities.const_data_ptr<double>() + (blocked.heads[0] * queries + row) * keys;
        for (size_t key = 0; key < seen.size(); ++key) {
          if (expected[key] == 0) {
            EXPECT_EQ(seen[key], 0.0f) << "row " << row << " key " << key;
          }
        }
      }
      // Every other row and head has its bits.
      const at::Tensor by_head = out.view({queries, heads, 16}), before = clean.view({queries, heads, 16});
      for (int64_t row = 0; row < queries; row += 7) {
        for (int64_t head = 0; head < heads; ++head) {
          const bool is_blocked = std::binary_search(blocked.rows.begin(), blocked.rows.end(), row) &&
                                  std::binary_search(blocked.heads.begin(), blocked.heads.end(), head);
          EXPECT_TRUE(is_blocked || at::equal(by_head[row][head], before[row][head]));
        }
      }
    }
  }
}

// Strides as a key-value cache and a transposed product have them.
TEST(BlockedAttention, TakesHeadsOfLargerArrays) {
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    Problem problem = random_problem(4, 2, 200, 200, 16);
    for (at::Tensor* x : {&problem.q, &problem.k, &problem.v}) *x = x->to(type);
    Problem strided = problem;
    strided.q = problem.q.transpose(0, 1).contiguous().transpose(0, 1);
    strided.k = at::cat({problem.k, problem.k}, 1).narrow(1, 0, 200);
    strided.v = problem.v.transpose(0, 1).contiguous().transpose(0, 1);
    EXPECT_TRUE(at::equal(BlockedAttention()(problem.q, problem.k, problem.v, problem.scale, Mask::causal),
                          BlockedAttention()(strided.q, strided.k, strided.v, strided.scale, Mask::causal)));
  }
}

TEST(BlockedAttention, ReadsOnlyTheTilesAskedFor) {
  const Problem problem = random_problem(2, 1, 600, 600, 8);
  Collector collector({130, 599});
  BlockedAttention()(problem.q, problem.k, problem.v, problem.scale, Mask::causal, &collector);
  EXPECT_EQ(collector.tiles, 2);
}

TEST(BlockedAttention, ReadingChangesNoBit) {
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    Problem problem = random_problem(6, 2, 300, 300, 16);
    for (at::Tensor* x : {&problem.q, &problem.k, &problem.v}) *x = x->to(type);
    Collector collector({0, 150, 299});
    const at::Tensor seen =
        BlockedAttention()(problem.q, problem.k, problem.v, problem.scale, Mask::causal, &collector);
    const at::Tensor unseen = BlockedAttention()(problem.q, problem.k, problem.v, problem.scale, Mask::causal);
    EXPECT_TRUE(at::equal(seen, unseen));
  }
}

TEST(BlockedAttention, RowsAreFloat32BeforeTheCastOfABfloat16Run) {
  Problem problem = random_problem(4, 2, 50, 50, 16);
  for (at::Tensor* x : {&problem.q, &problem.k, &problem.v}) *x = x->to(at::kBFloat16);
  Collector collector({49});
  BlockedAttention()(problem.q, problem.k, problem.v, problem.scale, Mask::causal, &collector);
  const at::Tensor row = at::tensor(collector.rows.at({0, 49}));
  EXPECT_NEAR(row.sum().item<double>(), 1, 1e-6);
  EXPECT_FALSE(at::equal(row, row.to(at::kBFloat16).to(at::kFloat)));
}

TEST(BlockedAttention, BuffersMayShrinkAndGrowBetweenCalls) {
  BlockedAttention attention;
  for (const int64_t tokens : {300, 10, 700}) {
    const Problem problem = random_problem(4, 2, tokens, tokens, 8);
    const at::Tensor out = attention(problem.q, problem.k, problem.v, problem.scale, Mask::causal);
    EXPECT_LE(largest_difference(out, attend_naively(problem, Mask::causal).out), 2e-6);
  }
}

TEST(BlockedAttention, SegmentsDoNotSeeEachOther) {
  constexpr int64_t segments = 5, length = 12, heads = 3, width = 8;
  at::manual_seed(3);
  const at::Tensor q = at::randn({segments * length, heads, width}), k = at::randn_like(q), v = at::randn_like(q);
  BlockedAttention attention;
  const at::Tensor out = attention.over_segments(q, k, v, length, 0.3);
  for (int64_t segment = 0; segment < segments; ++segment) {
    const auto part = [&](const at::Tensor& x) { return x.narrow(0, segment * length, length).transpose(0, 1); };
    const at::Tensor alone = attend_naively({part(q), part(k), part(v), 0.3}, Mask::none).out;
    EXPECT_LE(largest_difference(out.narrow(0, segment * length, length), alone), 2e-6);
  }
}

double peak_bytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  double kibibytes = 0;
  while (status >> word && word != "VmHWM:") {
  }
  status >> kibibytes;
  return kibibytes * 1024;
}

TEST(BlockedAttention, MemoryGrowsLinearlyWithTheTokens) {  // promise 3
  at::set_num_threads(1);                                   // as fast, and no buffers for each thread
  constexpr int64_t heads = 4, width = 16, tokens = 3072;
  // Bytes that the process grew by for a while. Its start had a peak too, which must not stand for this one.
  const auto growth_for = [&](int64_t count) {
    const Problem problem = random_problem(heads, heads, count, count, width);
    Collector last({count - 1});
    std::ofstream("/proc/self/clear_refs") << "5";  // the peak is now what is resident
    const double before = peak_bytes();
    BlockedAttention()(problem.q, problem.k, problem.v, problem.scale, Mask::causal, &last);
    return peak_bytes() - before;
  };
  growth_for(256);  // the libraries' own buffers
  const double once = growth_for(tokens), twice = growth_for(2 * tokens);
  EXPECT_GT(once, 0);
  const double slack = 4 << 20;
  EXPECT_LE(twice, 2 * once + slack);
  const double one_matrix = 4.0 * heads * (2.0 * tokens) * (2.0 * tokens);
  EXPECT_LE(twice, one_matrix / 8);
}

}  // namespace

}  // namespace ocellus::models
