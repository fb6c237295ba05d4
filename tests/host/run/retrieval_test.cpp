// The lists of a retrieval, and the samples that they make.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/run/retrieval_lists.hpp"
#include "host/run/retrieval_samples.hpp"
#include "tests/support/refusal.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::run {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

class RetrievalLists : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, const std::string& text) const {
    return test::write_file(folder_ / name, text);
  }
  std::vector<Candidate> candidates(const std::string& text) const {
    Retrieval retrieval;
    retrieval.candidates = file("candidates.jsonl", text);
    return read_candidates(retrieval, {});
  }
  std::vector<Query> queries(const std::string& text, const std::vector<Candidate>& among = {}) const {
    Retrieval retrieval;
    retrieval.queries = file("queries.jsonl", text);
    return read_queries(retrieval, among);
  }
  template <class Call>
  std::string refused(oc_status status, Call&& call) const {
    const test::Refusal refusal = test::refusal_of(call);
    EXPECT_EQ(refusal.status, status) << refusal;
    return refusal.sentence;
  }

  test::TemporaryFolder folder_;
};

TEST_F(RetrievalLists, PicturesAndFoldersOfThem) {
  for (const char* name : {"pictures/b.PNG", "pictures/a.jpg", "pictures/notes.txt"}) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    file(name, "");
  }
  std::filesystem::create_directories(folder_ / "empty");
  const std::string folder = (folder_ / "pictures").string();
  const std::vector<Candidate> all = read_candidates({}, {"x/z.png", folder});
  EXPECT_THAT(all, ElementsAre(Field(&Candidate::id, "z"), Field(&Candidate::id, "a"), Field(&Candidate::id, "b")));
  EXPECT_EQ(all[1].image, folder_ / "pictures/a.jpg");

  Retrieval captioned;
  captioned.captions = {"one", "", "three"};
  EXPECT_EQ(read_candidates(captioned, {folder, "z.png"})[2].caption, "three");
  EXPECT_THAT(refused(OC_E_OPTION, [&] { read_candidates(captioned, {"z.png"}); }), HasSubstr("3 captions for 1"));
  EXPECT_THAT(refused(OC_E_OPTION, [&] { read_candidates({}, {}); }), HasSubstr("no candidate"));
  EXPECT_THAT(refused(OC_E_MODEL, [&] { read_candidates({}, {(folder_ / "empty").string()}); }),
              HasSubstr("has no pictures"));
}

TEST_F(RetrievalLists, AFileOfCandidates) {
  const auto all = candidates("{\"image\": \"a.png\"}\n{\"image\": \"b.png\", \"id\": 7, \"caption\": \"seven\"}\n");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_THAT(all[0], AllOf(Field(&Candidate::id, "a"), Field(&Candidate::image, folder_ / "a.png")));
  EXPECT_THAT(all[1], AllOf(Field(&Candidate::id, "7"), Field(&Candidate::caption, "seven")));
  EXPECT_THAT(refused(OC_E_MODEL, [&] { candidates("{\"id\": 1}"); }), HasSubstr("line 1: a candidate must have"));
  EXPECT_THAT(refused(OC_E_MODEL, [&] { candidates("{\"image\":\"a.png\"}\n{\"image\":\"d/a.png\"}"); }),
              HasSubstr("line 2: the id 'a' is there twice"));
  EXPECT_THAT(refused(OC_E_MODEL, [&] { candidates("[]"); }), HasSubstr("has no candidate"));
  EXPECT_THAT(refused(OC_E_MODEL, [&] { candidates("[3]"); }), HasSubstr("entry 0: an entry must be"));
  EXPECT_THAT(refused(OC_E_MODEL, [&] { candidates("{\"image\": [1]}"); }), HasSubstr("image must be a string"));
}

TEST_F(RetrievalLists, AFileOfQueriesWithTruth) {
  const std::vector<Candidate> among{{"a", "a.png", ""}, {"b", "b.png", ""}};
  const auto all = queries(
      "{\"text\": \"one\", \"truth\": \"a\"}\n{\"id\": \"q\", \"image\": \"q.png\", \"truth\": [\"a\", \"b\"]}\n"
      "{\"text\": \"three\"}\n{\"text\": \"none\", \"truth\": []}",
      among);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].id, "0");
  EXPECT_THAT(*all[0].truth, ElementsAre("a"));
  EXPECT_EQ(all[1].image, folder_ / "q.png");
  EXPECT_THAT(*all[1].truth, ElementsAre("a", "b"));
  EXPECT_FALSE(all[2].truth);
  EXPECT_TRUE(all[3].truth->empty());
  EXPECT_THAT(refused(OC_E_MODEL, [&] { queries("{\"text\":\"x\",\"truth\":\"c\"}", among); }),
              HasSubstr("line 1: truth names 'c', which is no candidate"));
  EXPECT_THAT(refused(OC_E_MODEL,
                      [&] {
                        queries("{\"text\":\"x\",\"truth\":\"a\"}", {among[0], among[0]});
                      }),
              HasSubstr("which 2 candidates are called"));
  EXPECT_THAT(refused(OC_E_MODEL, [&] { queries("{\"id\": 1}"); }), HasSubstr("text, image, or both"));
  EXPECT_THAT(refused(OC_E_MODEL, [&] { queries("{\"id\":1,\"text\":\"x\"}\n{\"id\":1,\"text\":\"y\"}"); }),
              HasSubstr("line 2: the id '1' is there twice"));
  EXPECT_THAT(refused(OC_E_OPTION, [] { read_queries({}, {}); }), HasSubstr("no query"));
}

TEST_F(RetrievalLists, AllQueriesAboutAPictureStandTogether) {
  Request request;
  request.images = {"a.png", "b.png"};
  Retrieval& retrieval = request.retrieval.emplace();
  retrieval.queries = file("q.jsonl", R"([{"id":"x","text":"1","truth":"b"},{"id":"y","text":"2","image":"q.png"}])");
  const std::vector<Sample> samples = retrieval_samples(request);
  EXPECT_THAT(samples, ElementsAre(Field(&Sample::id, "x.a"), Field(&Sample::id, "y.a"), Field(&Sample::id, "x.b"),
                                   Field(&Sample::id, "y.b")));
  EXPECT_EQ(samples[0].facts, (nlohmann::ordered_json{{"query", "x"},
                                                      {"query_text", "1"},
                                                      {"candidate", "a"},
                                                      {"is_right", false},
                                                      {"query_index", 0},
                                                      {"candidate_index", 0},
                                                      {"candidate_image", 0}}));
  EXPECT_EQ(samples[2].facts["is_right"], true);
  EXPECT_FALSE(samples[1].facts.contains("is_right"));
  EXPECT_EQ(samples[1].mapped_image, 1u);
  retrieval.maps_of_query = true;
  EXPECT_FALSE(retrieval_samples(request)[1].mapped_image);
}

}  // namespace
}  // namespace ocellus::run
