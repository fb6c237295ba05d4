// The renderer export through the program. That PyTorch opens the .pt is a test beside it (torch_load.py).
#include <cmath>

#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;

class Export : public Program {
 protected:
  void SetUp() override {
    std::string lines;
    for (const char* category : {"颜色, a", "OCR"})
      lines += json{{"id", lines.empty() ? "one" : "two"},
                    {"image", "small.png"},
                    {"question", "Why?"},
                    {"category", category}}
                   .dump() +
               "\n";
    write_file(scratch / "set.jsonl", lines);
    const Outcome outcome = ocellus(
        run_words("out") + Words{"--dataset", "set.jsonl", "--image-dir", (fixtures / "images").string(), "--method",
                                 "head-stats", "--render", "export:names=mme", "--render", "export:as=own"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    stored = read_npz(scratch / "out/collection/head-stats.records.npz");
  }
  std::map<std::string, NpyArray> stored;
};

TEST_F(Export, RecordsHaveTheNestingOfTheStudy) {
  const json records = read_json(scratch / "out/mme_attention_head_records.json");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0]["category"], "颜色, a");
  ASSERT_EQ(records[1]["per_layer"].size(), 3u);
  const auto values = stored.at("total").as<float>();
  for (size_t sample = 0; sample < 2; ++sample) {
    for (size_t layer = 0; layer < 3; ++layer) {
      for (size_t head = 0; head < 6; ++head) {
        EXPECT_EQ(records[sample]["per_layer"][layer]["total"][std::to_string(head)].get<float>(),
                  values[(sample * 3 + layer) * 6 + head]);
      }
    }
  }
}

TEST_F(Export, ArraysCarryTheirCategories) {
  const std::map<std::string, NpyArray> arrays = read_npz(scratch / "out/mme_attention_head_records.npz");
  for (const char* key : {"text_to_visual", "visual_to_text", "total"}) {
    EXPECT_EQ(arrays.at(key).shape, stored.at(key).shape);
    EXPECT_EQ(arrays.at(key).bytes, stored.at(key).bytes);
  }
  EXPECT_EQ(arrays.at("category").dtype, "<U5");
  EXPECT_EQ(arrays.at("category").shape, std::vector<int64_t>{2});
  char32_t first = 0;
  std::memcpy(&first, arrays.at("category").bytes.data(), sizeof first);
  EXPECT_EQ(first, U'颜');
}

TEST_F(Export, StatisticsHaveTheFieldsOfTheSecondTool) {
  const json statistics = read_json(scratch / "out/statistics.json");
  EXPECT_EQ(statistics["total_samples"], 2);
  EXPECT_EQ(statistics["total_heads"], 2 * 3 * 6);
  double mean = 0;
  for (const float value : stored.at("text_to_visual").as<float>()) mean += static_cast<double>(value) / 36;
  EXPECT_NEAR(statistics["t2v_stats"]["mean"].get<double>(), mean, 1e-6);
  for (const char* key : {"mean", "median", "std", "min", "max"})
    EXPECT_TRUE(statistics["v2t_stats"].contains(key)) << key;
  EXPECT_EQ(statistics["category_stats"]["OCR"]["num_heads"], 18);
  EXPECT_TRUE(statistics["category_stats"]["OCR"].contains("v2t_mean"));
  const json layers = read_json(scratch / "out/v2t_category_layer_statistics.json");
  EXPECT_EQ(layers["OCR"].size(), 3u);
  const json first = layers["OCR"]["layer_1"];  // counted from 1
  double of_layer = 0;
  for (size_t head = 0; head < 6; ++head)
    of_layer += static_cast<double>(stored.at("visual_to_text").as<float>()[18 + head]) / 6;
  EXPECT_NEAR(first["mean"].get<double>(), of_layer, 1e-6);
  EXPECT_NEAR(first["variance"].get<double>(), std::pow(first["std"].get<double>(), 2), 1e-9);
  for (const char* key : {"median", "min", "max", "q10", "q50", "q90"}) EXPECT_TRUE(first.contains(key)) << key;
}

TEST_F(Export, LinesOfTheTableAreAllHeads) {
  const std::string csv = read_file(scratch / "out/collection/head-stats.records.own.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 36);
  EXPECT_TRUE(csv.starts_with("sample,category,layer,head,text_to_visual,visual_to_text,total\none,\"颜色, a\",0,0,"))
      << csv;
}

TEST_F(Export, OwnNamesAreThoseOfResults) {
  const std::set<std::string> files = files_in(scratch / "out/collection");
  EXPECT_THAT(files, ::testing::IsSupersetOf({"head-stats.records.own.pt", "head-stats.records.own.json",
                                              "head-stats.records.own.npz", "head-stats.statistics.own.json",
                                              "head-stats.statistics.own.t2v_category_layer.json"}));
  EXPECT_EQ(read_file(scratch / "out/collection/head-stats.records.own.pt"),
            read_file(scratch / "out/mme_attention_head_records.pt"));
}

}  // namespace
}  // namespace ocellus::test
