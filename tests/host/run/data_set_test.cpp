#include "host/run/data_set.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/refusal.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::run {
namespace {

using test::Refusal;
using test::refusal_of;

class DataSet : public testing::Test {
 protected:
  std::vector<Sample> read(const std::string& text, const DataSetOptions& options = {}) const {
    return read_data_set(test::write_file(file_, text), options);
  }
  // `entry` may be written on several lines.
  Sample read_one(std::string entry, const DataSetOptions& options = {}) const {
    std::replace(entry.begin(), entry.end(), '\n', ' ');
    return read(entry, options).at(0);
  }
  // Why the second of two lines is refused.
  std::string refused(const std::string& entry) const {
    const Refusal refusal = refusal_of([&] { read("{\"prompt\":\"fine\"}\n" + entry); });
    EXPECT_EQ(refusal.status, OC_E_MODEL) << entry;
    const std::string place = fmt::format("{}, line 2: ", file_.string());
    EXPECT_TRUE(refusal.sentence.starts_with(place)) << refusal;
    return refusal.sentence.substr(std::min(place.size(), refusal.sentence.size()));
  }

  test::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "data.jsonl";
};

TEST_F(DataSet, LinesAndArraysAreTheSame) {
  const std::string a = R"({"id":"a","image":"a.png","prompt":"x"})",
                    b = R"({"id":7,"images":["b.png","c.png"],"prompt":"y"})";
  const std::string byte_order_mark = "\xEF\xBB\xBF";
  for (const std::string& text :
       {a + "\n" + b, a + "\r\n\n  \n" + b + "\n", "[" + a + "," + b + "]", " \n[\n" + a + "\n,\n" + b + "]\n",
        byte_order_mark + a + "\n" + b, byte_order_mark + "[" + a + "," + b + "]"}) {
    const std::vector<Sample> samples = read(text);
    ASSERT_EQ(samples.size(), 2u) << text;
    EXPECT_EQ(samples[0].id, "a");
    EXPECT_EQ(samples[0].images, (std::vector<std::filesystem::path>{folder_ / "a.png"}));
    EXPECT_EQ(samples[0].question(), "x");
    EXPECT_EQ(samples[1].id, "7");
    EXPECT_EQ(samples[1].images.size(), 2u);
    EXPECT_EQ(samples[1].question(), "y");
  }
}

TEST_F(DataSet, ImagesComeBeforeThePrompt) {
  const Sample sample = read_one(R"({"prompt":"x","images":["a.png","b.png"]})");
  ASSERT_EQ(sample.turns.size(), 1u);
  EXPECT_EQ(sample.turns[0].role, Role::user);
  const std::vector<Part>& parts = sample.turns[0].parts;
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_TRUE(parts[0].is_image && parts[1].is_image);
  EXPECT_EQ(parts[1].image, 1u);
  EXPECT_EQ(parts[2].text, "x");
  EXPECT_EQ(sample.images.at(0).filename(), "a.png");
}

TEST_F(DataSet, RelativePathsStartAtTheFileOrTheImageFolder) {
  const std::string entry = R"({"prompt":"x","images":["sub/a.png","/absolute/b.png"]})";
  EXPECT_EQ(read_one(entry).images, (std::vector<std::filesystem::path>{folder_ / "sub/a.png", "/absolute/b.png"}));
  DataSetOptions options;
  options.image_dir = "pictures";
  EXPECT_EQ(read_one(entry, options).images,
            (std::vector<std::filesystem::path>{"pictures/sub/a.png", "/absolute/b.png"}));
  EXPECT_EQ(read_one(R"({"messages":[{"role":"user","content":[{"type":"image","image":"c.png"}]}]})", options).images,
            (std::vector<std::filesystem::path>{"pictures/c.png"}));
}

TEST_F(DataSet, ThePromptHasFourNames) {
  for (const char* key : {"prompt", "problem", "question", "text"}) {
    EXPECT_EQ(read_one(fmt::format(R"({{"{}":"where?"}})", key)).question(), "where?") << key;
    EXPECT_EQ(read_one(fmt::format(R"({{"{}":"where?","messages":null}})", key)).question(), "where?")
        << "null is none";
  }
}

TEST_F(DataSet, TwoFieldsOfOneMeaningAreRefused) {
  EXPECT_EQ(refused(R"({"text":"d","question":"c"})"), "both question and text say what is asked: leave one out");
  EXPECT_EQ(refused(R"({"prompt":"d","messages":[{"role":"user","content":"c"}]})"),
            "both messages and prompt say what is asked: leave one out");
  EXPECT_EQ(refused(R"({"prompt":"d","image":"a.png","images":["b.png"]})"),
            "both image and images say what the pictures are: leave one out");
  EXPECT_EQ(refused(R"({"prompt":"d","image":"a.png","image_file":"b.png"})"),
            "both image and image_file say what the pictures are: leave one out");
  EXPECT_EQ(refused(R"({"image":"b.png","messages":[{"role":"user",)"
                    R"("content":[{"type":"image","image":"a.png"}]}]})"),
            "both messages and image say what the pictures are: leave one out");
  EXPECT_EQ(refused(R"({"answer":"yes","conversations":[{"from":"human","value":"x"},{"from":"gpt","value":"no"}]})"),
            "both answer and a last message of gpt say what the answer is: leave one out");
}

TEST_F(DataSet, ThePromptOfTheCommandLineFillsIn) {
  DataSetOptions options;
  options.prompt = "describe it";
  EXPECT_EQ(read_one(R"({"image":"a.png"})", options).question(), "describe it");
  EXPECT_EQ(read_one(R"({"prompt":"own"})", options).question(), "own");
  EXPECT_EQ(refused(R"({"image":"a.png"})"),
            "there is no prompt (prompt, problem, question or text) and no --prompt was given");
}

TEST_F(DataSet, TheSystemMessageComesFirst) {
  DataSetOptions options;
  options.system = "be brief";
  const Sample sample = read_one(R"({"prompt":"x"})", options);
  ASSERT_EQ(sample.turns.size(), 2u);
  EXPECT_EQ(sample.turns[0].role, Role::system);
  EXPECT_EQ(sample.turns[0].parts.at(0).text, "be brief");
}

TEST_F(DataSet, TheSystemMessageComesBeforeMessagesThatHaveNone) {
  DataSetOptions options;
  options.system = "be brief";
  const Sample sample = read_one(R"({"messages":[{"role":"user","content":"x"}]})", options);
  ASSERT_EQ(sample.turns.size(), 2u);
  EXPECT_EQ(sample.turns[0].parts.at(0).text, "be brief");
  const Refusal refusal = refusal_of(
      [&] { read(R"({"messages":[{"role":"system","content":"a"},{"role":"user","content":"x"}]})", options); });
  EXPECT_TRUE(refusal.says("a system message of their own")) << refusal;
}

TEST_F(DataSet, MessagesAreAConversation) {
  const Sample sample = read_one(
      R"({"id":"m","messages":[{"role":"user","content":[{"type":"image","image":"a.png"},{"type":"text","text":"one"}]},
         {"role":"assistant","content":"yes"},{"role":"user","content":"two"}],"box":[1,2,3,4]})");
  EXPECT_EQ(sample.turns.size(), 3u);
  EXPECT_EQ(sample.question(), "two");
  EXPECT_EQ(sample.boxes.size(), 1u);
}

