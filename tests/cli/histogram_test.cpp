// The renderer histogram through the program.
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "tests/cli/picture.hpp"
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

class Histogram : public Program {
 protected:
  Outcome run_set(const std::string& out, const Words& more,
                  const std::vector<std::string>& categories = {"color", "OCR"}) const {
    std::string lines;
    for (size_t i = 0; i < categories.size(); ++i)
      lines += json{{"id", fmt::format("s{}", i)},
                    {"image", "small.png"},
                    {"question", fmt::format("Is it {}?", i)},
                    {"category", categories[i]}}
                   .dump() +
               "\n";
    write_file(scratch / "set.jsonl", lines);
    Outcome outcome = ocellus(
        run_words(out) +
        Words{"--dataset", "set.jsonl", "--image-dir", (fixtures / "images").string(), "--method", "head-stats"} +
        more);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome;
  }
  // The sum of column `column` of the lines that contain `word`.
  double sum(const std::filesystem::path& csv, const std::string& word, size_t column) const {
    std::istringstream file(read_file(csv));
    double total = 0;
    for (std::string line; std::getline(file, line);) {
      if (line.find(word) == std::string::npos) continue;
      std::istringstream fields(line);
      std::string field;
      for (size_t i = 0; i <= column; ++i) std::getline(fields, field, ',');
      total += std::stod(field);
    }
    return total;
  }
};

TEST_F(Histogram, DrawsTheFilesOfTheStudy) {
  run_set("out", {"--render", "histogram:names=mme"});
  const std::set<std::string> files = files_in(scratch / "out");
  EXPECT_THAT(files,
              IsSupersetOf({"mme_overall_stacked_hist.png", "mme_overall_stacked_hist.csv",
                            "mme_layer0_stacked_hist.png", "mme_layer2_stacked_hist.png",
                            "category_OCR/mme_OCR_stacked_hist.png", "category_color/mme_color_stacked_hist.png"}));
  const media::Picture picture = read_picture(scratch / "out/mme_overall_stacked_hist.png");
  EXPECT_EQ(picture.width, 2100);
  EXPECT_EQ(picture.height, 1260);
  // Each colour sums to one: equal areas. Blue lies below.
  double blue = 0, orange = 0;
  for (int64_t i = 0; i < picture.width * picture.height; ++i) {
    const uint8_t* rgb = picture.rgb.get() + 3 * i;
    blue += rgb[0] == 31 && rgb[1] == 119 && rgb[2] == 180 ? 1 : 0;
    orange += rgb[0] == 255 && rgb[1] == 127 && rgb[2] == 14 ? 1 : 0;
  }
  EXPECT_GT(blue, 10000);
  EXPECT_NEAR(orange / blue, 1, 0.02);
  EXPECT_NEAR(sum(scratch / "out/mme_overall_stacked_hist.csv", ",text_to_visual,", 6), 1, 1e-6);
  EXPECT_NEAR(sum(scratch / "out/category_OCR/mme_OCR_stacked_hist.csv", ",visual_to_text,", 6), 1, 1e-6);
}

TEST_F(Histogram, CategoriesInAnyScriptHaveNamesOfTheirOwn) {
  run_set("out",
          {"--render", "histogram:of=categories,names=mme,dpi=50", "--render", "histogram:of=categories,as=own,dpi=50"},
          {"颜色", "形状", "a b", "a/b"});
  EXPECT_THAT(files_in(scratch / "out"), IsSupersetOf({"category_category-0/mme_category-0_stacked_hist.png",
                                                       "category_category-1/mme_category-1_stacked_hist.png",
                                                       "category_a-b-2/mme_a-b-2_stacked_hist.png",
                                                       "collection/head-stats.own.category_a-b-3.png"}));
}

TEST_F(Histogram, EveryStyleInEveryFormat) {
  const Outcome outcome = run_set(
      "out",
      {"--render", "histogram:style=stacked+split+lines+layers+head-bars+heat,of=overall,format=png+svg+pdf,dpi=50"});
  for (const char* style : {"stacked", "split", "lines", "layers", "head-bars", "heat"}) {
    for (const char* extension : {"png", "svg", "pdf", "csv"}) {
      const std::string name = fmt::format("collection/head-stats.histogram.{}.{}", style, extension);
      EXPECT_TRUE(std::filesystem::exists(scratch / "out" / name)) << name;
      EXPECT_THAT(outcome.out, HasSubstr(name));
    }
  }
  // Means by layer and by head are those of the stage.
  const NpyArray mean = read_npz(scratch / "out/collection/head-stats.npz").at("mean");
  double layers = 0;
  for (size_t layer = 0; layer < 3; ++layer) layers += static_cast<double>(mean.as<float>()[(1 + layer) * 3]);
  EXPECT_NEAR(sum(scratch / "out/collection/head-stats.histogram.layers.csv", ",text_to_visual,", 7), layers, 1e-6);
  EXPECT_NEAR(sum(scratch / "out/collection/head-stats.histogram.heat.csv", ",text_to_visual,", 7), 6 * layers, 1e-5);
}

TEST_F(Histogram, NamesOfTheUsersAndTheirFaults) {
  run_set("out", {});
  const auto render = [&](const std::string& options) {
    return ocellus({"render", "out", "--render", "histogram:dpi=50," + options});
  };
  const Outcome outcome = render("name=figures/{label}-{part}");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(files_in(scratch / "out/figures"),
              IsSupersetOf({"head-stats-overall.png", "head-stats-layer1.csv", "head-stats-category_OCR.png"}));
  expect_refusal(render("name=same,of=layers"), 2, {"two files", "same.png"});
  expect_refusal(render("name=../up"), 2, {"name=../up"});
  expect_refusal(render("name={kind}"), 2, {"{kind}", "{layer}"});
  expect_refusal(render("name=x,names=mme"), 2, {"names", "name"});
}

TEST_F(Histogram, ComparesRuns) {
  run_set("small", {});
  run_set("large", {"--prompt-template", "short-answer"});
  Outcome outcome = ocellus({"render", "small", "large", "--render", "histogram:of=overall,dpi=50"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* file : {"small/collection/head-stats.histogram.png", "large/collection/head-stats.histogram.png",
                           "small/collection/comparison/head-stats.histogram.png"})
    EXPECT_THAT(outcome.out, HasSubstr(file));
  EXPECT_GT(read_picture(scratch / "small/collection/comparison/head-stats.histogram.png").width,
            read_picture(scratch / "small/collection/head-stats.histogram.png").width);
  const std::string csv = read_file(scratch / "small/collection/comparison/head-stats.histogram.csv");
  for (const char* run : {"\nsmall,", "\nlarge,"}) EXPECT_THAT(csv, HasSubstr(run));
  outcome = ocellus({"render", "small", "large", "--render", "histogram:of=overall,dpi=50,names=mme", "--out", "both"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(std::filesystem::exists(scratch / "both/mme_overall_stacked_hist.png"));
  EXPECT_TRUE(std::filesystem::exists(scratch / "small/mme_overall_stacked_hist.png"));
  expect_refusal(ocellus({"render", "small", "--render", "histogram", "--out", "both"}), 2, {"--out"});
}

TEST_F(Histogram, RendersWhatAreResultsOnly) {
  expect_refusal(ocellus(run_words("out") + Words{"--image", image("small.png"), "--prompt", "Why?", "--method",
                                                  "raw-attention", "--render", "histogram"}),
                 4, {"histogram draws histograms/1"});
}

}  // namespace
}  // namespace ocellus::test
