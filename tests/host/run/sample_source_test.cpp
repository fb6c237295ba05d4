#include "host/run/sample_source.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>

#include "tests/support/refusal.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::run {
namespace {

using test::Refusal;
using test::refusal_of;

std::vector<std::string> folders(const std::vector<Sample>& samples) {
  std::vector<std::string> names;
  for (const Sample& sample : samples) names.push_back(sample.folder);
  return names;
}

TEST(SampleSource, EveryPromptAboutEveryImage) {
  Request request;
  request.images = {"x/a.png", "b.png"};
  request.prompts = {"one", "two"};
  const std::vector<Sample> samples = read_samples(request);
  ASSERT_EQ(samples.size(), 4u);
  EXPECT_EQ(samples[1].images, (std::vector<std::filesystem::path>{"x/a.png"}));
  EXPECT_EQ(samples[1].question(), "two");
  EXPECT_EQ(samples[2].images, (std::vector<std::filesystem::path>{"b.png"}));
  EXPECT_EQ(samples[2].question(), "one");
  EXPECT_EQ(folders(samples), (std::vector<std::string>{"a-0", "a-1", "b-2", "b-3"}));
}

std::vector<uint64_t> groups(const std::vector<Sample>& samples) {
  std::vector<uint64_t> numbers;
  for (const Sample& sample : samples) numbers.push_back(sample.group);
  return numbers;
}

TEST(SampleSource, SamplesAboutTheSamePicturesAreAGroup) {
  const test::TemporaryFolder folder;
  Request request;
  request.dataset = test::write_file(folder / "set.jsonl", R"({"image": "a.png", "prompt": "1"})"
                                                           "\n"
                                                           R"({"image": "b.png", "prompt": "2"})"
                                                           "\n"
                                                           R"({"image": "a.png", "prompt": "3"})"
                                                           "\n"
                                                           R"({"image": ["b.png", "a.png"], "prompt": "4"})"
                                                           "\n"
                                                           R"({"prompt": "5"})"
                                                           "\n"
                                                           R"({"prompt": "6"})"
                                                           "\n"
                                                           R"({"image": "b.png", "prompt": "7"})"
                                                           "\n");
  EXPECT_EQ(groups(read_samples(request)), (std::vector<uint64_t>{0, 1, 0, 2, 3, 4, 1}));
}

TEST(SampleSource, ManyQuestionsAboutOnePictureAreSeveralGroups) {
  Request request;
  request.images = {"a.png"};
  request.prompts.resize(40, "Why?");
  const std::vector<uint64_t> found = groups(read_samples(request));
  EXPECT_EQ(found[15], 0u);
  EXPECT_EQ(found[16], 1u);
  EXPECT_EQ(found[39], 2u);
}

TEST(SampleSource, PromptsWithoutImages) {
  Request request;
  request.prompts = {"one", "two"};
  request.system = "be brief";
  const std::vector<Sample> samples = read_samples(request);
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_TRUE(samples[0].images.empty());
  ASSERT_EQ(samples[0].turns.size(), 2u);
  EXPECT_EQ(samples[0].turns[0].role, Role::system);
  EXPECT_EQ(folders(samples), (std::vector<std::string>{"text-0", "text-1"}));
}

TEST(SampleSource, AConversation) {
  const test::TemporaryFolder folder;
  Request request;
  request.messages =
      test::write_file(folder / "talk.json",
                       R"([{"role":"user","content":[{"type":"image","image":"a.png"},{"type":"text","text":"x"}]}])");
  EXPECT_EQ(read_samples(request).at(0).images.at(0), folder / "a.png");
  request.image_dir = "elsewhere";
  EXPECT_EQ(read_samples(request).at(0).images.at(0), "elsewhere/a.png");
}

TEST(SampleSource, AConversationThatIsNone) {
  const test::TemporaryFolder folder;
  Request request;
  request.messages = test::write_file(folder / "talk.json", "[{");
  EXPECT_EQ(refusal_of([&] { read_samples(request); }),
            (Refusal{OC_E_MODEL, "--messages " + request.messages.string() + ": this is not JSON (at byte 3)"}));
  test::write_file(request.messages, "[]");
  EXPECT_EQ(refusal_of([&] { read_samples(request); }),
            (Refusal{OC_E_MODEL, "--messages " + request.messages.string() +
                                     ": messages must be a list with at least one message"}));
}

TEST(SampleSource, ADataSet) {
  const test::TemporaryFolder folder;
  Request request;
  request.dataset = test::write_file(folder / "d.jsonl", R"({"id":"first","image":"a.png"}
{"id":"../../etc","image":"a.png","prompt":"own"}
{"id":"first","image":"a.png"}
{"id":".hidden","image":"a.png"}
)");
  request.prompts = {"default"};
  const std::vector<Sample> samples = read_samples(request);
  ASSERT_EQ(samples.size(), 4u);
  EXPECT_EQ(samples[0].question(), "default");
  EXPECT_EQ(samples[1].question(), "own");
  EXPECT_EQ(samples[1].id, "../../etc") << "the original stays in the record";
  std::vector<std::string> names = folders(samples);
  for (const std::string& name : names) {
    EXPECT_EQ(name.find('/'), std::string::npos) << name;
    EXPECT_NE(name.front(), '.') << name;
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::unique(names.begin(), names.end()), names.end()) << "each has its own";
}

TEST(SampleSource, TheLimitCutsAndRenamesNothing) {
  Request request;
  const test::TemporaryFolder folder;
  request.dataset = test::write_file(folder / "d.jsonl", R"({"id":"same","prompt":"x"}
{"id":"other","prompt":"x"}
{"id":"same","prompt":"x"}
)");
  const std::vector<std::string> all = folders(read_samples(request));
  ASSERT_EQ(all.size(), 3u);
  for (const uint64_t limit : {1, 2, 3, 4}) {
    request.limit = limit;
    EXPECT_EQ(
        folders(read_samples(request)),
        std::vector<std::string>(all.begin(), all.begin() + static_cast<ptrdiff_t>(std::min<uint64_t>(limit, 3))));
  }
}

class Categories : public testing::Test {
 protected:
  Categories() {
    request.dataset = test::write_file(folder_ / "d.json", R"([{"id":"a","prompt":"x","category":"OCR"},
        {"id":"b","prompt":"x","category":"a/b"},{"id":"same","prompt":"x","category":"OCR"},
        {"id":"same","prompt":"x"},{"id":"e","prompt":"x","category":7},{"id":"f","prompt":"x","category":""},
        {"id":"g","prompt":"x","category":"猫"}])");
  }
  std::vector<std::string> of(std::vector<std::string> categories) {
    request.categories = std::move(categories);
    return folders(read_samples(request));
  }
  Refusal refused(std::vector<std::string> categories) {
    return refusal_of([&] { of(std::move(categories)); });
  }

