// What is written, and in which font.
#include <string>
#include <vector>

#include "plugins/renderers/common/text_block.hpp"
#include "tests/plugins/renderers/overlay/overlay_fixture.hpp"

namespace ocellus::overlay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(OverlayTest, WritesWithTheFontAskedFor) {
  const auto draw = [&](const std::string& options) {
    open("style=panel,dpi=50" + options, 80, 40);
    map(spot(1, 2, 0, 1), 1, 2).commit();
    EXPECT_EQ(render(), OC_OK);
    return bytes("raw-attention.png");
  };
  EXPECT_TRUE(draw(",font=DejaVu Sans") == draw(""));
  EXPECT_FALSE(draw(",font=DejaVu Sans Mono") == draw(""));
  open("font=No Such Font", 80, 40);
  EXPECT_EQ(render(), OC_E_OPTION);
  EXPECT_THAT(host_->failures, ElementsAre(HasSubstr("'No Such Font'")));
}

TEST_F(OverlayTest, TitleCanBeLeftOut) {
  const auto height = [&](const char* title) {
    open(std::string("dpi=50,title=") + title, 80, 40);
    map(spot(1, 2, 0, 1), 1, 2).commit();
    EXPECT_EQ(render(), OC_OK);
    return png("raw-attention.png").height();
  };
  EXPECT_GT(height("on"), height("off") + 10);
}

TEST_F(OverlayTest, WritesTitlesOfManyScripts) {
  const std::string question = "图中右边是什么？ 右側は何ですか 무엇입니까", answer = "مربع أحمر. красный";
  if (drawing::TextBlock(question + answer, {}, -1, 100).unknown_glyphs() > 0)
    GTEST_SKIP() << "no fonts for these scripts";
  open("dpi=50", 80, 40);
  host_->record["question"] = question;
  host_->record["answer"] = answer;
  map(spot(1, 2, 0, 1), 1, 2).commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_THAT(host_->warnings, IsEmpty());
}

TEST_F(OverlayTest, SaysWhichFontsAreMissing) {
  open("style=panel+heatmap,dpi=50", 80, 40);
  host_->record["answer"] = "\U000F5A51\U000F5A52";
  map(spot(1, 2, 0, 1), 1, 2).commit();
  ASSERT_EQ(render(), OC_OK);
  EXPECT_THAT(host_->warnings, ElementsAre(testing::AllOf(HasSubstr("2 letters"), HasSubstr("fonts-noto-cjk"))));
}

TEST_F(OverlayTest, SaysOnceInARunWhichFontsAreMissing) {
  open("dpi=50", 80, 40);
  host_->record["answer"] = "\U000F5A51";
  map(spot(1, 2, 0, 1), 1, 2).commit();
  const auto& table = host_->table<oc_renderer_1>();
  void* self = nullptr;
  ASSERT_EQ(table.create(host_->host(), host_->options(), &self), OC_OK);
  const std::vector<const oc_artifact*> artifacts = host_->artifacts();
  for (int sample = 0; sample < 3; ++sample) {
    EXPECT_EQ(table.render(self, host_->run(), artifacts.data(), artifacts.size()), OC_OK);
  }
  table.destroy(self);
  EXPECT_THAT(host_->warnings, testing::SizeIs(1));
}

}  // namespace
}  // namespace ocellus::overlay
