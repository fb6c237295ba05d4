#include "host/collection/table_json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "tests/support/refusal.hpp"

namespace ocellus::collection {
namespace {

template <class T>
store::Array column(store::Array::Type type, const std::vector<T>& values) {
  store::Array array{type, {static_cast<int64_t>(values.size())}, std::vector<std::byte>(values.size() * sizeof(T))};
  std::memcpy(array.bytes.data(), values.data(), array.bytes.size());
  return array;
}

TEST(TableJson, RowsHaveTheColumnsInTheirOrder) {
  store::ArtifactData table{"table/1", "stats", "rows", -1, {}, {}, {}};
  table.tensors = {{"mean", column<float>(store::Array::Type::f32, {0.1f, std::nanf("")})},
                   {"layer", column<int64_t>(store::Array::Type::i64, {-1, 12})}};
  table.texts = {{"columns", "layer category mean"}, {"category", "OCR, \"hard\"\n"}};
  EXPECT_EQ(table_rows(table).dump(),
            R"([{"layer":-1,"category":"OCR, \"hard\"","mean":0.1},{"layer":12,"category":"","mean":null}])");
  table.texts[0].second += " other";
  EXPECT_TRUE(test::refusal_of([&] { table_rows(table); }).says("other is missing"));
}

}  // namespace
}  // namespace ocellus::collection
