// Together = alone: over random wishes, each receives through one merged plan, in pieces, exactly the numbers that it
// asked for, and the same as if it had been the only one.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "host/plan/router.hpp"

namespace ocellus::plan {
namespace {

constexpr int64_t n_layers = 3, n_heads = 3, prompt = 6, n_features = 5;

// What the model computes. Whole numbers far below 2^24, so that sums are exact.
float attention_of(int64_t layer, int64_t head, int64_t row, int64_t key) {
  return static_cast<float>(((layer * n_heads + head) * 32 + row) * 32 + key + 1);
}
float mass_of(int64_t layer, int64_t head, int64_t row, const Indices& group) {
  float sum = 0;
  for (const int64_t key : group) sum += attention_of(layer, head, row, key);
  return sum;
}
float feature_of(int64_t layer, int64_t row, int64_t feature) {
  return static_cast<float>((layer * 32 + row) * 32 + feature + 100'000);
}

// A run of the model: generated tokens, the last one a stop token or not.
struct Generation {
  int64_t max_new_tokens, generated;
  bool stops;
  int64_t answer_tokens() const { return generated - (stops ? 1 : 0); }
};

struct Row {
  Indices heads, keys;
  std::vector<float> values;
  bool operator==(const Row&) const = default;
};
using Rows = std::map<std::pair<int32_t, int64_t>, Row>;  // by layer and row

Indices iota(int64_t n) {
  Indices indices(static_cast<size_t>(n));
  std::iota(indices.begin(), indices.end(), int64_t{0});
  return indices;
}

bool by_head(const std::string& kind) {
  return kind == OC_PROBE_ATTENTION || kind == OC_PROBE_MASS;
}

// The values of one row, for the heads, keys and groups given.
Row computed(const std::string& kind, int64_t layer, int64_t row, const Indices& heads, bool all_keys,
             const Indices& keys, const std::vector<Indices>& groups) {
  Row made;
  if (kind == OC_PROBE_ATTENTION) made.keys = all_keys ? iota(std::max(prompt, row + 1)) : keys;
  if (by_head(kind)) made.heads = heads;
  for (const int64_t head : by_head(kind) ? heads : Indices{0}) {
    if (kind == OC_PROBE_ATTENTION) {
      for (const int64_t key : made.keys) made.values.push_back(attention_of(layer, head, row, key));
    } else if (kind == OC_PROBE_MASS) {
      for (const Indices& group : groups) made.values.push_back(mass_of(layer, head, row, group));
    } else {
      for (int64_t feature = 0; feature < n_features; ++feature) made.values.push_back(feature_of(layer, row, feature));
    }
  }
  return made;
}

Rows expected(const Wish& wish, const Generation& generation) {
  Indices rows = wish.rows;
  if (wish.answer) {
    const Indices tokens = wish.answer_tokens.empty() ? iota(generation.answer_tokens()) : wish.answer_tokens;
    for (const int64_t token : tokens) {
      if (token < generation.answer_tokens()) rows.push_back(prompt - 1 + token);
    }
  }
  Rows all;
  for (const int64_t layer : wish.layers.empty() ? Indices{-1} : wish.layers) {
    for (const int64_t row : rows) {
      all[{static_cast<int32_t>(layer), row}] =
          computed(wish.kind, layer, row, wish.heads, wish.all_keys, wish.keys, wish.groups);
    }
  }
  return all;
}

// Plays the model for a merged plan and collects what reaches each wish. `piece` rows at most come together.
class Play {
 public:
  Play(const std::vector<Wish>& wishes, const Generation& generation, size_t piece)
      : wishes_(wishes),
        merged_(merge(wishes, prompt, generation.max_new_tokens)),
        received_(wishes.size()),
        piece_(piece) {
    for (uint32_t i = 0; i < merged_.size(); ++i) send(i, merged_[i].rows);
    for (int64_t token = 0; token < generation.generated; ++token) {
      for (uint32_t i = 0; token > 0 && i < merged_.size(); ++i) {
        const Indices& steps = merged_[i].steps;
        if (merged_[i].all_steps || std::binary_search(steps.begin(), steps.end(), token))
          send(i, {prompt - 1 + token});
      }
      const bool stop = generation.stops && token + 1 == generation.generated;
      router_.step({sizeof(oc_step), static_cast<uint32_t>(token), 42, stop ? 1u : 0u, 0, 0.0});
    }
  }

  const std::vector<Rows>& received() const { return received_; }
  bool twice() const { return twice_; }

 private:
  void send(uint32_t probe, const Indices& rows) {
    const Merged& merged = merged_[probe];
    for (const int64_t layer : merged.layers.empty() ? Indices{-1} : merged.layers) {
      for (size_t begin = 0; begin < rows.size(); begin += piece_) {
        const size_t end = std::min(begin + piece_, rows.size());
        send(probe, layer,
             Indices(rows.begin() + static_cast<std::ptrdiff_t>(begin),
                     rows.begin() + static_cast<std::ptrdiff_t>(end)));
      }
    }
  }

  void send(uint32_t probe, int64_t layer, const Indices& rows) {
    const Merged& merged = merged_[probe];
    std::vector<Row> computed_rows;
    for (const int64_t row : rows) {
      computed_rows.push_back(
          computed(merged.kind, layer, row, merged.heads, merged.all_keys, merged.keys, merged.groups));
    }
    const size_t lines = by_head(merged.kind) ? merged.heads.size() : 1;
    const size_t width = lines == 0 ? 0 : computed_rows.front().values.size() / lines;
    std::vector<float> values;
    for (size_t line = 0; line < lines; ++line) {
      for (const Row& row : computed_rows) {
        const auto from = row.values.begin() + static_cast<std::ptrdiff_t>(line * width);
        values.insert(values.end(), from, from + static_cast<std::ptrdiff_t>(width));
      }
    }
    std::vector<int64_t> shape{static_cast<int64_t>(rows.size()), static_cast<int64_t>(width)};
    if (by_head(merged.kind)) shape.insert(shape.begin(), static_cast<int64_t>(lines));
    const Indices& keys = computed_rows.front().keys;
    router_.capture({sizeof(oc_capture), probe, static_cast<int32_t>(layer), 0, merged.heads.data(), rows.data(),
                     keys.data(), by_head(merged.kind) ? merged.heads.size() : 0, rows.size(), keys.size(), nullptr},
                    make_tensor(std::move(values), std::move(shape)));
  }

  void receive(const Wish& wish, const oc_capture& capture) {
    Rows& rows = received_[static_cast<size_t>(&wish - wishes_.data())];
    const TensorView<float> view(capture.tensor);
    const size_t lines = by_head(wish.kind) ? capture.n_heads : 1;
    for (size_t i = 0; i < capture.n_rows; ++i) {
      Row row{Indices(capture.heads, capture.heads + capture.n_heads),
              Indices(capture.keys, capture.keys + capture.n_keys),
              {}};
      for (size_t line = 0; line < lines; ++line) {
        for (int64_t column = 0; column < view.shape().back(); ++column) {
          row.values.push_back(by_head(wish.kind) ? view(line, i, column) : view(i, column));
        }
      }
      twice_ |= !rows.emplace(std::pair{capture.layer, capture.rows[i]}, std::move(row)).second;
    }
  }

  const std::vector<Wish>& wishes_;
  std::vector<Merged> merged_;
  std::vector<Rows> received_;
  size_t piece_;
  bool twice_ = false;
  Router router_{wishes_, merged_, prompt,
                 [this](const Wish& wish, const oc_capture& capture) { receive(wish, capture); }};
};

Indices some_of(int64_t n, bool at_least_one = false) {
  Indices indices;
  const auto mask = *rc::gen::container<std::vector<bool>>(static_cast<size_t>(n), rc::gen::arbitrary<bool>());
  for (int64_t i = 0; i < n; ++i) {
    if (mask[static_cast<size_t>(i)]) indices.push_back(i);
  }
  if (at_least_one && indices.empty()) indices.push_back(*rc::gen::inRange<int64_t>(0, n));
  return indices;
}

Wish any_wish() {
  Wish wish;
  wish.kind = *rc::gen::element<std::string>(OC_PROBE_ATTENTION, OC_PROBE_MASS, OC_PROBE_HIDDEN, OC_PROBE_LOGITS);
  wish.stack = "language";
  if (wish.kind != OC_PROBE_LOGITS) wish.layers = some_of(n_layers, true);
  if (by_head(wish.kind)) wish.heads = some_of(n_heads, true);
  wish.answer = *rc::gen::arbitrary<bool>();
  if (wish.answer) {
    wish.answer_tokens = some_of(8);
  } else {
    wish.rows = some_of(prompt);
  }
  if (wish.kind == OC_PROBE_ATTENTION && *rc::gen::arbitrary<bool>()) {
    wish.all_keys = false;
    wish.keys = some_of(prompt);
  }
  if (wish.kind == OC_PROBE_MASS) {
    const int n_groups = *rc::gen::inRange(0, 5);
    for (int i = 0; i < n_groups; ++i) wish.groups.push_back(some_of(3));  // few, so that some are equal
  }
  return wish;
}

TEST(Router, TogetherIsAlone) {
  EXPECT_TRUE(rc::check("each wish receives what it asked for, whoever else asks", [] {
    std::vector<Wish> wishes;
    const int n = *rc::gen::inRange(1, 6);
    for (int i = 0; i < n; ++i) wishes.push_back(any_wish());
    Generation generation{*rc::gen::inRange<int64_t>(1, 8), 0, *rc::gen::arbitrary<bool>()};
    generation.generated = *rc::gen::inRange<int64_t>(1, generation.max_new_tokens + 1);
    const auto piece = *rc::gen::inRange<size_t>(1, 7);

    const Play together(wishes, generation, piece);
    RC_ASSERT(!together.twice());
    for (size_t i = 0; i < wishes.size(); ++i) {
      const std::vector<Wish> one{wishes[i]};
      const Play alone(one, generation, piece);
      RC_ASSERT(alone.received()[0] == expected(wishes[i], generation));
      RC_ASSERT(together.received()[i] == alone.received()[0]);
    }
  }));
}

}  // namespace
}  // namespace ocellus::plan
