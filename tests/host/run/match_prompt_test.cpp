#include "host/run/match_prompt.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/refusal.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::run {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Texts as they are, a picture as [its file].
std::string said(const Sample& sample) {
  std::string all;
  for (const Part& part : sample.turns.at(0).parts)
    all += part.is_image ? fmt::format("[{}]", sample.images.at(part.image).string()) : part.text;
  return all;
}

class MatchPrompts : public testing::Test {
 protected:
  std::string ask(const std::string& form, const Query& query, const Candidate& candidate) {
    return said(MatchPrompt(form).ask(query, candidate, place_));
  }
  std::string own(const std::string& text, const Query& query, const Candidate& candidate) {
    return ask(test::write_file(folder_ / "own.txt", text), query, candidate);
  }
  std::string refused(const std::string& text, const Query& query = {"", "red", "", {}}) {
    const test::Refusal refusal = test::refusal_of([&] { own(text, query, plain_); });
    EXPECT_EQ(refusal.status, OC_E_OPTION) << text;
    return refusal.sentence;
  }

  const Query text_{"", "a red star", "", {}}, both_{"", "a red star", "q.png", {}}, picture_{"", "", "q.png", {}};
  const Candidate plain_{"c", "c.png", ""}, captioned_{"c", "c.png", "a star"};
  test::TemporaryFolder folder_;
  size_t place_ = 99;
};

TEST_F(MatchPrompts, AreThoseOfThePublishedToolByteForByte) {
  EXPECT_EQ(ask("auto", text_, plain_),
            "[c.png]Does the image match the caption: <a red star>? Please directly output True or False");
  EXPECT_EQ(place_, 0u);
  EXPECT_EQ(ask("auto", both_, captioned_),
            "Query image[q.png]Candidate image[c.png]Does the Candidate image and Candidate image caption :a star are "
            "match the Query image and the Query caption :a red star? Please directly output True or False");
  EXPECT_EQ(place_, 1u);
  EXPECT_EQ(ask("auto", both_, plain_),
            "Query image[q.png]Candidate image[c.png]Does the candidate image match the Query text: <a red star> and "
            "query image? Please directly output True or False");
  EXPECT_EQ(ask("auto", text_, captioned_),
            "Candidate image[c.png]Does the Candidate image and Candidate image caption :a star are match the Query "
            "image and the Query caption :a red star? Please directly output True or False");
  EXPECT_EQ(place_, 0u);
}

TEST_F(MatchPrompts, AFormMayBeAskedFor) {
  EXPECT_EQ(ask("simple", text_, captioned_),
            "[c.png]Does the image match the caption: <a red star>? Please directly output True or False");
  EXPECT_EQ(ask("saliency", text_, plain_),
            "Candidate image[c.png]Does the candidate image match the Query text: <a red star> and query image? Please "
            "directly output True or False");
  EXPECT_THAT(test::refusal_of([&] { ask("simple", both_, plain_); }).sentence, HasSubstr("does not show"));
}

TEST_F(MatchPrompts, OwnOnesAreFilledInOnce) {
  EXPECT_EQ(own("{query-image} or {candidate-image}: {query}, {caption}?\n", both_, captioned_),
            "[q.png] or [c.png]: a red star, a star?");
  EXPECT_EQ(own("{candidate-image}{query}", {"", "a {caption} of {query}", "", {}}, captioned_),
            "[c.png]a {caption} of {query}");
  EXPECT_EQ(own("{candidate-image} then {query-image}", picture_, plain_), "[c.png] then [q.png]");
  EXPECT_EQ(place_, 0u);
}

TEST_F(MatchPrompts, TextsBetweenPicturesAreOnePart) {
  const Sample sample = MatchPrompt("auto").ask(both_, plain_, place_);
  ASSERT_EQ(sample.turns.size(), 1u);
  EXPECT_EQ(sample.turns[0].parts.size(), 5u);
  EXPECT_THAT(sample.images, ElementsAre("q.png", "c.png"));
}

TEST_F(MatchPrompts, WhatCannotBeMeantIsRefused) {
  EXPECT_THAT(refused("{query}?"), HasSubstr("{candidate-image} once"));
  EXPECT_THAT(refused("{candidate-image}{candidate-image}"), HasSubstr("{candidate-image} once"));
  EXPECT_THAT(refused("{candidate-image}{query-image}{query-image}"), HasSubstr("more than once"));
  EXPECT_THAT(refused("{candidate-image}{question}"), HasSubstr("there is no {question}"));
  EXPECT_THAT(refused("{candidate-image}{query"), HasSubstr("a { has no }"));
  EXPECT_THAT(refused("{candidate-image}{query-image}"), HasSubstr("no --query-image"));
  EXPECT_THAT(refused("{candidate-image}{query}", both_), HasSubstr("does not show"));
  EXPECT_EQ(test::refusal_of([] { MatchPrompt("/no/such/file"); }).status, OC_E_MODEL);
}

}  // namespace
}  // namespace ocellus::run
