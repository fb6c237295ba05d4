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
            (Refusal{OC_E_MODEL, "--messages " + request.messages.string() + ": this is not JSON"}));
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
