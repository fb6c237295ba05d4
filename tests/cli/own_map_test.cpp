// `ocellus render --map`: a map that somebody else made.
#include <cstring>

#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

// A .npy of `descr` elements, as numpy.save writes it.
template <class T>
std::string npy(const std::string& descr, const std::string& shape, const std::vector<T>& values) {
  std::string header = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  std::string bytes = std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header;
  const size_t start = bytes.size();
  bytes.resize(start + values.size() * sizeof(T));
  std::memcpy(&bytes[start], values.data(), values.size() * sizeof(T));
  return bytes;
}

class OwnMap : public Program {
 protected:
  Words words(const std::string& map) const {
    return {"render", "--map", map, "--image", image("landscape.png"), "--render", "overlay:style=heatmap,dpi=50"};
  }
};

TEST_F(OwnMap, IsDrawnBesideItsFile) {
  write_file(scratch / "mine.npy", npy<double>("<f8", "2, 3", {0, 1, 2, 3, 4, 5}));
  const Outcome outcome = ocellus(words("mine.npy"));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "mine.overlay.png\n");
  EXPECT_TRUE(std::filesystem::exists(scratch / "mine.overlay.png"));
}

TEST_F(OwnMap, SeveralAreLayersAndGoWhereAsked) {
  write_file(scratch / "two maps.npy", npy<float>("<f4", "2, 1, 2", {0, 1, 2, 3}));
  const Outcome outcome = ocellus(words("two maps.npy") + Words{"--out", "pictures", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(files_in(scratch / "pictures"),
            (std::set<std::string>{"map.layer0.overlay.png", "map.layer1.overlay.png"}));
  EXPECT_EQ(parse_lines(outcome.out)[1]["picture"], "pictures/map.layer1.overlay.png");
}

TEST_F(OwnMap, TheSameNumbersDrawTheSamePicture) {
  const auto drawn = [&](const std::string& folder, const std::string& bytes) {
    std::filesystem::create_directories(scratch / folder);
    write_file(scratch / folder / "map.npy", bytes);  // the picture names the map
    const Outcome outcome = ocellus(words(folder + "/map.npy"));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return read_file(scratch / folder / "map.overlay.png");
  };
  const std::string picture = drawn("double", npy<double>("<f8", "2, 2", {0, 1, 2, 3}));
  EXPECT_TRUE(picture == drawn("int64", npy<int64_t>("<i8", "2, 2", {0, 1, 2, 3})));
  EXPECT_TRUE(picture == drawn("int16", npy<int16_t>("<i2", "2, 2", {0, 1, 2, 3})));
  EXPECT_TRUE(picture == drawn("half", npy<uint16_t>("<f2", "2, 2", {0, 0x3C00, 0x4000, 0x4200})));
  EXPECT_FALSE(picture == drawn("other", npy<int64_t>("<i8", "2, 2", {0, 1, 2, 4})));
}

TEST_F(OwnMap, WhatIsNoMapIsRefused) {
  write_file(scratch / "flat.npy", npy<float>("<f4", "4,", {0, 1, 2, 3}));
  write_file(scratch / "nan.npy", npy<float>("<f4", "1, 2", {0, std::numeric_limits<float>::quiet_NaN()}));
  write_file(scratch / "text.npy", "no array");
  write_file(scratch / "empty.npy", npy<float>("<f4", "0, 2", {}));
  expect_refusal(ocellus(words("flat.npy")), 3, {"flat.npy", "[rows, cols]"});
  expect_refusal(ocellus(words("nan.npy")), 3, {"nan.npy", "not finite at element 1"});
  expect_refusal(ocellus(words("text.npy")), 3, {"text.npy", "no .npy array"});
  expect_refusal(ocellus(words("empty.npy")), 3, {"empty.npy", "no element"});
  expect_refusal(ocellus(words("none.npy")), 3, {"none.npy"});
  expect_refusal(ocellus({"render", "--map", "flat.npy", "--render", "overlay"}), 2, {"--image"});
  expect_refusal(ocellus({"render", "out", "--image", "x.png", "--render", "overlay"}), 2, {"--map"});
  expect_refusal(ocellus({"render", "--render", "overlay"}), 2, {"--map", "out"});
}

}  // namespace
}  // namespace ocellus::test
