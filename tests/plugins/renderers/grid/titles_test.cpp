#include "plugins/renderers/grid/titles.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/renderers/common/text_block.hpp"

namespace ocellus::grid {
namespace {

MapFacts facts() {
  MapFacts map;
  map.label = "raw-attention";
  map.layer = 7;
  map.layers = "layer 7";
  map.model = "small";
  map.run = "out";
  map.method_facts = {"layer 7", "heads mean", "query last"};
  return map;
}

TEST(Titles, SayWhatDiffers) {
  MapFacts map = facts();
  EXPECT_EQ(title_of_cell(By::layer, map, {map}), "Layer 7");
  EXPECT_EQ(title_of_cell(By::method, map, {map}), "raw-attention · layer 7");
  EXPECT_EQ(title_of_cell(By::model, map, {map}), "small · layer 7");
  MapFacts again = map;
  again.run = "other";
  EXPECT_EQ(title_of_cell(By::model, map, {map, again}), "small (out) · layer 7");
  map.name = map.weights = "hirescam";
  EXPECT_EQ(title_of_cell(By::method, map, {map}), "raw-attention · hirescam · layer 7");
  EXPECT_EQ(title_of_cell(By::weights, map, {map}), "hirescam · layer 7");
  map.layers = "mean of layers 0+1";
  EXPECT_EQ(title_of_cell(By::layer, map, {map}), "Mean of layers 0+1");
  map.step = "head 3";
  EXPECT_EQ(title_of_cell(By::head, map, {map}), "Head 3");
}

TEST(Titles, QuestionsAreCutByCharactersNotBytes) {
  MapFacts map = facts();
  map.question = "请详细描述这张图片中的主要内容";  // 15 characters, 45 bytes
  EXPECT_EQ(title_of_cell(By::question, map, {map}), map.question);
  map.question += map.question;
  EXPECT_EQ(title_of_cell(By::question, map, {map}), map.question);
  const std::string thirty = map.question;
  map.question += "吗";
  EXPECT_EQ(title_of_cell(By::question, map, {map}), thirty + "…");
}

TEST(Titles, CutQuestionsAreToldInFull) {
  MapFacts whole = facts(), cut = facts();
  whole.question = "What color is the star?";
  cut.question = "What is the person on the left holding?";
  EXPECT_EQ(title_of_cell(By::question, cut, {cut}), "What is the person on the left…");
  EXPECT_THAT(cut_questions(By::question, {whole, cut}),
              testing::ElementsAre("question 2: \u2068What is the person on the left holding?\u2069"));
  EXPECT_THAT(cut_questions(By::question, {whole}), testing::IsEmpty());
  EXPECT_THAT(cut_questions(By::layer, {cut}), testing::IsEmpty());
}

TEST(Shortened, CountsCharactersAsAReaderDoes) {
  using drawing::shortened;
  EXPECT_EQ(shortened("star", 4), "star");
  EXPECT_EQ(shortened("stars", 4), "star…");
  EXPECT_EQ(shortened("e\u0301e\u0301e\u0301", 2), "e\u0301e\u0301…");  // accents go with their letters
  EXPECT_EQ(shortened("👩‍👩‍👧x", 1), "👩‍👩‍👧…");
  EXPECT_EQ(shortened("", 3), "");
  EXPECT_EQ(shortened("ab", 0), "…");
}

TEST(Titles, TheSubtitleHoldsWhatAllShare) {
  MapFacts first = facts(), second = facts();
  second.layers = "layer 8";
  second.method_facts[0] = "layer 8";
  EXPECT_EQ(subtitle_of_figure(By::layer, {first, second}), "raw-attention · heads mean · query last");
  EXPECT_EQ(subtitle_of_figure(By::layer, {first}), "raw-attention · heads mean · query last");
  second.label = "smooth-gradcam";
  second.method_facts = {"layer 7", "query last"};
  EXPECT_EQ(subtitle_of_figure(By::method, {first, second}), "layer 7 · query last");
  EXPECT_EQ(subtitle_of_figure(By::question, {first}), "raw-attention · small · layer 7 · heads mean · query last");
}

}  // namespace
}  // namespace ocellus::grid
