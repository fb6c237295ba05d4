#include "host/run/foreign_json.hpp"

#include <gtest/gtest.h>

#include "tests/support/refusal.hpp"

namespace ocellus::run {
namespace {

using test::Refusal;
using test::refusal_of;

std::string nested(size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

TEST(ForeignJson, KeepsTheOrderOfKeys) {
  EXPECT_EQ(parse_foreign_json(R"({"b":[1,{"a":2.5}],"a":null})").dump(), R"({"b":[1,{"a":2.5}],"a":null})");
  EXPECT_EQ(parse_foreign_json(nested(60)).dump(), nested(60));
}

TEST(ForeignJson, WhatIsNoneIsRefusedWithItsPlace) {
  EXPECT_EQ(refusal_of([] { parse_foreign_json("{\"a\":"); }), (Refusal{OC_E_MODEL, "this is not JSON (at byte 6)"}));
  EXPECT_EQ(refusal_of([] { parse_foreign_json(""); }).status, OC_E_MODEL);
  EXPECT_EQ(refusal_of([] { parse_foreign_json("[1e999]"); }),
            (Refusal{OC_E_MODEL, "it holds a number beyond the range of double precision"}));
}

TEST(ForeignJson, NestingThatWouldEndTheStackIsRefused) {
  const Refusal deep{OC_E_MODEL, "its values are nested deeper than 64 levels"};
  EXPECT_EQ(refusal_of([] { parse_foreign_json(nested(1'000'000)); }), deep);
  EXPECT_EQ(refusal_of([] { parse_foreign_json(std::string(1'000'000, '[')); }), deep) << "before its end is missed";
  EXPECT_EQ(refusal_of([] { parse_foreign_json(nested(66)); }), deep);
}

}  // namespace
}  // namespace ocellus::run
