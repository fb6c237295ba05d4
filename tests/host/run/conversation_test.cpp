#include "host/run/conversation.hpp"

#include <gtest/gtest.h>

#include "tests/support/refusal.hpp"

namespace ocellus::run {
namespace {

Sample read(const char* messages, const std::filesystem::path& folder = "folder") {
  Sample sample;
  append_messages(sample, nlohmann::ordered_json::parse(messages), folder);
  return sample;
}

TEST(Conversation, StringsAreTexts) {
  const Sample sample = read(R"([{"role":"system","content":"be brief"},{"role":"user","content":"hello"},
                                 {"role":"assistant","content":"hi"},{"role":"user","content":"who?"}])");
  ASSERT_EQ(sample.turns.size(), 4u);
  EXPECT_EQ(sample.turns[0].role, Role::system);
  EXPECT_EQ(sample.turns[1].role, Role::user);
  EXPECT_EQ(sample.turns[2].role, Role::assistant);
  EXPECT_EQ(sample.turns[2].parts.at(0).text, "hi");
  EXPECT_EQ(sample.question(), "who?");
}

TEST(Conversation, PartsKeepTheirOrder) {
  const Sample sample =
      read(R"([{"role":"user","content":[{"type":"text","text":"left "},{"type":"image","image":"a.png"},
                                 {"type":"text","text":"right "},{"type":"image","image":"/b.png"}]},
                                 {"role":"user","content":[{"type":"image","image":"c/d.png"},{"type":"text","text":"last"}]}])");
  ASSERT_EQ(sample.images, (std::vector<std::filesystem::path>{"folder/a.png", "/b.png", "folder/c/d.png"}));
  const std::vector<Part>& parts = sample.turns.at(0).parts;
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(parts[0].text, "left ");
  EXPECT_FALSE(parts[0].is_image);
  EXPECT_TRUE(parts[1].is_image);
  EXPECT_EQ(parts[1].image, 0u);
  EXPECT_EQ(parts[3].image, 1u);
  EXPECT_EQ(sample.turns.at(1).parts.at(0).image, 2u);
  EXPECT_EQ(sample.question(), "last");
}

TEST(Conversation, TheQuestionIsTheTextOfTheLastUserTurn) {
  EXPECT_EQ(
      read(
          R"([{"role":"user","content":"first"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
                     {"role":"assistant","content":"reply"}])")
          .question(),
      "ab");
  EXPECT_EQ(read(R"([{"role":"system","content":"x"}])").question(), "");
}

TEST(Conversation, WhatIsNoneIsRefusedWithItsPlace) {
  const char* item =
      R"(message 0: a content item must be {"type":"text","text":"..."} or {"type":"image","image":"FILE"})";
  const std::vector<std::pair<const char*, const char*>> cases{
      {"{}", "messages must be a list with at least one message"},
      {"[]", "messages must be a list with at least one message"},
      {R"(["hello"])", "message 0: there is no role"},
      {R"([{"content":"x"}])", "message 0: there is no role"},
      {R"([{"role":1,"content":"x"}])", "message 0: there is no role"},
      {R"([{"role":"user","content":"x"},{"role":"tool","content":"x"}])",
       "message 1: the role 'tool' is not system, user or assistant"},
      {R"([{"role":"user"}])", "message 0: the content must be a string or a list"},
      {R"([{"role":"user","content":null}])", "message 0: the content must be a string or a list"},
      {R"([{"role":"user","content":["x"]}])", item},
      {R"([{"role":"user","content":[{"type":"text"}]}])", item},
      {R"([{"role":"user","content":[{"type":"image","text":"x"}]}])", item},
      {R"([{"role":"user","content":[{"type":"video","video":"x"}]}])", item}};
  for (const auto& [messages, why] : cases) {
    EXPECT_EQ(test::refusal_of([&, m = messages] { read(m); }), (test::Refusal{OC_E_MODEL, why})) << messages;
  }
}

std::optional<std::string> read_llava(Sample& sample, const char* conversations) {
  return append_llava_conversations(sample, nlohmann::ordered_json::parse(conversations));
}

TEST(LlavaConversations, TheLastMessageOfGptIsTheAnswer) {
  Sample sample;
  EXPECT_EQ(read_llava(sample, R"([{"from":"system","value":"be brief"},{"from":"human","value":"a?"},
                                   {"from":"gpt","value":"b"},{"from":"human","value":"c?"},
                                   {"from":"gpt","value":"d"}])"),
            "d");
  ASSERT_EQ(sample.turns.size(), 4u);
  EXPECT_EQ(sample.turns[0].role, Role::system);
  EXPECT_EQ(sample.turns[2].role, Role::assistant);
  EXPECT_EQ(sample.turns[2].parts.at(0).text, "b");
  EXPECT_EQ(sample.question(), "c?");
  Sample unanswered;
  EXPECT_EQ(read_llava(unanswered, R"([{"from":"human","value":"a?"}])"), std::nullopt);
}

TEST(LlavaConversations, WhatIsNoneIsRefusedWithItsPlace) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {"{}", "conversations must be a list with at least one message"},
      {"[]", "conversations must be a list with at least one message"},
      {"[1]", R"(message 0: it must be {"from":"human","value":"..."})"},
      {R"([{"from":"human"}])", R"(message 0: it must be {"from":"human","value":"..."})"},
      {R"([{"from":"human","value":"x"},{"from":1,"value":"x"}])",
       R"(message 1: it must be {"from":"human","value":"..."})"},
      {R"([{"from":"user","value":"x"}])", "message 0: its from is 'user', not human, gpt or system"},
      {R"([{"from":"gpt","value":"x"}])",
       "conversations must end with a message from human, or with one from gpt that answers it"},
      {R"([{"from":"system","value":"x"}])",
       "conversations must end with a message from human, or with one from gpt that answers it"}};
  for (const auto& [conversations, why] : cases) {
    Sample sample;
    EXPECT_EQ(test::refusal_of([&, c = conversations] { read_llava(sample, c); }), (test::Refusal{OC_E_MODEL, why}))
        << conversations;
  }
}

}  // namespace
}  // namespace ocellus::run
