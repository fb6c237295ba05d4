// Promises 1 and 2: methods change neither the answer nor each other's numbers, and samples do not change each other's.
#include <fmt/format.h>

#include <algorithm>

#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;

const std::vector<std::pair<std::string, std::string>> questions{
    {"landscape.png", "What is in the picture?"}, {"portrait.png", "Which shape is red?"}, {"small.png", "Why?"}};

class Answers : public Program {
 protected:
  Words words(const std::string& out) const {
    return run_words(out) +
           Words{"--dataset", "set.json", "--image-dir", (fixtures / "images").string(), "--max-new-tokens", "6"};
  }
  // A data set of the questions in this order, each under its own number.
  void write_set(const std::vector<size_t>& order) const {
    json set = json::array();
    for (const size_t i : order) {
      set.push_back({{"id", fmt::format("q{}", i)}, {"image", questions[i].first}, {"prompt", questions[i].second}});
    }
    write_file(scratch / "set.json", set.dump());
  }
};

TEST_F(Answers, AreTheSameWithAndWithoutCapture) {
  write_set({0, 1, 2});
  std::vector<json> ids;
  const std::vector<Words> methods{{"--method", "tensors:probes=generated_ids"},  // captures nothing
                                   {"--method", "raw-attention:layers=all"},
                                   {"--method", "tensors:probes=all"},
                                   {"--method", "tensors:probes=attentions", "--method", "raw-attention:query=answer"}};
  for (size_t i = 0; i < methods.size(); ++i) {
    const std::string out = fmt::format("out{}", i);
    const Outcome outcome = ocellus(words(out) + methods[i]);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    json& of_all = ids.emplace_back();
    for (size_t sample_index = 0; sample_index < questions.size(); ++sample_index) {
      const json record = read_json(sample(out, fmt::format("q{}", sample_index)) / "sample.json");
      of_all.push_back({record["generated_ids"], record["log_probabilities"]});
    }
    EXPECT_EQ(of_all, ids.front()) << methods[i].back();
  }
}

TEST_F(Answers, MethodsGiveTheSameBytesAloneAndTogether) {
  write_set({0, 1});
  const std::map<std::string, std::string> methods{
      {"last", "raw-attention:as=last"},
      {"stack", "raw-attention:as=stack,layers=all,heads=max"},
      {"answer", "raw-attention:as=answer,query=answer,layers=0+2,reduce=mean"},
      {"question", "raw-attention:as=question,query=question,heads=1"},
      {"tensors", "tensors:probes=all"}};
  Words together = words("together");
  for (const auto& [label, spec] : methods) together = together + Words{"--method", spec};
  ASSERT_EQ(ocellus(together).exit_code, 0);
  for (const auto& [label, spec] : methods) {
    ASSERT_EQ(ocellus(words(label) + Words{"--method", spec}).exit_code, 0);
    for (const char* id : {"q0", "q1"}) {
      const std::string file = label + ".npz";
      EXPECT_EQ(read_file(sample(label, id) / file), read_file(sample("together", id) / file)) << spec;
    }
  }
}

TEST_F(Answers, SamplesGiveTheSameBytesInAnyCompany) {
  const Words methods{"--method", "raw-attention:layers=all", "--method", "tensors:probes=all"};
  write_set({0, 1, 2});
  ASSERT_EQ(ocellus(words("forwards") + methods).exit_code, 0);
  write_set({2, 1, 0});
  ASSERT_EQ(ocellus(words("backwards") + methods).exit_code, 0);
  write_set({1});
  ASSERT_EQ(ocellus(words("alone") + methods).exit_code, 0);
  for (const char* id : {"q0", "q1", "q2"})
    EXPECT_EQ(contents_of(sample("forwards", id)), contents_of(sample("backwards", id)));
  EXPECT_EQ(contents_of(sample("alone", "q1")), contents_of(sample("forwards", "q1")));
}

TEST_F(Answers, KeepASpaceThatIsText) {
  ASSERT_EQ(run("out", {"--max-new-tokens", "1", "--method", "tensors:probes=generated_ids"}).exit_code, 0);
  EXPECT_EQ(read_json(sample("out", "landscape-0") / "sample.json")["answer"], " k");
}

}  // namespace
}  // namespace ocellus::test
