#include "plugins/renderers/contact_sheet/sheets.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocellus::contact_sheet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Candidate scored(const std::string& query, std::vector<double> keys, const std::vector<std::string>& layers = {}) {
  Candidate candidate;
  candidate.label = "match-score";
  candidate.query = query;
  candidate.keys = std::move(keys);
  for (const std::string& layer : layers) {
    CandidateMap& map = candidate.maps.emplace_back();
    map.label = "raw-attention";
    map.layers = layer;
  }
  return candidate;
}

// "candidate:map …|of how many|part" of each sheet; a candidate without a map stands alone.
std::vector<std::string> words(const std::vector<Candidate>& candidates, size_t top = 10) {
  std::vector<std::string> sheets;
  for (const Sheet& sheet : sheets_of(candidates, top)) {
    std::string& line = sheets.emplace_back();
    for (const Shown& shown : sheet.best_first) {
      line += fmt::format("{}{}", line.empty() ? "" : " ", shown.candidate);
      if (shown.map) line += fmt::format(":{}", *shown.map);
    }
    line += fmt::format("|{}|{}", sheet.n_candidates, sheet.part);
  }
  return sheets;
}

TEST(Sheets, TheFirstKeyDecidesThenTheNextThenThePlace) {
  EXPECT_THAT(words({scored("", {-0.5, 1}), scored("", {-0.9, 3}), scored("", {-0.9, 2}), scored("", {-0.5, 1})}),
              ElementsAre("2 1 0 3|4|"));
}

TEST(Sheets, ShowTheBest) {
  EXPECT_THAT(words({scored("", {2}), scored("", {1}), scored("", {3})}, 2), ElementsAre("1 0|3|"));
  EXPECT_THAT(words({}), IsEmpty());
}

TEST(Sheets, EachQueryHasItsOwn) {
  EXPECT_THAT(words({scored("a", {2}), scored("b", {1}), scored("a", {1}), scored("b", {2})}),
              ElementsAre("2 0|2|query0", "1 3|2|query1"));
}

TEST(Sheets, EachKindOfMapHasItsOwn) {
  EXPECT_THAT(words({scored("", {2}, {"layer 1", "layer 2"}), scored("", {1}, {"layer 2"})}),
              ElementsAre("1:0 0:1|2|", "1 0:0|2|"));
}

TEST(Sheets, AnotherRunIsAnotherRanking) {
  Candidate other = scored("", {1});
  other.run = "other";
  EXPECT_THAT(words({scored("", {2}), other}), ElementsAre("0|1|query0", "1|1|query1"));
}

}  // namespace
}  // namespace ocellus::contact_sheet
