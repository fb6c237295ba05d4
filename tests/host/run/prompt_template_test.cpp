#include "host/run/prompt_template.hpp"

#include <gtest/gtest.h>

#include "tests/support/refusal.hpp"

namespace ocellus::run {
namespace {

constexpr const char* suffix = "\nAnswer the question using a single word or phrase.";

TEST(PromptTemplate, ChangesTheLastUserTurnAlone) {
  Sample sample;
  sample.turns = {{Role::user, {{false, 0, "First?"}}},
                  {Role::assistant, {{false, 0, "Yes."}}},
                  {Role::user, {{false, 0, "Look: "}, {true, 0, ""}, {false, 0, "Second?"}}}};
  apply_prompt_template("short-answer", sample);
  EXPECT_EQ(sample.turns[0].parts[0].text, "First?");
  EXPECT_EQ(sample.turns[1].parts[0].text, "Yes.");
  EXPECT_EQ(sample.turns[2].parts[0].text, "Look: ");
  EXPECT_EQ(sample.turns[2].parts[2].text, std::string("Second?") + suffix);
  EXPECT_EQ(sample.question(), std::string("Look: Second?") + suffix);
}

TEST(PromptTemplate, AsksForThoughtAndAnswer) {
  Sample sample;
  sample.turns = {{Role::user, {{true, 0, ""}, {false, 0, "Which way?"}}}};
  apply_prompt_template("think-answer", sample);
  EXPECT_EQ(sample.question(),
            "Which way?  Output the thinking process in <think> </think> and final answer in <answer> </answer> tags.");
}

TEST(PromptTemplate, AQuestionThatIsPutSoAlreadyStays) {
  Sample sample;
  sample.turns = {{Role::user, {{true, 0, ""}, {false, 0, std::string("Is it?") + suffix}}}};
  apply_prompt_template("short-answer", sample);
  EXPECT_EQ(sample.question(), std::string("Is it?") + suffix);
}

TEST(PromptTemplate, RefusesAnUnknownNameAndATurnWithoutText) {
  Sample sample;
  sample.turns = {{Role::user, {{true, 0, ""}}}};
  const auto without_text = test::refusal_of([&] { apply_prompt_template("short-answer", sample); });
  EXPECT_EQ(without_text.status, OC_E_SAMPLE) << "another sample may have one";
  EXPECT_NE(without_text.sentence.find("no text"), std::string::npos);
  const auto unknown = test::refusal_of([&] { apply_prompt_template("short-answr", sample); });
  EXPECT_EQ(unknown.status, OC_E_OPTION);
  EXPECT_NE(unknown.sentence.find("short-answer"), std::string::npos);
}

}  // namespace
}  // namespace ocellus::run
