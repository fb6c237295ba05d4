#include "plugins/models/qwen2_5_vl/chat_template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/plugins/models/qwen2_5_vl/support/fixture.hpp"
#include "tests/plugins/models/qwen2_5_vl/support/scratch_folder.hpp"

namespace ocellus::qwen2_5_vl {

namespace {

using nlohmann::json;
using test::ScratchFolder;
using testing::HasSubstr;

std::string own_template() {
  std::string text;
  ScratchFolder("base").edit("tokenizer_config.json", [&](json& config) { text = config["chat_template"]; });
  return text;
}

// A folder without a template.
struct BareFolder : ScratchFolder {
  BareFolder() : ScratchFolder("base") {
    edit("tokenizer_config.json", [](json& config) { config.erase("chat_template"); });
  }
};

TEST(ChatTemplate, IsFoundInAnyOfItsThreePlaces) {
  for (const char* name : {"base", "tied", "penalty"}) {
    EXPECT_TRUE(find_chat_template(test::fixture_root() / name / "model", false).default_system) << name;
  }
}

TEST(ChatTemplate, OfAListTheDefaultOneCounts) {
  const BareFolder folder;
  const std::string text = own_template();
  folder.edit("tokenizer_config.json", [&](json& config) {
    config["chat_template"] = {{{"name", "tool_use"}, {"template", "other"}},
                               {{"name", "default"}, {"template", text}}};
  });
  EXPECT_TRUE(find_chat_template(folder.path(), false).default_system);
}

TEST(ChatTemplate, TheJinjaFileWinsAsInHuggingFace) {
  const ScratchFolder folder("base");
  folder.write("chat_template.jinja", "{{ messages }}");
  EXPECT_THAT(test::sentence_of(OC_E_MODEL, [&] { find_chat_template(folder.path(), false); }),
              HasSubstr("chat_template.jinja"));
}

TEST(ChatTemplate, LineEndsDoNotMatter) {
  const BareFolder folder;
  std::string text;
  for (const char letter : own_template()) {
    if (letter == '\n') text.push_back('\r');
    text.push_back(letter);
  }
  folder.write("chat_template.jinja", text.ends_with('\n') ? text : text + "\r\n");
  EXPECT_TRUE(find_chat_template(folder.path(), false).default_system);
}

TEST(ChatTemplate, AnUnknownOneIsReportedNotGuessed) {
  const auto folder = test::fixture_root() / "unknown_template" / "model";
  const std::string sentence = test::sentence_of(OC_E_MODEL, [&] { find_chat_template(folder, false); });
  EXPECT_THAT(sentence, HasSubstr("is not one that this plugin knows (sha256 "));
  EXPECT_THAT(sentence, HasSubstr("template=force"));
  EXPECT_TRUE(find_chat_template(folder, true).default_system);
}

TEST(ChatTemplate, AMissingOneIsReported) {
  const BareFolder folder;
  EXPECT_THAT(test::sentence_of(OC_E_MODEL, [&] { find_chat_template(folder.path(), false); }),
              HasSubstr("has no chat template"));
  EXPECT_THAT(find_chat_template(folder.path(), true).description, HasSubstr("forced"));
}

}  // namespace

}  // namespace ocellus::qwen2_5_vl
