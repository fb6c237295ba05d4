// Data sets through the program: the published forms, categories, samples that fail, entries that mean harm.
#include <fmt/format.h>

#include <algorithm>

#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::filesystem::path llava_model = fixtures.parent_path() / "llava/base/model";

class DataSets : public Program {
 protected:
  Words words(const std::string& out, const std::string& file, const Words& more = {}) const {
    return run_words(out) +
           Words{"--dataset", file, "--image-dir", (fixtures / "images").string(), "--method", "raw-attention"} + more;
  }
  json record(const std::string& out, const std::string& folder) const {
    return read_json(sample(out, folder) / "sample.json");
  }
  std::vector<std::string> lines_of(const std::string& text) const {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }
};

TEST_F(DataSets, MmeIsAskedAsTheStudyAsksIt) {
  const json entry{{"question", "Is it red? Please answer yes or no."}, {"answer", "No"}, {"image_file", "small.png"}};
  json set = json::array({entry, entry, entry});
  for (size_t i = 0; i < 3; ++i) set[i]["question_id"] = i < 2 ? "OCR/0020.jpg" : "color/1.png";
  for (size_t i = 0; i < 3; ++i) set[i]["category"] = i < 2 ? "OCR" : "color";
  set[1]["image_file"] = "gone.png";
  write_file(scratch / "MME_test.json", set.dump());
  const Outcome outcome =
      ocellus(run_words("out", llava_model) + Words{"--dataset", "MME_test.json", "--image-dir",
                                                    (fixtures.parent_path() / "llava/images").string(),
                                                    "--prompt-template", "short-answer", "--method", "head-stats",
                                                    "--render", "histogram:of=categories,names=mme,dpi=50"});
  EXPECT_EQ(outcome.exit_code, 1) << "a picture is missing";
  const json first = record("out", "OCR-0020.jpg-0");
  EXPECT_EQ(first["id"], "OCR/0020.jpg");
  EXPECT_THAT(first["prompt"].get<std::string>(),
              ::testing::EndsWith("USER: <image> \nIs it red? Please answer yes or no.\n"
                                  "Answer the question using a single word or phrase. ASSISTANT:"));
  EXPECT_EQ(first["facts"]["answer"], "No");
  EXPECT_EQ(record("out", "OCR-0020.jpg-1")["status"], "failed");
  EXPECT_EQ(record("out", "color-1.png-2")["facts"]["category"], "color");
  EXPECT_TRUE(std::filesystem::exists(scratch / "out/category_OCR/mme_OCR_stacked_hist.png"));
}

TEST_F(DataSets, LlavasAndReasonRftsFilesAreRead) {
  write_file(scratch / "questions.jsonl",
             R"({"question_id":3,"image":"small.png","text":"Is it red?","category":"conv"})");
  write_file(scratch / "conversations.json",
             R"([{"id":"c","image":"small.png","conversations":[{"from":"human","value":"Is it red?\n<image>"},
                                                              {"from":"gpt","value":"a secret"}]}])");
  write_file(scratch / "problems.json",
             R"([{"id":"p.png","image":["small.png","landscape.png"],"problem":"Which?","solution":"a secret"}])");
  for (const char* file : {"questions.jsonl", "conversations.json", "problems.json"}) {
    const Outcome outcome = ocellus(words(file + std::string(".out"), file));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  const std::string picture = "<|vision_start|><|image_pad|><|vision_end|>";
  EXPECT_THAT(record("questions.jsonl.out", "3")["prompt"].get<std::string>(), HasSubstr(picture + "Is it red?<"));
  const json conversation = record("conversations.json.out", "c");
  EXPECT_THAT(conversation["prompt"].get<std::string>(), HasSubstr("Is it red?" + picture + "<"));
  EXPECT_THAT(conversation["prompt"].get<std::string>(), Not(HasSubstr("secret")));
  EXPECT_EQ(conversation["facts"]["answer"], "a secret");
  const json problem = record("problems.json.out", "p.png");
  EXPECT_THAT(problem["prompt"].get<std::string>(), HasSubstr(picture + picture + "Which?<"));
  EXPECT_EQ(problem["facts"]["solution"], "a secret");
}

