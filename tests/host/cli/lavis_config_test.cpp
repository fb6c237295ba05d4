#include "host/cli/lavis_config.hpp"

#include <gmock/gmock.h>

#include "tests/support/refusal.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LavisConfig : public testing::Test {
 protected:
  ConfigWords read(const std::string& text, const std::vector<std::string>& given = {}) const {
    return words_of_config(test::write_file(folder_ / "lavis.yaml", text), given);
  }
  std::string refusal(const std::string& text) const {
    const test::Refusal refusal = test::refusal_of([&] { read(text); });
    EXPECT_EQ(refusal.status, OC_E_OPTION);
    return refusal.sentence;
  }

  test::TemporaryFolder folder_;
};

constexpr const char* whole = R"(
model:
  arch: pnp_vqa_qavit
  image_captioning_model: {arch: blip_caption, image_size: 384}
  qavit_config:
    hidden_size: 768
    integration_point: "late"
    attention_dropout: 0.0
    do_center_crop: false
    image_mean: [0.5, 0.5, 0.5]
run:
  seed: 42
  lr: 1e-5
  block_num: 7
  output_dir: out
datasets:
  vqav2_test: {vis_processor: {eval: {name: blip_image_eval}}}
)";

TEST_F(LavisConfig, WhatIsOursBecomesWords) {
  EXPECT_THAT(read(whole).words,
              ElementsAre("--seed", "42", "--method", "qa-attention:layers=7", "--out", (folder_ / "out").string(),
                          "--adapter", "qavit:preprocess=squash,expects=\"hidden_size=768 integration_point=late\""));
}

TEST_F(LavisConfig, WhatIsNotIsListed) {
  EXPECT_THAT(read(whole).unused,
              ElementsAre("model.arch", "model.image_captioning_model", "model.qavit_config.attention_dropout",
                          "model.qavit_config.image_mean", "run.lr", "datasets"));
}

TEST_F(LavisConfig, FlagsWin) {
  const auto words =
      read(whole, {"run", "--method", "head-stats", "--seed=1", "--adapter", "qavit", "--out", "x"}).words;
  EXPECT_THAT(words, IsEmpty());
}

TEST_F(LavisConfig, IsToldByItsSections) {
  EXPECT_THAT(read("run: {block_num: 3}\n").words, ElementsAre("--method", "qa-attention:layers=3"));
  EXPECT_THAT(read("model: org/name\n").words, ElementsAre("--model", "org/name")) << "one of our own";
}

TEST_F(LavisConfig, MistakesAreToldWithTheirLine) {
  EXPECT_THAT(refusal("run:\n  block_number: 7\n"), HasSubstr("lavis.yaml:2: run has no 'block_number'"));
  EXPECT_THAT(refusal("run:\n  block_number: 7\n"), HasSubstr("did you mean block_num?"));
  EXPECT_THAT(refusal("model:\n  qavit_config:\n    hidden: 7\n"), HasSubstr("model.qavit_config has no 'hidden'"));
  EXPECT_THAT(refusal("model:\n  qavit_config: 7\n"), HasSubstr("must be a section"));
  EXPECT_THAT(refusal("model: {}\nmethod: x\n"), HasSubstr("this file has no 'method'"));
  EXPECT_THAT(refusal("run: {block_num: [1, 2]}\n"), HasSubstr("block_num must be a number or a word"));
  EXPECT_THAT(refusal("run: {block_num: 1, block_num: 2}\n"), HasSubstr("block_num is there twice"));
  EXPECT_THAT(refusal("model: {qavit_config: {do_center_crop: maybe}}\n"), HasSubstr("true or false"));
}

}  // namespace
}  // namespace ocellus::cli
