// The plugin: its files, what it says, what it refuses.
#include "tests/plugins/renderers/mp4/support/decoded_film.hpp"
#include "tests/plugins/renderers/mp4/support/film_fixture.hpp"

namespace ocellus::mp4 {
namespace {

using test::DecodedFilm;
using test::MadeSteps;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kSmall = "width=320,height=240";

TEST_F(FilmTest, HasAFrameForEachTokenOfTheAnswer) {
  draw(kSmall, {});
  EXPECT_THAT(host_->files, ElementsAre("raw-attention.layer2.mp4"));
  const DecodedFilm film = test::decode(host_->path_of("raw-attention.layer2.mp4"));
  EXPECT_EQ(film.rgb.size(), 3u);  // and none for the stop token
  EXPECT_EQ(film.codec, "h264");
  EXPECT_EQ(film.width, 320);
  EXPECT_EQ(film.height, 240);
  EXPECT_DOUBLE_EQ(film.fps, 2.0);
  EXPECT_THAT(host_->warnings, IsEmpty());
}

TEST_F(FilmTest, UpstreamHasOneFrameLess) {
  draw(kSmall, {.stops = false, .upstream = true});
  EXPECT_EQ(test::decode(host_->path_of("raw-attention.layer2.mp4")).rgb.size(), 2u);
}

TEST_F(FilmTest, OneTokenIsAFilmOfOneFrame) {
  draw(kSmall, {.answer = {"Yes"}});
  EXPECT_EQ(test::decode(host_->path_of("raw-attention.layer2.mp4")).rgb.size(), 1u);
}

TEST_F(FilmTest, AnEmptyAnswerIsSaid) {
  draw(kSmall, {.answer = {}});
  EXPECT_THAT(host_->files, IsEmpty());
  EXPECT_THAT(host_->warnings, ElementsAre(HasSubstr("no film of sample sample")));
}

TEST_F(FilmTest, ThreeHundredTokens) {
  MadeSteps steps;
  steps.answer.clear();
  for (int k = 0; k < 300; ++k) steps.answer.push_back(k % 9 == 8 ? "\n" : " 方块" + std::to_string(k));
  draw(kSmall, steps);
  EXPECT_EQ(test::decode(host_->path_of("raw-attention.layer2.mp4")).rgb.size(), 300u);
}

TEST_F(FilmTest, FilesAreTheSameTwice) {
  const auto all = [&] {
    draw("format=mp4+webp+strip,frames=png,width=321,height=241", {.answer = {"红色", "的", "方块"}});
    std::string joined;
    for (const std::string& file : host_->files) joined += bytes(file);
    return joined;
  };
  const std::string first = all();
  EXPECT_THAT(host_->files, ElementsAre("raw-attention.layer2.mp4", "raw-attention.layer2.webp",
                                        "raw-attention.layer2.strip.png", "raw-attention.layer2.step0000.png",
                                        "raw-attention.layer2.step0001.png", "raw-attention.layer2.step0002.png"));
  EXPECT_TRUE(first == all());
}

TEST_F(FilmTest, EveryLayerIsAFilm) {
  draw(kSmall, {.layers = {10, 20, 30}});
  EXPECT_THAT(host_->files,
              ElementsAre("raw-attention.layer10.mp4", "raw-attention.layer20.mp4", "raw-attention.layer30.mp4"));
  EXPECT_FALSE(bytes("raw-attention.layer10.mp4") == bytes("raw-attention.layer20.mp4"));
}

TEST_F(FilmTest, OfManyLayersTheTwentieth) {
  MadeSteps steps;
  steps.layers.clear();
  for (int64_t layer = 0; layer < 28; ++layer) steps.layers.push_back(layer);
  draw(kSmall, steps);
  EXPECT_THAT(host_->files, ElementsAre("raw-attention.layer20.mp4"));
  EXPECT_THAT(host_->warnings, IsEmpty());
}

TEST_F(FilmTest, ALayerBehindTheLastIsTheLastAndSaidSo) {
  const MadeSteps steps{.layers = {0, 1, 2, 3, 4, 5}};
  for (const char* options :
       {"width=320,height=240", "width=320,height=240,layers=20", "width=320,height=240,layers=5+9"}) {
    draw(options, steps);
    EXPECT_THAT(host_->files, ElementsAre("raw-attention.layer5.mp4")) << options;
    EXPECT_THAT(host_->warnings, ElementsAre(HasSubstr("so the film shows layer 5"))) << options;
  }
  draw("width=320,height=240,layers=1..2+-1", steps);
  EXPECT_THAT(host_->files,
              ElementsAre("raw-attention.layer1.mp4", "raw-attention.layer2.mp4", "raw-attention.layer5.mp4"));
}

TEST_F(FilmTest, ALayerThatWasNotCapturedIsRefused) {
  open("layers=3");
  test::commit(*host_, {.layers = {2, 4}});
  EXPECT_EQ(render(), OC_E_UNSUPPORTED);
  EXPECT_THAT(host_->failures, ElementsAre(HasSubstr("layer 3 was not captured: layers 2, 4 were")));
  EXPECT_THAT(host_->files, IsEmpty());
}

TEST_F(FilmTest, PicturesOfDifferentSizeAndAtMostTwo) {
  open(kSmall);
  add_picture(50, 160);
  add_picture(30, 30);
  test::commit(*host_, {.images = {{4, 6}, {8, 3}, {2, 2}}});
  ASSERT_EQ(render(), OC_OK);
  EXPECT_EQ(test::decode(host_->path_of("raw-attention.layer2.mp4")).rgb.size(), 3u);
}

TEST_F(FilmTest, WithoutPicturesTheTextIsAlone) {
  draw(kSmall, {.images = {}});
  EXPECT_EQ(test::decode(host_->path_of("raw-attention.layer2.mp4")).rgb.size(), 3u);
}

TEST_F(FilmTest, AStartPhraseThatIsNotThereIsSaid) {
  draw("width=320,height=240,start-phrase=Once upon", {});
  EXPECT_THAT(host_->warnings, ElementsAre(HasSubstr("begins with the answer")));
  draw("width=320,height=240,start-phrase=it", {});
  EXPECT_THAT(host_->warnings, IsEmpty());
}

TEST_F(FilmTest, ColoursThatAreNoneAreRefused) {
  for (const char* options : {"low=red", "high=12345", "current=1234567", "low=12 456", "high=#gggggg"}) {
    open(options);
    EXPECT_EQ(render(), OC_E_OPTION) << options;
    EXPECT_THAT(host_->failures, ElementsAre(HasSubstr("is no colour"))) << options;
  }
  open("low=#ff0000,high=00ff00");
  EXPECT_EQ(render(), OC_OK);
}

TEST_F(FilmTest, ContradictingArraysAreRefused) {
  open(kSmall);
  test::commit(*host_, {});
  ArtifactWriter bad = host_->artifact("token-steps/1", -1);
  bad.text("text", "a").number("prompt_tokens", 0).number("images", 0);
  bad.tensor("group", std::vector<int64_t>{0, 2}, {2}).tensor("image", std::vector<int64_t>{-1, -1}, {2});
  bad.tensor("offsets", std::vector<int64_t>{0, 1, 0, 1}, {2, 2}).commit();
  EXPECT_EQ(render(), OC_E_INTERNAL);
  EXPECT_THAT(host_->failures, ElementsAre(HasSubstr("`group`")));
}

TEST_F(FilmTest, APictureThatCannotBeReadLeavesNoFile) {
  open(kSmall);
  host_->pictures.clear();
  test::commit(*host_, {});
  EXPECT_NE(render(), OC_OK);
  EXPECT_THAT(host_->files, IsEmpty());
}

}  // namespace
}  // namespace ocellus::mp4
