// A fault in one sample: it is named, the others are done, and the run ends with exit 1.
#include <sstream>

#include "tests/cli/picture.hpp"
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class BadSample : public Program {
 protected:
  // Explains the bad sample between two good ones. Its one sentence is printed, and stored in its sample.json.
  void expect_failure(const json& bad, const Words& sentence, const Words& more = {}) const {
    const json good{{"image", image("small.png")}, {"prompt", "Why?"}};
    json set{good, bad, good};
    for (size_t i = 0; i < set.size(); ++i) set[i]["id"] = std::vector<std::string>{"before", "bad", "after"}[i];
    write_file(scratch / "set.json", set.dump());
    const Words methods = more.empty() ? Words{"--method", "raw-attention"} : more;
    const Outcome outcome = ocellus(run_words("out") + Words{"--dataset", "set.json"} + methods);
    EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
    std::istringstream lines(outcome.err);
    std::string first, second, third, fourth;
    std::getline(lines, first), std::getline(lines, second), std::getline(lines, third), std::getline(lines, fourth);
    EXPECT_THAT(first, ::testing::StartsWith("bad: "));
    for (const std::string& word : sentence) EXPECT_THAT(first, HasSubstr(word));
    for (const char* word : {"terminate", "exception", "std::"}) EXPECT_THAT(first, Not(HasSubstr(word)));
    EXPECT_EQ(second, "1 of 3 samples failed:");
    EXPECT_EQ(third, "  " + first);
    EXPECT_EQ(fourth, "");
    const json record = read_json(sample("out", "bad") / "sample.json");
    EXPECT_EQ(record["status"], "failed");
    EXPECT_EQ("bad: " + record["error"].get<std::string>(), first);
    for (const char* id : {"before", "after"}) EXPECT_EQ(read_json(sample("out", id) / "sample.json")["status"], "ok");
    EXPECT_EQ(read_json(scratch / "out/run.json")["failed"], json({"bad"}));
    EXPECT_FALSE(read_json(scratch / "out/run.json")["complete"]);
  }
  void expect_bad_picture(const std::filesystem::path& file, const Words& sentence) const {
    expect_failure({{"image", file.string()}, {"prompt", "Why?"}}, sentence + Words{file.filename().string()});
  }
};

TEST_F(BadSample, MissingPicture) {
  expect_bad_picture(scratch / "nowhere.png", {"does not exist"});
}

TEST_F(BadSample, EmptyPicture) {
  expect_bad_picture(write_file(scratch / "empty.png", ""), {"empty"});
}

TEST_F(BadSample, TruncatedPicture) {
  const std::string whole = read_file(image("landscape.png"));
  expect_bad_picture(write_file(scratch / "half.png", whole.substr(0, whole.size() / 2)), {"cut short"});
}

TEST_F(BadSample, TextAsPicture) {
  expect_bad_picture(write_file(scratch / "text.png", "no picture\n"), {"not a PNG"});
}

TEST_F(BadSample, FolderAsPicture) {
  std::filesystem::create_directory(scratch / "folder.png");
  expect_bad_picture(scratch / "folder.png", {"not a file"});
}

TEST_F(BadSample, PictureOf40000Pixels) {
  expect_bad_picture(std::filesystem::path(OCELLUS_TEST_DATA) / "media/too_wide.png", {"40000"});
}

TEST_F(BadSample, PictureOfAspectAbove200) {
  expect_failure(
      {{"image", write_bmp(scratch / "line.bmp", 603, 3, [](int, int) { return Colour{}; })}, {"prompt", "Why?"}},
      {"200"});
}

TEST_F(BadSample, NoImageWhereOneIsNeeded) {
  expect_failure({{"prompt", "Why?"}}, {"raw-attention", "needs an image"});
}

TEST_F(BadSample, AnswerTokenBeyondTheAnswer) {
  const Outcome outcome =
      ocellus(run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why?", "--method",
                                       "raw-attention:query=answer:6", "--max-new-tokens", "4"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("answer token 6"));
  EXPECT_THAT(outcome.err, HasSubstr("0 to 3"));
}

TEST_F(BadSample, PositionBeyondThePrompt) {
  const Outcome outcome = ocellus(run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why?",
                                                           "--method", "raw-attention:query=position:4000"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("position 4000"));
}

TEST_F(BadSample, PromptThatIsNotUtf8) {
  const Outcome outcome = ocellus(run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why\xff?",
                                                           "--prompt", "Why?", "--method", "raw-attention"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("small-0: "));
  EXPECT_THAT(outcome.err, HasSubstr("not UTF-8"));
  EXPECT_THAT(outcome.err, HasSubstr("1 of 2 samples failed"));
  EXPECT_EQ(read_json(sample("out", "small-0") / "sample.json")["status"], "failed");
  EXPECT_EQ(read_json(sample("out", "small-1") / "sample.json")["status"], "ok");
}

TEST_F(BadSample, AFailureIsALineOfJsonToo) {
  const Outcome outcome = ocellus(
      run_words("out") + Words{"--image", "nowhere.png", "--prompt", "Why?", "--method", "raw-attention", "--json"});
  EXPECT_EQ(outcome.exit_code, 1);
  const json line = parse_lines(outcome.out).at(0);
  EXPECT_EQ(line["status"], "failed");
  EXPECT_THAT(line["error"].get<std::string>(), HasSubstr("nowhere.png"));
}

}  // namespace
}  // namespace ocellus::test
