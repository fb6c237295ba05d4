#include "plugins/models/qwen2_5_vl/chat_template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "plugins/models/qwen2_5_vl/sha256.hpp"
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

TEST(Sha256, AgreesWithThePublishedVectors) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

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
