#include "host/run/shard.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/refusal.hpp"

namespace ocellus::run {
namespace {

using test::refusal_of;

std::vector<Sample> samples(size_t n) {
  std::vector<Sample> all(n);
  for (size_t i = 0; i < n; ++i) {
    all[i].folder = std::to_string(i);
    all[i].group = i;
  }
  return all;
}

TEST(Shard, IsWrittenAsIndexAndCountFromOne) {
  const Shard shard = parse_shard("2/5");
  EXPECT_EQ(shard.index, 2u);
  EXPECT_EQ(shard.count, 5u);
  EXPECT_EQ(shard.name(), "2/5");
  EXPECT_FALSE(shard.is_whole());
  EXPECT_TRUE(parse_shard("1/1").is_whole());
  EXPECT_EQ(parse_shard("100000/100000").index, max_shards);
}

TEST(Shard, OutOfRangeIsToldWithTheRange) {
  for (const char* text : {"0/5", "6/5", "2/1"}) {
    const test::Refusal refusal = refusal_of([&] { parse_shard(text); });
    EXPECT_EQ(refusal.status, OC_E_OPTION) << text;
    EXPECT_TRUE(refusal.says("count from 1")) << refusal;
  }
  EXPECT_TRUE(refusal_of([] { parse_shard("0/5"); }).says("from 1/5 to 5/5"));
}

TEST(Shard, AnythingElseIsRefused) {
  for (const char* text : {"", "/", "2", "2/", "/5", "a/5", "2/b", "2/5/1", "-1/5", " 2/5", "2/5 ", "1.0/2", "1/0",
                           "1/100001", "18446744073709551617/2"}) {
    const test::Refusal refusal = refusal_of([&] { parse_shard(text); });
    EXPECT_EQ(refusal.status, OC_E_OPTION) << text;
    EXPECT_TRUE(refusal.says("I/N")) << refusal;
  }
}

TEST(Shard, EverySampleIsOfOneShardAndNeighboursAreOfDifferentOnes) {
  for (const uint64_t count : {1u, 2u, 5u, 9u}) {
    std::multiset<std::string> seen;
    for (uint64_t index = 1; index <= count; ++index) {
      for (const Sample& sample : share_of(samples(7), {index, count, ""})) {
        seen.insert(sample.folder);
        EXPECT_EQ(std::stoull(sample.folder) % count + 1, index);
        EXPECT_EQ(shard_of(std::stoull(sample.folder), count), index);
      }
    }
    EXPECT_EQ(seen, (std::multiset<std::string>{"0", "1", "2", "3", "4", "5", "6"})) << count;
  }
  EXPECT_TRUE(share_of(samples(7), {9, 9, ""}).empty());
}

TEST(Shard, AGroupStaysTogether) {
  std::vector<Sample> all = samples(6);
  for (Sample& sample : all) sample.group = sample.group / 2;  // two questions a picture
  std::vector<std::string> folders;
  for (const Sample& sample : share_of(all, {1, 2, ""})) folders.push_back(sample.folder);
  EXPECT_EQ(folders, (std::vector<std::string>{"0", "1", "4", "5"}));
}

}  // namespace
}  // namespace ocellus::run
