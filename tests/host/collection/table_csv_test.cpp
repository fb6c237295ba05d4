#include "host/collection/table_csv.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/store/stored_values.hpp"
#include "tests/support/refusal.hpp"

namespace ocellus::collection {
namespace {

store::ArtifactData table() {
  store::ArtifactData table{"table/1", "stats", "", -1, {}, {}, {}};
  table.tensors = {{"mean", store::array_of<float>({0.1f, std::nanf("")}, {2})},
                   {"layer", store::array_of<int64_t>({-1, 12}, {2})}};
  table.texts = {{"columns", "layer category mean"}, {"category", "OCR, \"hard\"\n"}};
  return table;
}

TEST(TableCsv, WritesColumnsInTheirOrderAndQuotesWhatNeedsIt) {
  EXPECT_EQ(table_csv(table()), "layer,category,mean\n-1,\"OCR, \"\"hard\"\"\",0.1\n12,,\n");
}

TEST(TableCsv, RefusesColumnsOfDifferentLengths) {
  store::ArtifactData broken = table();
  broken.texts[1].second = "OCR";
  EXPECT_TRUE(test::refusal_of([&] { table_csv(broken); }).says("category has 1 rows where others have 2"));
  broken.texts[0].second += " other";
  broken.texts[1].second = "a\nb";
  EXPECT_TRUE(test::refusal_of([&] { table_csv(broken); }).says("other is missing"));
}

}  // namespace
}  // namespace ocellus::collection
