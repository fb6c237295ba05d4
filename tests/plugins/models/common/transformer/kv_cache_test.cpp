#include "plugins/models/common/transformer/kv_cache.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <utility>

namespace ocellus::models {

namespace {

TEST(KvCache, GivesBackEverythingPutSoFar) {
  constexpr int64_t kv_heads = 2, width = 4;
  KvCache cache(2, kv_heads, 10, width, at::TensorOptions(at::kFloat));
  const at::Tensor keys = at::randn({7, kv_heads, width}), values = at::randn({7, kv_heads, width});
  cache.put(1, 0, keys.narrow(0, 0, 5), values.narrow(0, 0, 5));
  cache.put(0, 0, values, keys);  // another layer, which must not be seen in this one
  const auto [seen_keys, seen_values] = cache.put(1, 5, keys.narrow(0, 5, 2), values.narrow(0, 5, 2));
  EXPECT_TRUE(at::equal(seen_keys, keys.transpose(0, 1)));
  EXPECT_TRUE(at::equal(seen_values, values.transpose(0, 1)));
}

TEST(KvCache, KeepsWhatItBeginsWithWhenItGrowsOrShrinks) {
  constexpr int64_t kv_heads = 2, width = 4;
  const at::Tensor keys = at::randn({5, kv_heads, width}), values = at::randn({5, kv_heads, width});
  const at::Tensor next = at::randn({1, kv_heads, width});
  for (const int64_t capacity : {4, 10, 20}) {
    KvCache cache(2, kv_heads, 10, width, at::TensorOptions(at::kFloat));
    cache.put(0, 0, values, keys);
    cache.put(1, 0, keys, values);
    cache = std::move(cache).with_capacity(capacity, 3);
    const auto [seen_keys, seen_values] = cache.put(1, 3, next, next);
    EXPECT_TRUE(at::equal(seen_keys, at::cat({keys.narrow(0, 0, 3), next}).transpose(0, 1)));
    EXPECT_TRUE(at::equal(seen_values, at::cat({values.narrow(0, 0, 3), next}).transpose(0, 1)));
    EXPECT_EQ(seen_keys.stride(0), capacity * width);
  }
}

}  // namespace

}  // namespace ocellus::models