TEST_F(DataSets, AnEntryOfAnotherFormIsRefusedBeforeTimeIsSpent) {
  write_file(
      scratch / "mixed.json",
      R"([{"question_id":1,"question":"x","image_file":"small.png"},{"id":2,"question":"x","image":"small.png"}])");
  expect_refusal(ocellus(words("out", "mixed.json")), 3,
                 {"mixed.json, entry 1", "there is no image_file", "MME questions"});
  EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
}

TEST_F(DataSets, CategoriesChooseAndAreKeptInTheRecord) {
  std::string set;
  for (const auto& [id, category] : {std::pair("a", "color"), std::pair("b", "a/b"), std::pair("c", "颜色"),
                                     std::pair("d", "color"), std::pair("e", "a/b")}) {
    set += json{{"id", id}, {"image", "small.png"}, {"prompt", "Why?"}, {"category", category}}.dump() + "\n";
  }
  write_file(scratch / "set.jsonl", set);
  const Outcome outcome =
      ocellus(words("out", "set.jsonl", {"--category", "颜色", "--category", "a/b", "--limit", "2", "--json"}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json lines = parse_lines(outcome.out);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0]["sample"], "b");
  EXPECT_EQ(lines[1]["sample"], "c") << "the limit counts what is left";
  EXPECT_EQ(read_json(scratch / "out/run.json")["request"]["categories"], json({"颜色", "a/b"}));
  const Outcome again = ocellus({"run", "--config", "out/run.yaml", "--out", "again", "--json", "--quiet"});
  EXPECT_EQ(again.out, outcome.out);
  expect_refusal(ocellus(words("out", "set.jsonl", {"--category", "color"})), 2, {"another request"});
  expect_refusal(ocellus(words("other", "set.jsonl", {"--category", "colour"})), 2,
                 {"--category colour", "set.jsonl", "did you mean color?"});
  expect_refusal(ocellus(run_words("other") + Words{"--image", image("small.png"), "--prompt", "Why?", "--category",
                                                    "color", "--method", "raw-attention"}),
                 2, {"--category", "--dataset"});
}

TEST_F(DataSets, EverySampleThatFailedIsListedAtTheEnd) {
  json set = json::array();
  for (size_t i = 0; i < 24; ++i) {
    set.push_back({{"id", fmt::format("s{}", i)}, {"image", i == 5 ? "small.png" : "gone.png"}, {"prompt", "Why?"}});
  }
  write_file(scratch / "set.json", set.dump());
  const Outcome outcome = ocellus(words("out", "set.json", {"--json"}));
  EXPECT_EQ(outcome.exit_code, 1);
  const std::vector<std::string> lines = lines_of(outcome.err);
  ASSERT_EQ(lines.size(), 23u + 1 + 20 + 1);
  EXPECT_EQ(lines[23], "23 of 24 samples failed:");
  for (size_t i = 0; i < 20; ++i) EXPECT_EQ(lines[24 + i], "  " + lines[i]);
  EXPECT_EQ(lines.back(),
            fmt::format("  and 3 more: {0}/run.json names them all, and {0}/samples/NAME/sample.json says "
                        "why",
                        (scratch / "out").string()));
  size_t failed = 0;
  for (const json& line : parse_lines(outcome.out)) {
    if (line["status"] != "failed") continue;
    EXPECT_EQ(line["id"], line["sample"]);
    EXPECT_THAT(line["error"].get<std::string>(), HasSubstr("gone.png"));
    ++failed;
  }
  EXPECT_EQ(failed, 23u);
  const json run = read_json(scratch / "out/run.json");
  EXPECT_EQ(run["counts"], (json{{"samples", 24}, {"finished", 1}, {"failed", 23}}));
  EXPECT_EQ(run["failed"].size(), 23u);
  EXPECT_EQ(run["failed"][22], "s23");
}