  test::TemporaryFolder folder_;
  Request request;
};

using Folders = std::vector<std::string>;

TEST_F(Categories, KeepTheirEntriesAndRenameNothing) {
  EXPECT_EQ(of({"OCR"}), (Folders{"a", "same-2"})) << "as in the whole set, where the id is there twice";
  EXPECT_EQ(of({"猫", "a/b"}), (Folders{"b", "g"})) << "in the order of the file";
  EXPECT_EQ(of({"7"}), Folders{"e"});
  EXPECT_EQ(of({"unknown"}), (Folders{"same-3", "f"})) << "as statistics call those without";
}

TEST_F(Categories, ComeBeforeLimitAndIndex) {
  request.limit = 1;
  EXPECT_EQ(of({"a/b", "猫"}), Folders{"b"});
  request.sample_index = 1;
  EXPECT_EQ(of({"a/b", "猫"}), Folders{"g"});
  request.sample_index = 2;
  EXPECT_EQ(refused({"a/b", "猫"}),
            (Refusal{OC_E_OPTION, "--sample-index 2: there are 2 samples, so it goes from 0 to 1"}));
}

TEST_F(Categories, ThatAreNotThereAreRefused) {
  EXPECT_EQ(refused({"OCR", "OCD"}), (Refusal{OC_E_OPTION, "--category OCD: no entry of " + request.dataset.string() +
                                                               " is of this category; did you mean OCR?"}));
  EXPECT_TRUE(refused({"something else"}).says("; there are 7, OCR, a/b, unknown, 猫"));
  request.dataset.clear();
  request.prompts = {"x"};
  EXPECT_EQ(refused({"OCR"}),
            (Refusal{OC_E_OPTION, "--category chooses among the entries of a data set: give --dataset FILE"}));
}

TEST(SampleSource, ASampleMayHaveAFaultThatIsKnownAlready) {
  const test::TemporaryFolder folder;
  Request request;
  request.prompt_template = "short-answer";
  request.dataset = test::write_file(folder / "d.json", R"([
      {"prompt":"x","image":"a\u0000.png"},{"prompt":"<image> <image>","image":"a.png"},
      {"messages":[{"role":"user","content":[{"type":"image","image":"a.png"}]}]},{"prompt":"x"}])");
  const std::vector<Sample> samples = read_samples(request);
  EXPECT_EQ(samples.at(0).fault, "the name of a picture holds a zero byte");
  EXPECT_EQ(
      samples.at(1).fault,
      "its text has 2 <image> marks, but the entry names 1 picture: each picture needs one mark, where it stands");
  EXPECT_EQ(samples.at(2).fault, "--prompt-template short-answer: its last user turn has no text to put into it");
  EXPECT_EQ(samples.at(3).fault, "");
}

TEST(SampleSource, ContradictionsAreRefused) {
  const auto refused = [](void (*fill)(Request&)) {
    Request request;
    fill(request);
    const Refusal refusal = refusal_of([&] { read_samples(request); });
    EXPECT_EQ(refusal.status, OC_E_OPTION);
    return refusal.sentence;
  };
  EXPECT_EQ(refused([](Request&) {}),
            "nothing to explain: give --image FILE and --prompt TEXT, --messages FILE or --dataset FILE");
  EXPECT_EQ(refused([](Request& r) { r.images = {"a.png"}; }), "there is no prompt: give --prompt TEXT");
  const char* exclude = "--image with --prompt, --messages and --dataset exclude each other: give one of them";
  EXPECT_EQ(refused([](Request& r) { r.images = {"a.png"}, r.dataset = "d"; }), exclude);
  EXPECT_EQ(refused([](Request& r) { r.prompts = {"x"}, r.messages = "m"; }), exclude);
  EXPECT_EQ(refused([](Request& r) { r.dataset = "d", r.messages = "m"; }), exclude);
  EXPECT_EQ(refused([](Request& r) {
              r.dataset = "d", r.prompts = {"x", "y"};
            }),
            "with --dataset, at most one --prompt may be given: it serves entries without one");
  EXPECT_EQ(refused([](Request& r) { r.messages = "m", r.system = "s"; }),
            "--system and --messages exclude each other: put the system message into the file");
}

}  // namespace
}  // namespace ocellus::run
