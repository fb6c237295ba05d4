// Promise 4: a cell of a map is the place in the picture that its token was made of.
#include <cstring>
#include <utility>

#include "host/store/npz.hpp"
#include "tests/cli/picture.hpp"
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;

constexpr int cell_pixels = 28;
constexpr size_t patches_in_cell = 4;
constexpr Colour grey{128, 128, 128};

// The patches in which two exports of pixel_values differ.
std::set<size_t> different_patches(const std::filesystem::path& left, const std::filesystem::path& right) {
  const NpyArray a = read_npz(left).at("pixel_values"), b = read_npz(right).at("pixel_values");
  EXPECT_EQ(a.shape, b.shape);
  const size_t width = static_cast<size_t>(a.shape[1]);
  std::set<size_t> patches;
  for (size_t i = 0; i < a.as<float>().size(); ++i) {
    if (a.as<float>()[i] != b.as<float>()[i]) patches.insert(i / width);
  }
  return patches;
}

class Geometry : public Program {
 protected:
  // A grey picture of rows x cols cells, with one of them painted unless row < 0.
  std::string painted(const std::string& name, int rows, int cols, int row, int col) const {
    return write_bmp(scratch / name, cols * cell_pixels, rows * cell_pixels, [=](int x, int y) {
      return y / cell_pixels == row && x / cell_pixels == col ? Colour{255, 0, 0} : grey;
    });
  }
  Outcome explain(const std::string& out, const Words& images) const {
    json content = json::array();
    for (const std::string& file : images) content.push_back({{"type", "image"}, {"image", file}});
    content.push_back({{"type", "text"}, {"text", "Where?"}});
    write_file(scratch / "messages.json", json::array({{{"role", "user"}, {"content", content}}}).dump());
    Outcome outcome =
        ocellus(run_words(out) + Words{"--messages", "messages.json", "--min-pixels", "784", "--max-pixels", "100000",
                                       "--method", "raw-attention", "--method", "tensors:probes=pixel_values"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome;
  }
  // The pictures differ in one cell; so must the tokens, in the one that the map says is there.
  void expect_at(const std::string& plain, const std::string& marked, const std::string& map, size_t tokens_before,
                 double x, double y) const {
    const auto folder = *std::filesystem::directory_iterator(scratch / plain / "samples");
    const auto other = *std::filesystem::directory_iterator(scratch / marked / "samples");
    const std::set<size_t> patches = different_patches(folder.path() / "tensors.npz", other.path() / "tensors.npz");
    ASSERT_EQ(patches.size(), patches_in_cell);
    const size_t token = *patches.begin() / patches_in_cell;
    EXPECT_EQ(*patches.rbegin() / patches_in_cell, token);
    const NpyArray cells = read_npz(folder.path() / map).at("cells");
    const auto rectangle = cells.as<float>().subspan((token - tokens_before) * 4, 4);
    EXPECT_LT(rectangle[0], x);
    EXPECT_GT(rectangle[2], x);
    EXPECT_LT(rectangle[1], y);
    EXPECT_GT(rectangle[3], y);
  }
};

TEST_F(Geometry, APaintedCellIsFoundInALandscapePicture) {
  explain("plain", {painted("plain.bmp", 3, 7, -1, -1)});
  explain("marked", {painted("marked.bmp", 3, 7, 1, 5)});
  expect_at("plain", "marked", "raw-attention.npz", 0, 5.5 / 7, 1.5 / 3);
}

TEST_F(Geometry, APaintedCellIsFoundInAPortraitPicture) {
  explain("plain", {painted("plain.bmp", 8, 3, -1, -1)});
  explain("marked", {painted("marked.bmp", 8, 3, 6, 0)});
  expect_at("plain", "marked", "raw-attention.npz", 0, 0.5 / 3, 6.5 / 8);
}

TEST_F(Geometry, APaintedCellIsFoundInTheSecondPicture) {
  const std::string first = painted("first.bmp", 3, 5, -1, -1);
  explain("plain", {first, painted("plain.bmp", 4, 2, -1, -1)});
  explain("marked", {first, painted("marked.bmp", 4, 2, 3, 1)});
  expect_at("plain", "marked", "raw-attention.image1.npz", 3 * 5, 1.5 / 2, 3.5 / 4);
}

TEST_F(Geometry, CellsTileEveryPicture) {
  // Sizes that are no multiples of a cell: the model sees them stretched, the cells still cover the source.
  const Outcome outcome =
      ocellus(run_words("out") + Words{"--image", image("landscape.png"), "--image", image("portrait.png"), "--image",
                                       image("small.png"), "--prompt", "Where?", "--method", "raw-attention"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* id : {"landscape-0", "portrait-1", "small-2"}) {
    const auto arrays = read_npz(sample("out", id) / "raw-attention.npz");
    const NpyArray cells = arrays.at("cells");
    const int64_t rows = cells.shape[0], cols = cells.shape[1];
    EXPECT_EQ(arrays.at("values").shape, (std::vector<int64_t>{rows, cols}));
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t col = 0; col < cols; ++col) {
        const auto at = cells.as<float>().subspan(static_cast<size_t>((row * cols + col) * 4), 4);
        EXPECT_FLOAT_EQ(at[0], static_cast<float>(col) / static_cast<float>(cols));
        EXPECT_FLOAT_EQ(at[1], static_cast<float>(row) / static_cast<float>(rows));
        EXPECT_FLOAT_EQ(at[2], static_cast<float>(col + 1) / static_cast<float>(cols));
        EXPECT_FLOAT_EQ(at[3], static_cast<float>(row + 1) / static_cast<float>(rows));
      }
    }
  }
}

// The cells of rows x cols that a picture shows in red rather than blue.
std::vector<std::pair<int64_t, int64_t>> red_cells(const media::Picture& drawn, int64_t rows, int64_t cols) {
  std::vector<std::pair<int64_t, int64_t>> red;
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t col = 0; col < cols; ++col) {
      const int64_t x = (2 * col + 1) * drawn.width / (2 * cols), y = (2 * row + 1) * drawn.height / (2 * rows);
      const uint8_t* pixel = &drawn.rgb[static_cast<size_t>((y * drawn.width + x) * 3)];
      if (pixel[0] > pixel[2]) red.emplace_back(row, col);
    }
  }
  return red;
}