TEST_F(DataSet, Boxes) {
  const Sample sample = read_one(R"({"prompt":"x","images":["a.png","b.png"],"box":[1,2,3.5,4],
                                     "boxes":[{"label":"dog","box":[5,6,7,8]},{"label":"cat","image":1,"box":[0,0,1,1]}]})");
  ASSERT_EQ(sample.boxes.size(), 3u);
  EXPECT_EQ(sample.boxes[0].label, "");
  EXPECT_EQ(sample.boxes[0].x1, 3.5);
  EXPECT_EQ(sample.boxes[1].label, "dog");
  EXPECT_EQ(sample.boxes[1].image, 0);
  EXPECT_EQ(sample.boxes[1].y0, 6.0);
  EXPECT_EQ(sample.boxes[2].image, 1);
}

TEST_F(DataSet, FactsAreCarriedAlongAndNeverAsked) {
  const Sample sample = read_one(R"({"prompt":"x","solution":"42","answer":"41","category":"maths","question_id":3,
                                     "image_file":"a.png","caption":"a cat","other":"dropped"})");
  EXPECT_EQ(sample.id, "3");
  EXPECT_EQ(sample.images.at(0), folder_ / "a.png");
  EXPECT_EQ(
      sample.facts.dump(),
      R"({"answer":"41","solution":"42","category":"maths","question_id":3,"image_file":"a.png","caption":"a cat"})");
  EXPECT_EQ(sample.question(), "x");
}

