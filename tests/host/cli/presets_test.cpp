#include "host/cli/presets.hpp"

#include <gmock/gmock.h>

#include "host/cli/config_file.hpp"
#include "host/options/spec.hpp"
#include "tests/support/refusal.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Presets : public testing::Test {
 protected:
  std::string refusal(const std::string& text) const {
    const auto file = test::write_file(folder_ / "own.yaml", text);
    const test::Refusal refusal = test::refusal_of([&] { words_of_preset(file, {}); });
    EXPECT_EQ(refusal.status, OC_E_OPTION);
    EXPECT_THAT(refusal.sentence, HasSubstr("--preset " + file.string() + ":"));
    return refusal.sentence;
  }
  test::TemporaryFolder folder_;
};

TEST_F(Presets, AreTheYamlFilesOfAFolder) {
  test::write_file(folder_ / "two.yaml", "method: raw-attention\n");
  test::write_file(folder_ / "one.yaml", "# what it does\n#\n# and more\nmethod: raw-attention\n");
  test::write_file(folder_ / "notes.txt", "");
  const std::vector<Preset> presets = presets_in(folder_.path());
  ASSERT_EQ(presets.size(), 2U);
  EXPECT_EQ(presets[0].name, "one");
  EXPECT_EQ(presets[0].summary, "what it does");
  EXPECT_EQ(presets[1].summary, "");
  EXPECT_EQ(find_preset(folder_.path(), "two"), folder_ / "two.yaml");
  EXPECT_THAT(presets_in(folder_ / "nowhere"), IsEmpty());
}

TEST_F(Presets, AnUnknownOneListsTheOthers) {
  test::write_file(folder_ / "single.yaml", "");
  test::write_file(folder_ / "layers.yaml", "");
  const auto sentence = [&](const std::string& name) {
    return test::refusal_of([&] { find_preset(folder_.path(), name); }).sentence;
  };
  EXPECT_THAT(sentence("nosuch"), testing::AllOf(HasSubstr("nosuch"), HasSubstr("layers, single")));
  EXPECT_THAT(sentence("singel"), HasSubstr("did you mean single"));
  EXPECT_THAT(sentence("../single"), HasSubstr("no such preset"));
}

TEST_F(Presets, SayWhatToComputeAndToDraw) {
  const auto file = test::write_file(folder_ / "own.yaml", "method: [a, b]\nrender: c\nprompt: Why?\n");
  EXPECT_THAT(words_of_preset(file, {}),
              ElementsAre("--method", "a", "--method", "b", "--render", "c", "--prompt", "Why?"));
  EXPECT_THAT(words_of_preset(file, {"run", "--method", "mine", "--prompt=Mine?"}), ElementsAre("--render", "c"));
  EXPECT_THAT(refusal("method: a\nout: elsewhere\n"), HasSubstr("own.yaml:2: there is no option 'out'"));
  EXPECT_THAT(refusal("model: m\n"), HasSubstr("'model'"));
  EXPECT_THAT(refusal("preset: other\n"), HasSubstr("'preset'"));
}

bool tells_samples_apart(const std::string& name) {
  return name.starts_with("{sample/}") || name.find("{question}") != name.npos || name.find("{part}") != name.npos ||
         (name.starts_with("{query/}") && name.find("{candidate}") != std::string::npos);
}

// Those that come with the program.
TEST(ShippedPresets, AreWellFormed) {
  const std::vector<Preset> presets = presets_in(std::filesystem::path(OCELLUS_SOURCE_DIR) / "presets");
  ASSERT_FALSE(presets.empty());
  for (const Preset& preset : presets) {
    EXPECT_FALSE(preset.summary.empty()) << preset.name;
    const std::vector<std::string> words = words_of_preset(preset.file, {});
    size_t methods = 0, named = 0, renders = 0;
    for (size_t i = 0; i + 1 < words.size(); i += 2) {
      if (words[i] == "--method") {
        ++methods;
        options::parse_spec(words[i + 1]);
      } else if (words[i] == "--render") {
        ++renders;
        for (const auto& [key, value] : options::parse_spec(words[i + 1]).settings)
          named += key == "name" && tells_samples_apart(value) ? 1 : 0;
      }
    }
    EXPECT_GT(methods, 0U) << preset.name;
    EXPECT_GT(renders, 0U) << preset.name;
    EXPECT_EQ(named, renders) << preset.name << ": its files must have names, and names of several samples must differ";
  }
}

}  // namespace
}  // namespace ocellus::cli
