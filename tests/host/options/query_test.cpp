#include "host/options/query.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/refusal.hpp"

namespace ocellus::options {
namespace {

TEST(Query, Words) {
  EXPECT_EQ(parse_query("last").kind, uint32_t{OC_QUERY_LAST});
  EXPECT_EQ(parse_query("answer").kind, uint32_t{OC_QUERY_ANSWER});
  EXPECT_EQ(parse_query("generated").kind, uint32_t{OC_QUERY_GENERATED});
  EXPECT_EQ(parse_query("question").kind, uint32_t{OC_QUERY_QUESTION});
}

TEST(Query, Numbers) {
  const oc_query answer = parse_query("answer:0"), position = parse_query("position:1234");
  EXPECT_EQ(answer.kind, uint32_t{OC_QUERY_ANSWER_TOKEN});
  EXPECT_EQ(answer.index, 0);
  EXPECT_EQ(position.kind, uint32_t{OC_QUERY_POSITION});
  EXPECT_EQ(position.index, 1234);
}

TEST(Query, WhatIsNoneIsRefused) {
  for (const char* text : {"", "first", "Last", "answer:", "answer:-1", "answer:x", "answer:1x", "answer: 1",
                           "position", "position:", "position:99999999999999999999", "last:0", "question:1", ":1"}) {
    const test::Refusal refusal = test::refusal_of([&] { parse_query(text); });
    EXPECT_EQ(refusal.status, OC_E_OPTION) << text;
    EXPECT_EQ(
        refusal.sentence,
        fmt::format("'{}' is not a query: write last, answer, answer:K, generated, question or position:P", text));
  }
}

}  // namespace
}  // namespace ocellus::options