TEST_F(DataSet, MmeQuestions) {
  const std::vector<Sample> samples = read(R"([
      {"question_id":"OCR/0020.jpg","question":"Is it \"A\"? Please answer yes or no.","answer":"Yes",
       "category":"OCR","image_file":"0.png"},
      {"question_id":"OCR/0020.jpg","question":"Is it \"B\"? Please answer yes or no.","answer":"No",
       "category":"OCR","image_file":"1.png"}])");
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[1].id, "OCR/0020.jpg");
  EXPECT_EQ(samples[1].images, std::vector<std::filesystem::path>{folder_ / "1.png"});
  EXPECT_EQ(samples[1].question(), "Is it \"B\"? Please answer yes or no.");
  EXPECT_EQ(samples[1].facts["answer"], "No");
  EXPECT_EQ(samples[1].facts["category"], "OCR");
  EXPECT_FALSE(samples[1].answer.has_value()) << "ground truth is not a given answer";
}

TEST_F(DataSet, LlavaQuestions) {
  DataSetOptions options;
  options.image_dir = "pictures";
  const Sample sample =
      read_one(R"({"question_id":17,"image":"code/0020.png","text":"Is it red?","category":"code"})", options);
  EXPECT_EQ(sample.id, "17");
  EXPECT_EQ(sample.images, std::vector<std::filesystem::path>{"pictures/code/0020.png"});
  EXPECT_EQ(sample.question(), "Is it red?");
  EXPECT_EQ(sample.facts["category"], "code");
}

TEST_F(DataSet, LlavaConversations) {
  const Sample sample = read_one(R"({"id":"c","image":"a.png","conversations":[
      {"from":"human","value":"<image>\nWhat is it?"},{"from":"gpt","value":"A cat."},
      {"from":"human","value":"Is it black?"},{"from":"gpt","value":"No."}]})");
  ASSERT_EQ(sample.turns.size(), 3u) << "the last message of gpt is not given to a model";
  ASSERT_EQ(sample.turns[0].parts.size(), 2u);
  EXPECT_TRUE(sample.turns[0].parts[0].is_image);
  EXPECT_EQ(sample.turns[0].parts[1].text, "What is it?");
  EXPECT_EQ(sample.turns[1].role, Role::assistant);
  EXPECT_EQ(sample.question(), "Is it black?");
  EXPECT_EQ(sample.facts["answer"], "No.");
  EXPECT_EQ(
      read_one(R"({"image":"a.png","conversations":[{"from":"human","value":"Is it?"},
                         {"from":"gpt","value":"No."},{"from":"human","value":"Why?"}]})")
          .fault,
      "its text has 0 <image> marks, but the entry names 1 picture: each picture needs one mark, where it stands");
}

TEST_F(DataSet, ReasonRftProblems) {
  const std::vector<Sample> samples = read(R"([
      {"id":"a.png","image":["one.png","two.png"],"problem":"Which differs?","solution":"<answer>2</answer>"},
      {"id":"b","image":"one.png","problem":"Where? <image>","solution":"there","answer":[225,843]}])");
  EXPECT_EQ(samples.at(0).images.size(), 2u);
  EXPECT_EQ(samples[0].id, "a.png");
  EXPECT_EQ(samples[0].facts["solution"], "<answer>2</answer>");
  EXPECT_TRUE(samples[0].turns.at(0).parts.at(0).is_image);
  EXPECT_EQ(samples[1].facts["answer"], nlohmann::ordered_json({225, 843}));
  EXPECT_TRUE(samples[1].boxes.empty()) << "no unit is known of numbers in an answer";
  EXPECT_TRUE(samples[1].turns.at(0).parts.at(1).is_image) << "at its mark, behind the text";
}

TEST_F(DataSet, AnEntryOfAnotherFormIsRefused) {
  const Refusal mme = refusal_of(
      [&] { read(R"([{"question_id":"a","question":"x","image_file":"a.png"},{"question_id":"b","question":"y"}])"); });
  EXPECT_EQ(mme,
            (Refusal{OC_E_MODEL, file_.string() + ", entry 1: there is no image_file: by its first entry this file "
                                                  "holds MME questions, which all have question and image_file"}));
  const Refusal llava = refusal_of(
      [&] { read("{\"question_id\":1,\"text\":\"x\",\"image\":\"a.png\"}\n{\"question_id\":2,\"image\":\"a.png\"}"); });
  EXPECT_TRUE(llava.says("line 2: there is no text: by its first entry this file holds LLaVA questions")) << llava;
  const Refusal reason = refusal_of([&] { read(R"([{"problem":"x","image":"a.png"},{"problem":"y","image":null}])"); });
  EXPECT_TRUE(reason.says("entry 1: there is no image or images: ")) << reason;
}