TEST_F(Geometry, TheHottestCellIsDrawnAtItsPlace) {
  for (const std::string name : {"landscape", "portrait"}) {
    const Words subject{"--image", image(name + ".png"), "--prompt", "Where?", "--method", "raw-attention"};
    ASSERT_EQ(ocellus(run_words(name) + subject).exit_code, 0);
    const auto folder = sample(name, name + "-0");
    const media::Picture source = read_picture(image(name + ".png"));
    std::vector<store::NamedArray> arrays = store::read_npz(folder / "raw-attention.npz");
    ASSERT_EQ(arrays[0].first, "values");
    const int64_t rows = arrays[0].second.shape[0], cols = arrays[0].second.shape[1];
    for (const auto& hot : {std::pair<int64_t, int64_t>{0, 0}, {rows - 1, 1}, {2, cols - 1}}) {
      std::vector<float> values(static_cast<size_t>(rows * cols), 0.0f);
      values[static_cast<size_t>(hot.first * cols + hot.second)] = 1;
      std::memcpy(arrays[0].second.bytes.data(), values.data(), arrays[0].second.bytes.size());
      store::write_npz(folder / "raw-attention.npz", arrays);
      const std::string render = "overlay:style=overlay,colormap=jet,alpha=1,interpolation=cells";
      ASSERT_EQ(ocellus({"render", name, "--render", render}).exit_code, 0);
      const media::Picture drawn = read_picture(folder / "raw-attention.overlay.png");
      ASSERT_EQ(drawn.width, source.width);
      ASSERT_EQ(drawn.height, source.height);
      EXPECT_THAT(red_cells(drawn, rows, cols), ::testing::ElementsAre(hot)) << name;
    }
  }
}

}  // namespace
}  // namespace ocellus::test
