// smooth-gradcam through the program, against autograd with given noise (tests/data/gradients).
#include <algorithm>
#include <cmath>
#include <cstring>

#include "tests/cli/gradient_program.hpp"
#include "tests/cli/picture.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::filesystem::path gradient_cases = fixtures.parent_path() / "gradients";

// A .npy file of float32 in C order.
void write_npy(const std::filesystem::path& file, const NpyArray& array) {
  std::string shape;
  for (const int64_t size : array.shape) shape += (shape.empty() ? "" : ", ") + std::to_string(size);
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
  header.resize((10 + header.size() + 64) / 64 * 64 - 10 - 1, ' ');
  header += '\n';
  std::string text("\x93NUMPY\x01\x00", 8);
  text += {static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  text += header;
  text.append(reinterpret_cast<const char*>(array.bytes.data()), array.bytes.size());
  write_file(file, text);
}

class SmoothGradcam : public GradientProgram {
 protected:
  struct Case : GradientReference {
    size_t draws() const { return static_cast<size_t>(expected.at("activation").shape[0]); }
    int64_t sites() const { return expected.at("activation").shape[1]; }
    bool is_noisy() const { return expected.contains("noise"); }
    // Values [V] of an array whose last axes are [site, V], at the tokens of one image.
    std::vector<float> of_image(const std::string& name, int64_t site, int64_t image) const {
      const NpyArray &array = expected.at(name), &owners = expected.at("image_of_token");
      const size_t n_tokens = owners.as<int64_t>().size();
      std::vector<float> values;
      for (size_t token = 0; token < n_tokens; ++token) {
        if (owners.as<int64_t>()[token] == image)
          values.push_back(array.as<float>()[static_cast<size_t>(site) * n_tokens + token]);
      }
      return values;
    }
  };

  static Case read_case(const std::string& name) { return {read_reference(gradient_cases / name)}; }

  // The request that the case is about, with its noise in a file.
  Words request(const Case& of, const std::string& out) const {
    if (of.is_noisy()) write_npy(scratch / "noise.npy", of.expected.at("noise"));
    return request_of(of, out);
  }
  std::string noise_options(const Case& of) const {
    if (!of.is_noisy()) return "smooth=off";
    return "noise=" + (scratch / "noise.npy").string() + ",noise-samples=" + std::to_string(of.draws()) +
           ",noise-std=0.15,clamp=3";
  }
  std::map<std::string, NpyArray> arrays(const std::string& out, const std::string& file) const {
    return read_npz(only_sample(out) / file);
  }
};

TEST_F(SmoothGradcam, NoiseThatChangedInItsFileIsComputedAgain) {
  const Case of = read_case("qwen_given_answer");
  const auto values = [&] {
    const Outcome outcome =
        ocellus(request_of(of, "out") + Words{"--method", "smooth-gradcam:layers=0," + noise_options(of)});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return read_file(only_sample("out") / "smooth-gradcam.npz");
  };
  request(of, "out");  // writes the noise
  const std::string before = values();
  std::string noise = read_file(scratch / "noise.npy");
  for (size_t at = noise.size() - 1; at > noise.size() / 2; at -= 4)
    noise[at] = static_cast<char>(noise[at] ^ 0x80);  // signs
  write_file(scratch / "noise.npy", noise);
  EXPECT_NE(values(), before);
}

class SmoothGradcamParity : public SmoothGradcam, public ::testing::WithParamInterface<const char*> {};

TEST_P(SmoothGradcamParity, MapsAreTheReferences) {
  const Case of = read_case(GetParam());
  const std::string weights = ",weights=gradcam+hirescam+layercam+gradcam++";
  const int64_t layers = of.sites() - 1;
  for (const std::string site : {"output", "input"}) {
    const Outcome outcome = ocellus(request(of, site) + Words{"--method", "smooth-gradcam:layers=0..-1,site=" + site +
                                                                              "," + noise_options(of) + weights});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    for (size_t image = 0; image < of.images(); ++image) {
      for (const std::string word : {"gradcam", "hirescam", "layercam", "gradcam++"}) {
        const std::string stem = "smooth-gradcam." + (word == "gradcam++" ? std::string("gradcam-plus-plus") : word);
        const auto stored = arrays(site, file_of(of, stem, image));
        const NpyArray& values = stored.at("values");
        const json grid = of.about["token_grids"][image];
        ASSERT_EQ(values.shape, (std::vector<int64_t>{layers, grid[0], grid[1]}));
        for (int64_t layer = 0; layer < layers; ++layer) {
          const int64_t at = site == "output" ? layer + 1 : layer;
          if (word == "hirescam" && at == layers - 1) continue;  // rounding alone
          EXPECT_LE(difference(values, static_cast<size_t>(layer),
                               of.of_image("cam_" + word, at, static_cast<int64_t>(image))),
                    1e-4)
              << word << " site " << at << " image " << image;
        }
        EXPECT_EQ(stored.contains("standard_error"), of.draws() > 1);
        const auto target = stored.at("target_value").as<float>();
        const auto score = of.expected.at("score_logits").as<float>();
        ASSERT_EQ(target.size(), of.draws());
        for (size_t draw = 0; draw < of.draws(); ++draw) EXPECT_NEAR(target[draw], score[draw], 1e-4);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, SmoothGradcamParity,
                         ::testing::Values("qwen_landscape", "qwen_portrait", "qwen_two_images", "qwen_given_answer",
                                           "qwen_no_noise", "qwen2_vl", "llava_landscape", "llava_portrait",
                                           "llava_two_images", "llava_given_answer", "llava_no_noise"),
                         [](const auto& test) { return test.param; });

TEST_F(SmoothGradcam, TheStandardErrorIsThatOfTheDrawsMaps) {
  const Case of = read_case("qwen_landscape");
  ASSERT_EQ(of.draws(), 2u);
  ASSERT_EQ(ocellus(request(of, "out") + Words{"--method", "smooth-gradcam:layers=1," + noise_options(of)}).exit_code,
            0);
  const auto stored = arrays("out", "smooth-gradcam.npz");
  const auto maxima = stored.at("maximum").as<float>(), errors = stored.at("standard_error").as<float>();
  for (size_t cell = 0; cell < errors.size(); ++cell) {
    double maps[2];
    for (const int64_t draw : {0, 1}) {
      const std::vector<float> raw = of.of_image("raw_gradcam", draw * of.sites() + 2, 0);
      const float largest = *std::max_element(raw.begin(), raw.end());
      EXPECT_NEAR(maxima[static_cast<size_t>(draw)], largest, 1e-4 * largest);
      maps[draw] = static_cast<double>(raw[cell]) / static_cast<double>(largest);
    }
    EXPECT_NEAR(errors[cell], std::abs(maps[0] - maps[1]) / 2, 1e-4);  // |d| / sqrt 2, over sqrt 2
  }
}

TEST_F(SmoothGradcam, OnePassForAllLayersEqualsLayerByLayer) {
  const Case of = read_case("qwen_two_images");
  const Words words = request(of, "all");
  const std::string options = noise_options(of) + ",weights=gradcam+hirescam";
  ASSERT_EQ(ocellus(words + Words{"--method", "smooth-gradcam:layers=0..1," + options}).exit_code, 0);
  for (const std::string layer : {"0", "1"}) {
    ASSERT_EQ(
        ocellus(request(of, layer) + Words{"--method", "smooth-gradcam:layers=" + layer + "," + options}).exit_code, 0);
    for (size_t image = 0; image < 2; ++image) {
      for (const char* stem : {"smooth-gradcam.gradcam", "smooth-gradcam.hirescam"}) {
        for (const char* name : {"values", "standard_error", "maximum"}) {
          const NpyArray whole = arrays("all", file_of(of, stem, image)).at(name),
                         alone = arrays(layer, file_of(of, stem, image)).at(name);
          ASSERT_EQ(whole.bytes.size(), 2 * alone.bytes.size());
          EXPECT_EQ(std::memcmp(whole.bytes.data() + (layer == "1" ? alone.bytes.size() : 0), alone.bytes.data(),
                                alone.bytes.size()),
                    0)
              << stem << " " << name << " layer " << layer;
        }
      }
    }
  }
}

TEST_F(SmoothGradcam, TogetherEqualsAlone) {
  const Case of = read_case("qwen_portrait");
  const std::string cam = "smooth-gradcam:noise-samples=2,layers=all",
                    other = "smooth-gradcam:as=other,layers=0,target=token:0";
  ASSERT_EQ(ocellus(request(of, "cam") + Words{"--method", cam}).exit_code, 0);
  ASSERT_EQ(ocellus(request(of, "rows") + Words{"--method", "raw-attention:query=answer"}).exit_code, 0);
  ASSERT_EQ(
      ocellus(request(of, "both") + Words{"--method", cam, "--method", other, "--method", "raw-attention:query=answer"})
          .exit_code,
      0);
  EXPECT_EQ(read_file(only_sample("both") / "smooth-gradcam.npz"),
            read_file(only_sample("cam") / "smooth-gradcam.npz"));
  EXPECT_EQ(read_file(only_sample("both") / "raw-attention.npz"), read_file(only_sample("rows") / "raw-attention.npz"));
}

TEST_F(SmoothGradcam, TheLastLayersOutputIsStoredAsDegenerateAndHatched) {
  const Case of = read_case("qwen_given_answer");
  const Outcome outcome = ocellus(request(of, "out") + Words{"--method", "smooth-gradcam:layers=-1,noise-samples=2",
                                                             "--render", "overlay:style=overlay"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const json stored = artifact("out", "smooth-gradcam.npz");
  EXPECT_EQ(stored["type"], "heatmap/1");
  EXPECT_THAT(stored["texts"]["degenerate"].get<std::string>(), HasSubstr("exactly 0 behind the last layer"));
  EXPECT_EQ(stored["numbers"]["draws.empty"], 2);
  const auto values = arrays("out", "smooth-gradcam.npz").at("values");
  for (const float value : values.as<float>()) EXPECT_EQ(value, 0.0f);
  EXPECT_THAT(outcome.out, HasSubstr("degenerate: the gradient at image tokens is exactly 0"));
  EXPECT_TRUE(std::filesystem::exists(only_sample("out") / "smooth-gradcam.overlay.png"));
}

TEST_F(SmoothGradcam, NamedSetsLeaveEmptyLayersOutAndSaySo) {
  const Case of = read_case("qwen_landscape");
  const int64_t last = of.sites() - 2;
  for (const std::string word : {"auto", "all", "late"}) {
    const Outcome outcome =
        ocellus(request(of, word) + Words{"--method", "smooth-gradcam:noise-samples=1,layers=" + word});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    if (word == "late") continue;  // of three layers, the last alone: shown as empty
    EXPECT_THAT(outcome.err, HasSubstr("layers=" + word + " leaves out layer " + std::to_string(last)));
    const json stored = artifact(word, "smooth-gradcam.npz");
    EXPECT_EQ(stored["texts"]["layers.left_out"], std::to_string(last));
    EXPECT_EQ(stored["arrays"]["index"], json({last}));
    EXPECT_THAT(stored["texts"].dump(), Not(HasSubstr("degenerate")));
  }
  const Outcome outcome =
      ocellus(request(of, "input") + Words{"--method", "smooth-gradcam:noise-samples=1,layers=all,site=input"});
  EXPECT_THAT(outcome.err, Not(HasSubstr("leaves out")));
  EXPECT_EQ(artifact("input", "smooth-gradcam.npz")["arrays"]["index"], json({last + 1}));
}

TEST_F(SmoothGradcam, HirescamInFrontOfTheLastLayerIsRounding) {
  const Case of = read_case("llava_given_answer");
  const std::string layer = std::to_string(of.sites() - 3);
  const Outcome outcome =
      ocellus(request(of, "out") + Words{"--method", "smooth-gradcam:smooth=off,weights=hirescam,layers=" + layer});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(artifact("out", "smooth-gradcam.npz")["texts"]["degenerate"].get<std::string>(), HasSubstr("cancels"));
}

TEST_F(SmoothGradcam, TheSeedDecidesTheNoise) {
  const Case of = read_case("qwen_given_answer");
  const Words method{"--method", "smooth-gradcam:noise-samples=2,layers=0"};
  for (const auto& [out, seed] : {std::pair("a", "7"), std::pair("b", "7"), std::pair("c", "8")})
    ASSERT_EQ(ocellus(request(of, out) + method + Words{"--seed", seed}).exit_code, 0);
  const auto map = [&](const char* out) { return read_file(only_sample(out) / "smooth-gradcam.npz"); };
  EXPECT_EQ(map("a"), map("b"));
  EXPECT_NE(map("a"), map("c"));
  EXPECT_EQ(read_json(scratch / "a/run.json")["request"]["seed"], 7);
  EXPECT_EQ(artifact("a", "smooth-gradcam.npz")["texts"]["noise"],
            "2 draws, std 0.15, on the model's input, clamp 3, seed 7");
  expect_refusal(ocellus(request(of, "d") + method + Words{"--seed", "-1"}), 2, {"--seed"});
}

TEST_F(SmoothGradcam, TargetsAreTheReferences) {
  const Case of = read_case("qwen_given_answer");
  const Outcome outcome = ocellus(
      request(of, "out") + Words{"--method", "smooth-gradcam:layers=0,target=token:1," + noise_options(of), "--method",
                                 "smooth-gradcam:as=log,layers=0,score=log-probability," + noise_options(of)});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const auto& [file, name] :
       {std::pair("smooth-gradcam.npz", "score_token_1"), std::pair("log.npz", "score_log_probabilities")}) {
    const NpyArray stored = arrays("out", file).at("target_value"), expected = of.expected.at(name);
    ASSERT_EQ(stored.bytes.size(), expected.bytes.size());
    for (size_t draw = 0; draw < of.draws(); ++draw)
      EXPECT_NEAR(stored.as<float>()[draw], expected.as<float>()[draw], 1e-4) << name;
  }
  EXPECT_EQ(artifact("out", "smooth-gradcam.npz")["numbers"]["target.tokens"], 1);
  EXPECT_EQ(artifact("out", "smooth-gradcam.npz")["texts"]["target"], "token:1");
}

TEST_F(SmoothGradcam, ATextInPlaceOfTheAnswerIsTheSameAsThatAnswer) {
  const Case of = read_case("qwen_given_answer");
  const std::string answer = of.about["given_answer"];
  const Outcome outcome = ocellus(
      request(of, "out") + Words{"--method", "smooth-gradcam:layers=0,noise-samples=2", "--method",
                                 "smooth-gradcam:as=text,layers=0,noise-samples=2,target=\"text:" + answer + "\""});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* name : {"values", "target_value"})
    EXPECT_EQ(arrays("out", "text.npz").at(name).bytes, arrays("out", "smooth-gradcam.npz").at(name).bytes) << name;
}

TEST_F(SmoothGradcam, TheMeanOverLayersIsTheMeanOfTheirMaps) {
  const Case of = read_case("qwen_landscape");
  const Outcome outcome =
      ocellus(request(of, "out") + Words{"--method", "smooth-gradcam:layers=0..1,noise-samples=3", "--method",
                                         "smooth-gradcam:as=mean,layers=0..1,noise-samples=3,reduce=mean"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const NpyArray stack = arrays("out", "smooth-gradcam.npz").at("values"),
                 mean = arrays("out", "mean.npz").at("values");
  const auto each = stack.as<float>(), both = mean.as<float>();
  for (size_t cell = 0; cell < both.size(); ++cell)
    EXPECT_NEAR(both[cell], (each[cell] + each[cell + both.size()]) / 2, 1e-6);
}

TEST_F(SmoothGradcam, WhatContradictsItselfIsRefusedBeforeTheModelRuns) {
  for (const auto& [options, words] :
       std::vector<std::pair<std::string, Words>>{{"quality=fine,noise-samples=10", {"30", "10"}},
                                                  {"noise-samples=10001", {"10000"}},
                                                  {"smooth=off,noise-samples=3", {"smooth=off"}},
                                                  {"smooth=off,quality=quick", {"smooth=off"}},
                                                  {"target=red", {"text:WORDS"}},
                                                  {"weights=scorecam", {"gradcam"}},
                                                  {"threshold=2", {"from 0 to 1"}}}) {
    expect_refusal(ocellus(run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why?", "--method",
                                                    "smooth-gradcam:" + options}),
                   2, words);
  }
}

TEST_F(SmoothGradcam, PicturesWithoutAQuestionAreAskedThePublishedOne) {
  const Outcome outcome = ocellus(run_words("out") + Words{"--image", image("small.png"), "--max-new-tokens", "2",
                                                           "--method", "smooth-gradcam:quality=quick"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(read_json(sample("out", "small-0") / "sample.json")["question"], "请详细描述这张图片中的主要内容。");
  EXPECT_EQ(artifact("out", "smooth-gradcam.npz")["numbers"]["draws"], 5);
}

TEST_F(SmoothGradcam, AMemoryLimitCostsTimeAndChangesNoNumber) {
  const Words words = {"--image",          image("landscape.png"),
                       "--prompt",         "Why?",
                       "--max-new-tokens", "2",
                       "--method",         "smooth-gradcam:noise-samples=2,layers=0..1"};
  const auto planned = [&](const Words& limit) {
    const Outcome dry = ocellus(run_words("dry") + words + limit + Words{"--dry-run", "--json"});
    EXPECT_EQ(dry.exit_code, 0) << dry.err;
    return parse_lines(dry.out).at(0);
  };
  const json liked = planned({}), least = planned({"--memory-limit", "1K"});
  EXPECT_EQ(liked["passes"][1]["draws"], 2);
  EXPECT_THAT(liked["passes"][1]["variant"], HasSubstr("2 draws of noise"));
  const auto needed = least["memory_bytes"].get<int64_t>();
  EXPECT_LT(needed, liked["memory_bytes"].get<int64_t>());

  const Outcome outcome = ocellus(run_words("liked") + words);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const Outcome limited = ocellus(run_words("limited") + words + Words{"--memory-limit", std::to_string(needed)});
  ASSERT_EQ(limited.exit_code, 0) << limited.err;
  // With less memory there is one draw at a time, which has the numbers of its own batch.
  const NpyArray free_maps = arrays("liked", "smooth-gradcam.npz").at("values"),
                 limited_maps = arrays("limited", "smooth-gradcam.npz").at("values");
  for (size_t i = 0; i < free_maps.as<float>().size(); ++i)
    EXPECT_NEAR(free_maps.as<float>()[i], limited_maps.as<float>()[i], 1e-5);
  expect_refusal(ocellus(run_words("refused") + words + Words{"--memory-limit", std::to_string(needed / 2)}), 5,
                 {"--memory-limit", "MiB"});
}

TEST_F(SmoothGradcam, TensorsExportsTheGradientsOfTheCleanPicture) {
  for (const char* name : {"qwen_no_noise", "llava_no_noise"}) {
    const Case of = read_case(name);
    const Outcome outcome = ocellus(request(of, name) + Words{"--method", "tensors:probes=gradients"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const NpyArray gradients = arrays(name, "tensors.npz").at("gradients"),
                   expected = of.expected.at("gradient_logits");  // [1, sites, V, D]
    ASSERT_EQ(gradients.shape, (std::vector<int64_t>{1, of.sites() - 1, expected.shape[2], expected.shape[3]}));
    const auto mine = gradients.as<float>(), theirs = expected.as<float>();
    const size_t skipped = theirs.size() - mine.size();  // of site 0
    float largest = 0;
    for (const float value : theirs) largest = std::max(largest, std::abs(value));
    for (size_t i = 0; i < mine.size(); ++i) ASSERT_NEAR(mine[i], theirs[skipped + i], 1e-4 * largest) << name << i;
  }
}

}  // namespace
}  // namespace ocellus::test
