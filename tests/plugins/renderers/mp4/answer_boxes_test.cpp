#include "plugins/renderers/mp4/answer_boxes.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ocellus::mp4 {
namespace {

TEST(AnswerBoxes, AreCornersInThousandths) {
  const std::string text = "at <|box_start|>(225,843),(326,944)<|box_end|>, and (0, 0), (1000, 500).";
  const std::vector<AnswerBox> boxes = boxes_in(text);
  ASSERT_EQ(boxes.size(), 2u);
  EXPECT_DOUBLE_EQ(boxes[0].box.x0, 0.225);
  EXPECT_DOUBLE_EQ(boxes[0].box.y0, 0.843);
  EXPECT_DOUBLE_EQ(boxes[0].box.x1, 0.326);
  EXPECT_DOUBLE_EQ(boxes[0].box.y1, 0.944);
  EXPECT_EQ(text.substr(0, boxes[0].end), "at <|box_start|>(225,843),(326,944)");
  EXPECT_DOUBLE_EQ(boxes[1].box.x1, 1.0);
  EXPECT_EQ(boxes[1].end, text.size() - 1);
}

TEST(AnswerBoxes, ComeFromCornersInAnyOrder) {
  const std::vector<AnswerBox> boxes = boxes_in("(900,100),(200,700)");
  ASSERT_EQ(boxes.size(), 1u);
  EXPECT_DOUBLE_EQ(boxes[0].box.x0, 0.2);
  EXPECT_DOUBLE_EQ(boxes[0].box.y0, 0.1);
  EXPECT_DOUBLE_EQ(boxes[0].box.x1, 0.9);
  EXPECT_DOUBLE_EQ(boxes[0].box.y1, 0.7);
}

TEST(AnswerBoxes, AreNotEverythingInParentheses) {
  for (const char* text :
       {"", "(", "((((", "(1,2)", "(1,2),(3", "(1,2),(3,)", "(a,b),(c,d)", "(1,2);(3,4)", "(-1,2),(3,4)",
        "(1,2),(1001,4)", "(99999999999999999999,1),(2,3)", "(5,5),(5,9)", "(1.5,2),(3,4)"}) {
    EXPECT_TRUE(boxes_in(text).empty()) << text;
  }
  // A false start does not hide what follows.
  EXPECT_EQ(boxes_in("(see (1,2),(3,4))").size(), 1u);
  EXPECT_EQ(boxes_in("(5,5),(10,10),(20,20)").size(), 1u);
}

}  // namespace
}  // namespace ocellus::mp4
