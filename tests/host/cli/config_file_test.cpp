#include "host/cli/config_file.hpp"

#include <gmock/gmock.h>

#include "host/options/spec.hpp"
#include "tests/support/refusal.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ConfigFile : public testing::Test {
 protected:
  std::vector<std::string> words(const std::string& text, const std::vector<std::string>& given = {}) const {
    return words_of_config(test::write_file(folder_ / "run.yaml", text), given).words;
  }
  std::string refusal(const std::string& text) const {
    const test::Refusal refusal = test::refusal_of([&] { words(text); });
    EXPECT_EQ(refusal.status, OC_E_OPTION);
    const std::string start = "--config " + (folder_ / "run.yaml").string() + ":";
    EXPECT_THAT(refusal.sentence, testing::StartsWith(start));
    return refusal.sentence.substr(std::min(start.size(), refusal.sentence.size()));
  }
  std::string in_folder(const std::string& name) const { return (folder_ / name).string(); }

  test::TemporaryFolder folder_;
};

TEST_F(ConfigFile, KeysAreFlags) {
  EXPECT_THAT(words("prompt: [one, two]\nlimit: 3\nfresh: true\ntogether: false\n"),
              ElementsAre("--prompt", "one", "--prompt", "two", "--limit", "3", "--fresh"));
}

TEST_F(ConfigFile, SpecsMayBeMaps) {
  EXPECT_THAT(words("method:\n  - raw-attention\n  - {name: raw-attention, layers: 0..2, as: x}\n"),
              ElementsAre("--method", "raw-attention", "--method", "raw-attention:layers=\"0..2\",as=\"x\""));
}

TEST_F(ConfigFile, TextsMayBeginWithADash) {
  EXPECT_THAT(words("prompt: [--together, '-1', '']\n"),
              ElementsAre("--prompt", "--together", "--prompt", "-1", "--prompt", ""));
}

TEST_F(ConfigFile, PathsStartAtItsFolder) {
  EXPECT_THAT(words("image: a.png\nout: /abs/out\n"), ElementsAre("--image", in_folder("a.png"), "--out", "/abs/out"));
  EXPECT_THAT(words("model: org/name\n"), ElementsAre("--model", "org/name")) << "a name of the hub";
  std::filesystem::create_directories(folder_ / "org/name");
  EXPECT_THAT(words("model: org/name\n"), ElementsAre("--model", in_folder("org/name")));
}

TEST_F(ConfigFile, FlagsWin) {
  EXPECT_THAT(words("limit: 3\nprompt: [a, b]\n", {"run", "--limit", "5", "--prompt=c"}), IsEmpty());
}

TEST_F(ConfigFile, MistakesAreToldWithTheirLine) {
  EXPECT_EQ(refusal("limit: 3\nmetod: tensors\n"), "2: there is no option 'metod'; did you mean method?");
  EXPECT_THAT(refusal("prompt: x\n\nlimit: many\n"), testing::AllOf(testing::StartsWith("3: "), HasSubstr("many")));
  EXPECT_EQ(refusal("limit: 1\nlimit: 2\n"), "2: limit is there twice");
  EXPECT_EQ(refusal("limit: [1, 2]\n"), "1: limit takes one value, not a list");
  EXPECT_EQ(refusal("fresh: maybe\n"), "1: fresh is true or false");
  EXPECT_EQ(refusal("limit: {a: 1}\n"), "1: limit must be a text or a number");
  EXPECT_EQ(refusal("prompt:\n"), "1: prompt has no value");
  EXPECT_EQ(refusal("method: [{layers: 1}]\n"), "1: method has no name: write name: raw-attention");
  EXPECT_EQ(refusal("method: [{name: x, as: 'a\"b'}]\n"), "1: as holds a double quote");
  EXPECT_THAT(refusal("base: &b {limit: 1}\n"), HasSubstr("there is no option 'base'"));
  EXPECT_THAT(refusal("<<: {limit: 1}\n"), HasSubstr("merge keys"));
  EXPECT_THAT(refusal("method:\n  - name: x\n    <<: {layers: 1}\n"), testing::StartsWith("3: merge keys"));
  EXPECT_EQ(refusal("method:\n  - {name: x, layers: 1,\n     name: y}\n"), "3: name is there twice");
  EXPECT_EQ(refusal(",limit: 1\n"), "1: a second document (---, or a stray comma) begins here: one file is one run");
  EXPECT_EQ(refusal("limit: 1\n---\nlimit: 2\n"),
            "2: a second document (---, or a stray comma) begins here: one file is one run");
  EXPECT_THAT(refusal(""), testing::StartsWith("1: write `name: value` lines"));
  EXPECT_THAT(refusal("# nothing\n"), testing::StartsWith("1: write `name: value` lines"));
  EXPECT_THAT(refusal("- a\n- b\n"), HasSubstr("write `name: value` lines"));
  EXPECT_THAT(refusal("a: [1\n"), HasSubstr("this is not YAML"));
  EXPECT_THAT(refusal("config: other.yaml\n"), HasSubstr("there is no option 'config'"));
  EXPECT_THAT(test::refusal_of([&] { words_of_config(folder_ / "none.yaml", {}); }).sentence, HasSubstr("none.yaml"));
}

TEST_F(ConfigFile, WhatIsWrittenAsksForTheSame) {
  run::Request request;
  request.model = "/models/it";
  request.images = {"/a picture.png", "/b.png"};
  request.prompts = {"Why: \"this\"?", "第二"};
  request.answer = "";
  request.together = true;
  request.limit = 4;
  request.memory_limit = uint64_t{1} << 33;
  request.methods = {options::parse_spec("raw-attention:layers=\"1,2\",as=x"), options::parse_spec("tensors")};
  request.out = "/out";
  EXPECT_THAT(
      words(config_text(request, {"/plug ins"})),
      ElementsAre("--model", "/models/it", "--image", "/a picture.png", "--image", "/b.png", "--prompt",
                  "Why: \"this\"?", "--prompt", "第二", "--together", "--answer", "", "--limit", "4", "--method",
                  "raw-attention:layers=\"1,2\",as=x", "--method", "tensors", "--out", "/out", "--plugin-path",
                  "/plug ins", "--device", "cpu", "--dtype", "auto", "--memory-limit", "8589934592"));
}

TEST_F(ConfigFile, ADryRunHasNoOut) {
  run::Request request;
  request.prompts = {"Why?"};
  request.dry_run = true;
  EXPECT_THAT(config_text(request, {}), testing::Not(HasSubstr("out:")));
}

}  // namespace
}  // namespace ocellus::cli
