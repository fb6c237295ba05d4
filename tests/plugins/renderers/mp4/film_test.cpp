// What frames show.
#include "plugins/renderers/mp4/film.hpp"

#include "tests/plugins/renderers/mp4/support/film_fixture.hpp"

namespace ocellus::mp4 {
namespace {

using drawing::Canvas;
using drawing::PixelRect;
using drawing::Rgb;
using test::MadeSteps;

constexpr Rgb kBlue{0, 0, 255};

// A film without the plugin around it.
class FrameTest : public FilmTest {
 protected:
  Film film(const MadeSteps& made, FilmStyle style = {}, const std::string& phrase = "", bool answer_boxes = true) {
    open("");
    while (host_->pictures.size() < made.images.size()) add_picture(50, 90);
    test::commit(*host_, made);
    const Host host(host_->host());
    const std::vector<const oc_artifact*> artifacts = host_->artifacts();
    steps_.emplace(views_of(host, artifacts.data(), artifacts.size()).front());
    std::vector<PanelPicture> pictures;
    for (const ImageSteps& image : steps_->images()) {
      const test::FakePicture& source = host_->pictures[static_cast<size_t>(image.image)];
      pictures.push_back({{source.rgb, source.width, source.height}, image.rows, image.columns, image.extent, ""});
    }
    style.current = kBlue;
    const size_t answer = steps_->steps().front().unit;
    return Film(*steps_, std::move(pictures), std::min(unit_with(*steps_, phrase).value_or(answer), answer),
                {{}, answer_boxes}, {"facts", ""}, style);
  }
  std::optional<StoredSteps> steps_;
};

Canvas drawn(const Film& film, size_t frame) {
  Canvas canvas = film.canvas();
  film.draw(0, frame, canvas);
  return canvas;
}

// Pixels in `area` that are blue more than anything else.
int blue(const Canvas& canvas, const PixelRect& area) {
  int n = 0;
  for (int y = area.y; y < area.y + area.height; ++y) {
    for (int x = area.x; x < area.x + area.width; ++x) {
      const Rgb c = canvas.pixel(x, y);
      n += c.r == c.g && c.b > c.r + 40 ? 1 : 0;
    }
  }
  return n;
}

// Where pixels of the picture are green more than red: the hot cell.
PixelRect green(const Canvas& canvas) {
  int x0 = canvas.width(), y0 = canvas.height(), x1 = 0, y1 = 0;
  for (int y = 80; y < canvas.height() - 40; ++y) {
    for (int x = canvas.width() / 2; x < canvas.width(); ++x) {
      const Rgb c = canvas.pixel(x, y);
      if (c.g < 200 || c.r > 60) continue;
      x0 = std::min(x0, x), y0 = std::min(y0, y), x1 = std::max(x1, x + 1), y1 = std::max(y1, y + 1);
    }
  }
  return {x0, y0, x1 - x0, y1 - y0};
}

FilmStyle plain() {
  FilmStyle style;
  style.panel.ramp = {{255, 0, 0}, {0, 255, 0}, 1.0};
  style.panel.alpha = 1.0;
  style.panel.grid = false;
  return style;
}

TEST_F(FrameTest, TheHotCellMovesAsTheStepsSay) {
  const Film made = film({.answer = {"a", "b", "c", "d", "e", "f", "g", "h"}}, plain());
  // A picture of 120 x 80 fills the panel's width.
  const int left = 1280 - 16 - (1280 - 32 - 16 - (1280 - 32 - 16) / 2);
  const int width = 1280 - 16 - left;
  for (size_t step = 0; step < made.n_frames(); ++step) {
    const int cell = MadeSteps::hot_cell(step, 2, 4, 6);
    const PixelRect found = green(drawn(made, step));
    EXPECT_NEAR(found.x - left, width * (cell % 6) / 6.0, 1.0) << step;
    EXPECT_NEAR(found.width, width / 6.0, 1.0) << step;
    EXPECT_NEAR(found.height, width * 80 / 120 / 4.0, 1.0) << step;
  }
}

TEST_F(FrameTest, TheCurrentWordIsInSightInEveryFrame) {
  MadeSteps steps;
  steps.answer.clear();
  for (int k = 0; k < 150; ++k) steps.answer.push_back(k % 7 == 6 ? "\n\n" : k % 2 == 0 ? " 红色的方块" : " square");
  FilmStyle style;
  style.width = 640, style.height = 360;
  const Film made = film(steps, style);
  for (size_t step = 0; step < made.n_frames(); ++step) {
    ASSERT_GT(blue(drawn(made, step), {16, 60, 300, 280}), 4) << step;
  }
}

TEST_F(FrameTest, WordsAreColouredByTheirAttention) {
  // Attention of made rows grows from token to token modulo 7: some words are at the minimum, some at the maximum.
  const Film made = film({.prompt = {"x"}, .answer = {"■", "■", "■", "■", "■", "■", "■", "■", "■"}}, plain());
  const Canvas canvas = drawn(made, 8);
  int reds = 0, greens = 0;
  for (int y = 80; y < 600; ++y) {
    for (int x = 16; x < 620; ++x) {
      reds += canvas.pixel(x, y) == Rgb{255, 0, 0} ? 1 : 0;
      greens += canvas.pixel(x, y) == Rgb{0, 255, 0} ? 1 : 0;
    }
  }
  EXPECT_GT(reds, 40);
  EXPECT_GT(greens, 40);
}

TEST_F(FrameTest, TheTextBeginsAtTheStartPhrase) {
  const MadeSteps steps{.prompt = {"Look. ", "Based on", " this"}, .answer = {" yes"}};
  const auto ink = [](const Canvas& canvas) {
    int n = 0;
    for (int y = 80; y < 600; ++y) {
      for (int x = 16; x < 600; ++x) n += canvas.pixel(x, y) != drawing::kWhite ? 1 : 0;
    }
    return n;
  };
  const int answer = ink(drawn(film(steps), 0));
  const int phrase = ink(drawn(film(steps, {}, "Based on this"), 0));
  const int whole = ink(drawn(film(steps, {}, "Look"), 0));
  EXPECT_GT(answer, 0);
  EXPECT_GT(phrase, answer);
  EXPECT_GT(whole, phrase);
  // A phrase inside the answer hides nothing of it.
  EXPECT_EQ(ink(drawn(film({.prompt = {"Look"}, .answer = {"a", "b"}}, {}, "b"), 0)),
            ink(drawn(film({.prompt = {"Look"}, .answer = {"a", "b"}}), 0)));
}

TEST_F(FrameTest, BoxesAppearOnceTheAnswerNamesThem) {
  const MadeSteps steps{.answer = {"at (250,", "250),(750,", "750)", " yes"}};
  const auto frames = [](const Canvas& canvas) {
    int n = 0;
    for (int y = 80; y < 700; ++y) {
      for (int x = 640; x < 1280; ++x) n += canvas.pixel(x, y) == Rgb{0, 230, 255} ? 1 : 0;
    }
    return n;
  };
  const Film made = film(steps, plain());
  EXPECT_EQ(frames(drawn(made, 0)), 0);
  EXPECT_EQ(frames(drawn(made, 1)), 0);
  EXPECT_GT(frames(drawn(made, 2)), 500);
  EXPECT_GT(frames(drawn(made, 3)), 500);
  EXPECT_EQ(frames(drawn(film(steps, plain(), "", false), 3)), 0);
}

TEST_F(FrameTest, TheAlignmentIsWritten) {
  const MadeSteps produced{}, upstream{.upstream = true};
  const Canvas a = drawn(film(produced), 0), b = drawn(film(upstream), 0);
  int differing = 0;
  for (int y = 40; y < 62; ++y) {  // the second line of the header
    for (int x = 16; x < 1264; ++x) differing += a.pixel(x, y) == b.pixel(x, y) ? 0 : 1;
  }
  EXPECT_GT(differing, 50);
}

TEST_F(FrameTest, AStripHasAPictureForEachStep) {
  const Film made = film({}, plain());
  const std::vector<size_t> frames{0, 1, 2};
  const Canvas strip = made.draw_strip(0, frames, 2);
  EXPECT_EQ(strip.width(), 16 + 2 * (480 + 16));
  for (size_t k = 0; k < 3; ++k) {
    const int cell = MadeSteps::hot_cell(k, 2, 4, 6);
    const int x = 16 + static_cast<int>(k % 2) * 496 + (cell % 6) * 80 + 40;
    const int y = 16 + static_cast<int>(k / 2) * (320 + 36 + 16) + cell / 6 * 80 + 40;
    EXPECT_EQ(strip.pixel(x, y), (Rgb{0, 255, 0})) << k;
  }
}

}  // namespace
}  // namespace ocellus::mp4
