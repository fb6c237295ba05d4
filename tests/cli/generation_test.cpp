// How answers are generated: drawn or not, penalties, strings that end them, and the answer on a terminal.
#include <algorithm>

#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;

class GenerationTest : public Program {
 protected:
  Words words(const std::string& out, const Words& more) const {
    return run_words(out) +
           Words{"--image",  image("landscape.png"),         "--prompt",         "What is in the picture?",
                 "--method", "tensors:probes=generated_ids", "--max-new-tokens", "12"} +
           more;
  }
  json answered(const std::string& out, const Words& more) const {
    const Outcome outcome = ocellus(words(out, more));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return read_json(sample(out, "landscape-0") / "sample.json");
  }
  std::vector<int64_t> ids(const std::string& out, const Words& more) const {
    return answered(out, more)["generated_ids"].get<std::vector<int64_t>>();
  }
};

TEST_F(GenerationTest, TheSameSeedDrawsTheSameAnswer) {
  const Words hot{"--do-sample", "--temperature", "3", "--top-k", "0"};
  const auto first = ids("a", hot), again = ids("b", hot), other = ids("c", hot + Words{"--seed", "1"});
  EXPECT_EQ(again, first);
  EXPECT_NE(other, first);
  EXPECT_NE(ids("greedy", {}), first);
  // Whatever is explained beside it.
  EXPECT_EQ(ids("d", hot + Words{"--method", "raw-attention:query=answer,layers=all"}), first);
}

TEST_F(GenerationTest, OneTokenToDrawFromIsTheLikeliest) {
  const auto greedy = ids("greedy", {});
  EXPECT_EQ(ids("k", {"--do-sample", "--top-k", "1"}), greedy);
  EXPECT_EQ(ids("p", {"--do-sample", "--top-p", "0.000001"}), greedy);
  EXPECT_EQ(ids("cold", {"--do-sample", "--temperature", "0.000001"}), greedy);
}

TEST_F(GenerationTest, ThePenaltyIsTheUsers) {
  const auto plain = ids("plain", {});
  const auto penalised = ids("penalised", {"--repetition-penalty", "1000"});
  EXPECT_NE(penalised, plain);
  std::vector<int64_t> unique = penalised;
  std::sort(unique.begin(), unique.end());
  EXPECT_EQ(std::unique(unique.begin(), unique.end()), unique.end()) << "nothing comes twice";
}

TEST_F(GenerationTest, AStopStringEndsTheAnswer) {
  const json whole = answered("whole", {});
  const std::string text = whole["answer"];
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  size_t at = 1;  // bytes that are no UTF-8 look different in the record
  while (at + 2 < text.size() && !(is_ascii(text[at]) && is_ascii(text[at + 1]))) ++at;
  const std::string stop = text.substr(at, 2);
  const json ended = answered("ended", {"--stop", "never there", "--stop", stop});
  const std::string said = ended["answer"];
  EXPECT_LT(said.size(), text.size());
  EXPECT_TRUE(text.starts_with(said));
  EXPECT_NE(said.find(stop), std::string::npos) << "the token that completes it belongs to the answer";
  const size_t n = ended["generated_ids"].size();
  EXPECT_EQ(
      json(std::vector<json>(whole["generated_ids"].begin(), whole["generated_ids"].begin() + static_cast<long>(n))),
      ended["generated_ids"]);
}

TEST_F(GenerationTest, IsPartOfTheRequest) {
  const Words drawn{"--do-sample", "--temperature", "0.5", "--top-p", "0.9", "--stop", "zzz"};
  const auto first = ids("out", drawn);
  const json request = read_json(scratch / "out/run.json")["request"];
  EXPECT_EQ(request["generation"], json({{"do_sample", true},
                                         {"temperature", 0.5},
                                         {"top_k", nullptr},
                                         {"top_p", 0.9},
                                         {"repetition_penalty", nullptr},
                                         {"stop", {"zzz"}}}));
  EXPECT_EQ(ocellus(words("out", {})).exit_code, 2) << "another request";
  const Outcome again = ocellus({"run", "--config", "out/run.yaml", "--out", "again"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(read_json(sample("again", "landscape-0") / "sample.json")["generated_ids"], json(first));
}

TEST_F(GenerationTest, SettingsThatWouldDoNothingAreRefused) {
  for (const Words& alone : {Words{"--temperature", "0.5"}, Words{"--top-k", "5"}, Words{"--top-p", "0.5"}})
    expect_refusal(ocellus(words("out", alone)), 2, {"--do-sample"});
  expect_refusal(ocellus(words("out", {"--do-sample", "--temperature", "0"})), 2, {"--temperature"});
  expect_refusal(ocellus(words("out", {"--do-sample", "--top-p", "1.5"})), 2, {"--top-p"});
  expect_refusal(ocellus(words("out", {"--stop", ""})), 2, {"--stop"});
}

TEST_F(GenerationTest, AnAnswerIsStreamedToStandardError) {
  const Outcome outcome = ocellus(words("out", {"--stream"}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::string answer = read_json(sample("out", "landscape-0") / "sample.json")["answer"];
  ASSERT_FALSE(answer.empty());
  // Bytes that are no UTF-8 look the same on stderr and in the record.
  EXPECT_THAT(outcome.err, testing::HasSubstr(answer + "\n"));
  EXPECT_THAT(ocellus(words("quiet", {})).err, testing::Not(testing::HasSubstr(answer)));
}

}  // namespace
}  // namespace ocellus::test
