#include "plugins/models/common/transformer/kv_cache.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

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

}  // namespace

}  // namespace ocellus::models