TEST_F(DataSet, MessagesMayHaveTheirPicturesBesideThem) {
  const Sample sample = read_one(R"({"images":["a.png","b.png"],
      "messages":[{"role":"user","content":"<image> or\n<image>?"},{"role":"assistant","content":"<image>"},
                  {"role":"user","content":"Why?"}]})");
  EXPECT_EQ(sample.fault, "");
  const std::vector<Part>& parts = sample.turns.at(0).parts;
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(parts[2].image, 1u);
  EXPECT_EQ(sample.turns.at(1).parts.at(0).text, "<image>") << "what was answered is a text";
  EXPECT_EQ(read_one(R"({"messages":[{"role":"user","content":"What does <image> mean in HTML?"}]})").question(),
            "What does <image> mean in HTML?");
}

TEST_F(DataSet, WrongFieldsAreRefusedWithTheLine) {
  EXPECT_EQ(refused("[1]"), "an entry must be a JSON object");
  EXPECT_EQ(refused("{\"prompt\":"), "this is not JSON (at byte 11)");
  EXPECT_EQ(refused("{\"prompt\":\"\xff\"}").substr(0, 16), "this is not JSON");
  EXPECT_EQ(refused(R"({"id":1.5,"prompt":"x"})"), "the field id must be a string or a whole number");
  EXPECT_EQ(refused(R"({"question_id":[1],"prompt":"x"})"), "the field question_id must be a string or a whole number");
  EXPECT_EQ(refused(R"({"category":["a"],"prompt":"x"})"), "the field category must be a string or a number");
  EXPECT_EQ(refused(R"({"image_file":{},"prompt":"x"})"), "the field image_file must be a string or a list of strings");
  EXPECT_EQ(refused(R"({"given_answer":1,"prompt":"x"})"), "the field given_answer must be a string");
  EXPECT_EQ(refused(R"({"conversations":"x"})"), "conversations must be a list with at least one message");
  EXPECT_EQ(refused(R"({"image":7,"prompt":"x"})"), "the field image must be a string or a list of strings");
  EXPECT_EQ(refused(R"({"images":["a",7],"prompt":"x"})"), "the field images must be a string or a list of strings");
  EXPECT_EQ(refused(R"({"problem":7})"), "the field problem must be a string");
  EXPECT_EQ(refused(R"({"prompt":"x","box":[1,2,3]})"), "a box must be [x0, y0, x1, y1] in pixels");
  EXPECT_EQ(refused(R"({"prompt":"x","box":[1,2,3,"4"]})"), "a box must be [x0, y0, x1, y1] in pixels");
  EXPECT_EQ(refused(R"({"prompt":"x","boxes":[{"label":3,"box":[1,2,3,4]}]})"), "the label of a box must be a string");
  EXPECT_EQ(refused(R"({"prompt":"x","boxes":{}})"), "the field boxes must be a list");
  EXPECT_EQ(refused(R"({"prompt":"x","boxes":[[1,2,3,4]]})"),
            R"(an item of boxes must be {"label":"...","box":[x0,y0,x1,y1]})");
  EXPECT_EQ(refused(R"({"messages":[{"role":"user"}]})"), "message 0: the content must be a string or a list");
}

TEST_F(DataSet, BoxesOfImagesThatAreNotThereAreRefused) {
  for (const char* image : {"1", "-1", "\"0\"", "4294967296"}) {
    EXPECT_EQ(
        refused(fmt::format(R"({{"prompt":"x","image":"a.png","boxes":[{{"image":{},"box":[1,2,3,4]}}]}})", image)),
        "the image of a box must be the number of one of the entry's images, from 0")
        << image;
  }
}

TEST_F(DataSet, ArraysNameTheEntry) {
  EXPECT_EQ(refusal_of([&] { read(R"([{"prompt":"x"},{"image":"a.png"}])"); }),
            (Refusal{OC_E_MODEL,
                     fmt::format("{}, entry 1: there is no prompt (prompt, problem, question or text) and no --prompt "
                                 "was given",
                                 file_.string())}));
  EXPECT_EQ(refusal_of([&] { read("[{\"prompt\":\"x\"}"); }).status, OC_E_MODEL);
}

TEST_F(DataSet, FilesThatCannotBeRead) {
  EXPECT_EQ(refusal_of([&] { read(" \n "); }), (Refusal{OC_E_MODEL, fmt::format("{} is empty", file_.string())}));
  const std::filesystem::path absent = folder_ / "absent.jsonl";
  EXPECT_EQ(refusal_of([&] { read_data_set(absent, {}); }),
            (Refusal{OC_E_MODEL, fmt::format("{}: No such file or directory", absent.string())}));
  EXPECT_EQ(refusal_of([&] { read_data_set(folder_.path(), {}); }),
            (Refusal{OC_E_MODEL, fmt::format("{} is a folder, not a file", folder_.path().string())}));
}

}  // namespace
}  // namespace ocellus::run
