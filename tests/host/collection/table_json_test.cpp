#include "host/collection/table_json.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/store/stored_values.hpp"
#include "tests/support/refusal.hpp"

namespace ocellus::collection {
namespace {

TEST(TableJson, RowsHaveTheColumnsInTheirOrder) {
  store::ArtifactData table{"table/1", "stats", "rows", -1, {}, {}, {}};
  table.tensors = {{"mean", store::array_of<float>({0.1f, std::nanf("")}, {2})},
                   {"layer", store::array_of<int64_t>({-1, 12}, {2})}};
  table.texts = {{"columns", "layer category mean"}, {"category", "OCR, \"hard\"\n"}};
  EXPECT_EQ(table_rows(table).dump(),
            R"([{"layer":-1,"category":"OCR, \"hard\"","mean":0.1},{"layer":12,"category":"","mean":null}])");
  table.texts[0].second += " other";
  EXPECT_TRUE(test::refusal_of([&] { table_rows(table); }).says("other is missing"));
}

}  // namespace
}  // namespace ocellus::collection