TEST_F(DataSets, AMissingImageTokenFailsItsSample) {
  write_file(scratch / "set.json", R"([
      {"id":"fine","image":"small.png","prompt":"<image>\nWhy?"},
      {"id":"one too many","image":"small.png","prompt":"<image><image>\nWhy?"},
      {"id":"none","image":"small.png","messages":[{"role":"user","content":"Look."},
        {"role":"assistant","content":"Yes?"},{"role":"user","content":"Why?"}]},
      {"id":"bare","prompt":"<image>\nWhy?"}])");
  const Outcome outcome = ocellus(words("out", "set.json"));
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("3 of 4 samples failed:\n"));
  EXPECT_THAT(outcome.err, HasSubstr("  one too many: its text has 2 <image> marks, but the entry names 1 picture"));
  EXPECT_THAT(outcome.err, HasSubstr("  none: its text has 0 <image> marks, but the entry names 1 picture"));
  EXPECT_THAT(outcome.err, HasSubstr("  bare: its text has 1 <image> mark, but the entry names 0 pictures"));
  EXPECT_EQ(record("out", "fine")["question"], "Why?");
}

// Entries that mean harm fail by themselves: the others are done, nothing is written elsewhere, and the terminal is
// told nothing that steers it.
TEST_F(DataSets, HostileEntriesHarmNobody) {
  json set = json::array();
  const auto add = [&](const std::string& id, const std::string& picture, const std::string& category = "c") {
    set.push_back({{"id", id}, {"image", picture}, {"prompt", "Why?"}, {"category", category}});
  };
  add("fine", "small.png");
  add(std::string(100'000, 'x'), "small.png", "../../up");
  add("../../../climbs", "small.png", "/");
  add("\x1b[31mred\r\nline", "small.png", "a\nb");
  add("same", "small.png");
  add("same", "small.png");
  add("passwd", "../../../../../../../../../../etc/passwd");
  add("long", std::string(100'000, 'y'));
  add("zero", std::string("small.png\0x", 11));
  add("steers", "\x1b]0;title\x07.png");
  add("folder", "");
  add("device", "/dev/zero");
  write_file(scratch / "set.json", set.dump());
  const auto before = files_in(scratch.path());
  const Outcome outcome = ocellus(words("out", "set.json", {"--method", "head-stats"}));
  EXPECT_EQ(outcome.exit_code, 1);
  const json run = read_json(scratch / "out/run.json");
  EXPECT_EQ(run["failed"], json({"passwd", "long", "zero", "steers", "folder", "device"}))
      << outcome.err.substr(0, 3000);
  EXPECT_EQ(run["counts"]["finished"], 6);
  EXPECT_EQ(read_json(scratch / "out/collection/head-stats.json")["samples"], 6);
  for (const std::string& file : files_in(scratch.path())) {
    EXPECT_TRUE(before.contains(file) || file.starts_with("out/") || file.starts_with("data/")) << file;
  }
  for (const std::string& text : {outcome.out, outcome.err}) {
    for (const char c : text) ASSERT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << int{c};
  }
  EXPECT_LT(outcome.out.size(), 10'000u);
  EXPECT_EQ(record("out", "same-4")["status"], "ok");
  EXPECT_EQ(record("out", "same-5")["status"], "ok");
}

TEST_F(DataSets, NestingWithoutEndIsRefused) {
  for (const char* option : {"--dataset", "--messages"}) {
    const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
    write_file(scratch / "deep.json", deep);
    expect_refusal(ocellus(run_words("out") + Words{option, "deep.json", "--method", "raw-attention"}), 3,
                   {"deep.json", "nested deeper"});
  }
}

TEST_F(DataSets, TheNextSampleIsDecodedWhileTheModelRuns) {
  std::filesystem::copy(image("landscape.png"), scratch / "second.png");
  write_file(scratch / "set.json", json::array({{{"id", "a"}, {"image", image("small.png")}, {"prompt", "Why?"}},
                                                {{"id", "b"}, {"image", "second.png"}, {"prompt", "Why?"}}})
                                       .dump());
  const Outcome outcome =
      ocellus(run_words("out") + Words{"--dataset", "set.json", "--plugin-path", OCELLUS_CLI_PLUGIN_DIR, "--method",
                                       "meanwhile:opened=" + (scratch / "second.png").string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
}

TEST_F(DataSets, APictureThatVanishesFailsItsSampleAlone) {
  std::filesystem::copy(image("small.png"), scratch / "second.png");
  write_file(scratch / "set.json", json::array({{{"id", "a"}, {"image", "second.png"}, {"prompt", "Why?"}},
                                                {{"id", "b"}, {"image", image("small.png")}, {"prompt", "Why?"}}})
                                       .dump());
  const Outcome outcome = ocellus(
      run_words("out") + Words{"--dataset", "set.json", "--plugin-path", OCELLUS_CLI_PLUGIN_DIR, "--method",
                               "raw-attention", "--method", "meanwhile:removes=" + (scratch / "second.png").string()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(lines_of(outcome.err), ElementsAre(HasSubstr("a: a picture vanished"),
                                                 "1 of 2 samples failed:", HasSubstr("  a: a picture vanished")));
  EXPECT_EQ(record("out", "b")["status"], "ok");
}

TEST_F(DataSets, ChangedOptionsDoNotMixWithOldRecords) {
  const auto set = [&](const std::string& question) {
    return json::array({{{"id", "a"}, {"image", "small.png"}, {"prompt", "Why?"}},
                        {{"id", "b"}, {"image", "small.png"}, {"prompt", question}}})
        .dump();
  };
  write_file(scratch / "set.json", set("How?"));
  write_file(scratch / "other.json", set("How?"));
  ASSERT_EQ(ocellus(words("out", "set.json", {"--max-new-tokens", "2"})).exit_code, 0);
  const auto whole = contents_of(scratch / "out");
  const Words tokens{"--max-new-tokens", "2"};
  for (const Words& other : std::vector<Words>{{},
                                               {"--max-new-tokens", "3"},
                                               tokens + Words{"--limit", "1"},
                                               tokens + Words{"--sample-index", "0"},
                                               tokens + Words{"--category", "unknown"},
                                               tokens + Words{"--prompt-template", "short-answer"},
                                               tokens + Words{"--system", "Be brief."},
                                               tokens + Words{"--answer", "Because."},
                                               tokens + Words{"--dtype", "bfloat16"},
                                               tokens + Words{"--max-pixels", "4000"},
                                               tokens + Words{"--adapter", "qwen2_5_vl:resize=pil12"},
                                               tokens + Words{"--method", "raw-attention:as=more"},
                                               tokens + Words{"--render", "overlay"}}) {
    const Outcome outcome = ocellus(words("out", "set.json", other));
    expect_refusal(outcome, 2, {"another request", "--fresh"});
  }
  expect_refusal(ocellus(words("out", "other.json", tokens)), 2, {"another request"});
  EXPECT_TRUE(contents_of(scratch / "out") == whole) << "nothing was touched";
  // The same request of a file that says something else now: what is still as it was is kept, the rest done again.
  const auto stamp = [&](const char* id) {
    return std::filesystem::last_write_time(sample("out", id) / "sample.json");
  };
  const auto a = stamp("a"), b = stamp("b");
  write_file(scratch / "set.json", set("When?"));
  ASSERT_EQ(ocellus(words("out", "set.json", tokens)).exit_code, 0);
  EXPECT_EQ(stamp("a"), a);
  EXPECT_NE(stamp("b"), b);
  EXPECT_EQ(record("out", "b")["question"], "When?");
}

}  // namespace
}  // namespace ocellus::test
