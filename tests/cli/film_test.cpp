// The renderer mp4 through the program.
#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class Films : public Program {
 protected:
  static Words steps(const std::string& more = "") {
    return {"--method", "raw-attention:query=generated,layers=0..1" + more, "--max-new-tokens", "3"};
  }
};

TEST_F(Films, OneGenerationMakesAFilmOfEachLayer) {
  const Outcome outcome = run("out", steps() + Words{"--render", "mp4:width=320,height=240"});
  for (const int layer : {0, 1}) {
    const auto film = sample("out", "landscape-0") / fmt::format("raw-attention.layer{}.mp4", layer);
    EXPECT_THAT(outcome.out, HasSubstr(film.filename().string()));
    EXPECT_EQ(read_file(film).substr(4, 4), "ftyp");
  }
}

TEST_F(Films, DrawnAgainAreTheSame) {
  run("out", steps() + Words{"--render", "mp4:width=320,height=240,format=mp4+webp+strip,frames=png"});
  const auto before = contents_of(scratch / "out/samples");
  ASSERT_EQ(
      ocellus({"render", "out", "--render", "mp4:width=320,height=240,format=mp4+webp+strip,frames=png"}).exit_code, 0);
  EXPECT_TRUE(before == contents_of(scratch / "out/samples"));
}

TEST_F(Films, HaveTheNamesOfTheUser) {
  const Outcome outcome =
      run("out", steps() + Words{"--render",
                                 "mp4:width=320,height=240,layers=20,name={sample/}combined_attention_visualization_"
                                 "layer{layer}"});
  EXPECT_TRUE(std::filesystem::exists(scratch / "out/combined_attention_visualization_layer1.mp4"));
  EXPECT_THAT(outcome.err, HasSubstr("layer 20 was not captured, so the film shows layer 1"));
}

// An entry of a Reason-RFT array: pictures in a list, the question as `problem`.
TEST_F(Films, PresetOfAStudy) {
  write_file(scratch / "rft.json",
             R"([{"id": "answer_0.png", "image": ["small.png"], "problem": "No.", "solution": "1"},
      {"id": "answer_1.png", "image": ["small.png", "portrait.png"], "problem": "Based on the following requirements, go.",
       "solution": "2"}])");
  const Outcome outcome = ocellus(run_words("out", source_dir / "demo/qwen2_5_vl") +
                                  Words{"--dataset", "rft.json", "--image-dir", (fixtures / "images").string(),
                                        "--sample-index", "1", "--preset", "reason-rft", "--method",
                                        "raw-attention:query=generated,layers=3", "--max-new-tokens", "4"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(std::filesystem::exists(scratch / "out/combined_attention_visualization_layer3.mp4"));
  const json record = read_json(sample("out", "answer_1.png") / "sample.json");
  EXPECT_EQ(record["images"].size(), 2u);
  EXPECT_THAT(record["question"].get<std::string>(),
              HasSubstr("requirements, go.  Output the thinking process in <think> </think>"));
  EXPECT_EQ(read_json(scratch / "out/run.json")["request"]["prompt_template"], "think-answer");
}

TEST_F(Films, NeedStepsOfAnAnswer) {
  const Outcome outcome = ocellus(run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why?",
                                                           "--method", "raw-attention", "--render", "mp4"});
  expect_refusal(outcome, 4, {"mp4 draws token-steps/1", "heatmap/1"});
}

TEST_F(Films, AKilledEncodeLeavesNoHalfFile) {
  run("out", steps());
  Process process(command({"render", "out", "--render", "mp4:width=4096,height=4096,crf=0"}));
  std::this_thread::sleep_for(150ms);
  process.send(SIGKILL);
  process.wait(10s);
  for (const auto& entry : std::filesystem::directory_iterator(sample("out", "landscape-0"))) {
    if (!entry.path().filename().string().starts_with("raw-attention.") || entry.path().extension() != ".mp4") continue;
    EXPECT_THAT(read_file(entry.path()), HasSubstr("moov")) << entry.path();
  }
}

}  // namespace
}  // namespace ocellus::test
