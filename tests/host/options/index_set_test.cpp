#include "host/options/index_set.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "tests/support/refusal.hpp"

namespace ocellus::options {
namespace {

using test::Refusal;
using test::refusal_of;
using Indices = std::vector<int64_t>;

Indices resolved(const char* text, int64_t count) {
  return IndexSet::parse(text).resolve("layer", count);
}

TEST(IndexSet, Numbers) {
  EXPECT_EQ(resolved("3", 28), Indices{3});
  EXPECT_EQ(resolved("-1", 28), Indices{27});
  EXPECT_EQ(resolved("-28", 28), Indices{0});
  EXPECT_EQ(resolved("20+3", 28), (Indices{20, 3})) << "in the order written";
}

TEST(IndexSet, RangesAreInclusiveAndMayDescend) {
  EXPECT_EQ(resolved("0..3", 28), (Indices{0, 1, 2, 3}));
  EXPECT_EQ(resolved("3..0", 28), (Indices{3, 2, 1, 0}));
  EXPECT_EQ(resolved("2..2", 28), Indices{2});
  EXPECT_EQ(resolved("-3..-1", 28), (Indices{25, 26, 27}));
  EXPECT_EQ(resolved("26..-1", 28), (Indices{26, 27}));
  EXPECT_EQ(resolved("-1..26", 28), (Indices{27, 26}));
  EXPECT_EQ(resolved("0..2+20", 28), (Indices{0, 1, 2, 20}));
}

TEST(IndexSet, DuplicatesDrop) {
  EXPECT_EQ(resolved("3+3", 28), Indices{3});
  EXPECT_EQ(resolved("2+0..3", 28), (Indices{2, 0, 1, 3}));
  EXPECT_EQ(resolved("27+-1", 28), Indices{27});
  EXPECT_EQ(resolved("late+all", 3), (Indices{2, 0, 1}));
}

TEST(IndexSet, ThirdsAreCutByWholeDivision) {
  EXPECT_EQ(resolved("early", 8), (Indices{0, 1}));      // [0, 8 // 3)
  EXPECT_EQ(resolved("middle", 8), (Indices{2, 3, 4}));  // [8 // 3, 16 // 3)
  EXPECT_EQ(resolved("late", 8), (Indices{5, 6, 7}));    // [16 // 3, 8)
  EXPECT_EQ(resolved("early", 28).size(), 9u);
  EXPECT_EQ(resolved("middle", 28), (Indices{9, 10, 11, 12, 13, 14, 15, 16, 17}));
  EXPECT_EQ(resolved("late", 28).front(), 18);
  EXPECT_EQ(resolved("all", 3), (Indices{0, 1, 2}));
  EXPECT_EQ(resolved("early+late", 3), (Indices{0, 2}));
}

TEST(IndexSet, ThirdsPartition) {
  EXPECT_TRUE(rc::check("early+middle+late is all", [] {
    const auto count = *rc::gen::inRange<int64_t>(3, 200);
    RC_ASSERT(resolved("early+middle+late", count) == resolved("all", count));
    RC_ASSERT(resolved("early", count).size() + resolved("middle", count).size() + resolved("late", count).size() ==
              static_cast<size_t>(count));
  }));
}

TEST(IndexSet, AThirdOfTooFewIsRefused) {
  EXPECT_EQ(refusal_of([] { resolved("early", 2); }),
            (Refusal{OC_E_UNSUPPORTED, "the set of layers is empty: this model has only 2"}));
}

TEST(IndexSet, AutoIsTheMethodsChoice) {
  EXPECT_TRUE(IndexSet::parse("auto").is_auto());
  EXPECT_EQ(resolved("auto", 28), Indices{});
  EXPECT_FALSE(IndexSet::parse("all").is_auto());
}

TEST(IndexSet, WordsLeaveOutWhatCannotBeHad) {
  const Indices possible{1, 3, 7};
  const auto among = [&](const char* text) {
    return IndexSet::parse(text).resolve_among("layer", 8, possible, "is shut");
  };
  EXPECT_EQ(among("all").indices, possible);
  EXPECT_EQ(among("all").left_out, (Indices{0, 2, 4, 5, 6}));
  EXPECT_EQ(among("-1+late").indices, (Indices{7}));
  EXPECT_EQ(among("late+early").left_out, (Indices{0, 5, 6}));
  EXPECT_EQ(among("3+1").indices, (Indices{3, 1}));
  EXPECT_TRUE(among("3+1").left_out.empty());
  EXPECT_TRUE(among("auto").indices.empty() && among("auto").left_out.empty());
}

TEST(IndexSet, ANumberOrAnEmptyRestOfWhatCannotBeHadIsRefused) {
  const auto refusal = [&](const char* text) {
    return refusal_of([&] { IndexSet::parse(text).resolve_among("layer", 8, Indices{3, 4}, "is shut"); });
  };
  const Refusal number{OC_E_UNSUPPORTED, "layer 5 is shut; there are: 3, 4"};
  EXPECT_EQ(refusal("5"), number);
  EXPECT_EQ(refusal("all+5"), number);
  EXPECT_EQ(refusal("3..5"), number);
  EXPECT_EQ(refusal("early"), (Refusal{OC_E_UNSUPPORTED, "each layer of this set is shut; there are: 3, 4"}));
}

TEST(IndexSet, OutOfRangeTellsTheRange) {
  const Refusal expected{OC_E_UNSUPPORTED,
                         "layer 28 does not exist: this model has 28 of them, 0 to 27 (or -28 to -1)"};
  EXPECT_EQ(refusal_of([] { resolved("28", 28); }), expected);
  EXPECT_EQ(refusal_of([] { resolved("0..28", 28); }), expected);
  EXPECT_EQ(refusal_of([] { resolved("-29", 28); }).sentence,
            "layer -29 does not exist: this model has 28 of them, 0 to 27 (or -28 to -1)");
  EXPECT_TRUE(refusal_of([] { IndexSet::parse("9").resolve("head", 4); }).says("head 9"));
}

TEST(IndexSet, WhatIsNoneIsRefused) {
  for (const char* text : {"", "+", "3+", "+3", "3..", "..3", "1..2..3", "a", "3a", "3 4", " 3", "3.5", "--1", "ALL",
                           "first", "auto+3", "99999999999999999999", "1000001"}) {
    const Refusal refusal = refusal_of([&] { IndexSet::parse(text); });
    EXPECT_EQ(refusal.status, OC_E_OPTION) << text;
    EXPECT_TRUE(refusal.says(fmt::format("'{}' is not an index set", text))) << refusal;
  }
}

}  // namespace
}  // namespace ocellus::options
