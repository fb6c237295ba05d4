#include "host/run/image_marks.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ocellus::run {
namespace {

// A sample of one user turn with pictures.
Sample about(size_t n_pictures, const std::string& text) {
  Sample sample;
  sample.images.resize(n_pictures);
  sample.turns = {{Role::user, {{false, 0, text}}}};
  place_pictures(sample);
  return sample;
}

// "[0]" for picture 0; texts between bars.
std::string shown(const Turn& turn) {
  std::string all;
  for (const Part& part : turn.parts)
    all += part.is_image ? fmt::format("[{}]", part.image) : fmt::format("|{}|", part.text);
  return all;
}

TEST(ImageMarks, WithoutMarksPicturesComeFirst) {
  EXPECT_EQ(shown(about(2, "Why?").turns[0]), "[0][1]|Why?|");
  EXPECT_EQ(shown(about(0, "Why?").turns[0]), "|Why?|");
}

TEST(ImageMarks, PicturesStandAtTheirMarks) {
  EXPECT_EQ(shown(about(1, "<image>\nWhy?").turns[0]), "[0]|Why?|");
  EXPECT_EQ(shown(about(1, "Why?\n<image>").turns[0]), "|Why?|[0]");
  EXPECT_EQ(shown(about(2, "Is <image> like <image>?").turns[0]), "|Is |[0]| like |[1]|?|");
  EXPECT_EQ(shown(about(2, "<image>\n<image>\n\nWhy?").turns[0]), "[0][1]|\nWhy?|") << "one line break goes";
  EXPECT_EQ(shown(about(1, "<image>").turns[0]), "[0]||") << "a turn keeps a text";
}

TEST(ImageMarks, TheyAreCountedOverAllUserTurns) {
  Sample sample;
  sample.images.resize(2);
  sample.turns = {{Role::system, {{false, 0, "<image>"}}},
                  {Role::user, {{false, 0, "<image>\na"}}},
                  {Role::assistant, {{false, 0, "<image>"}}},
                  {Role::user, {{false, 0, "b <image>"}}}};
  place_pictures(sample);
  EXPECT_EQ(sample.fault, "");
  EXPECT_EQ(shown(sample.turns[0]), "|<image>|");
  EXPECT_EQ(shown(sample.turns[1]), "[0]|a|");
  EXPECT_EQ(shown(sample.turns[2]), "|<image>|");
  EXPECT_EQ(shown(sample.turns[3]), "|b |[1]");
}

TEST(ImageMarks, AnotherNumberOfPicturesIsTheSamplesFault) {
  EXPECT_EQ(
      about(0, "<image>\nWhy?").fault,
      "its text has 1 <image> mark, but the entry names 0 pictures: each picture needs one mark, where it stands");
  EXPECT_EQ(
      about(1, "<image><image>").fault,
      "its text has 2 <image> marks, but the entry names 1 picture: each picture needs one mark, where it stands");
  EXPECT_NE(about(3, "<image><image>").fault, "");
}

}  // namespace
}  // namespace ocellus::run
