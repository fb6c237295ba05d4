#include "plugins/models/common/weights/safetensors.hpp"

#include <gmock/gmock.h>

#include <cstring>
#include <optional>
#include <ostream>

#include "tests/plugins/models/common/weights/hand_made.hpp"

namespace ocellus::models {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// The tensors own a copy of the file.
std::vector<TensorView> parse(const std::string& file) {
  const auto kept = std::make_shared<const std::string>(file);
  return parse_safetensors(std::as_bytes(std::span(*kept)), "some.safetensors", kept);
}

std::string refusal(const std::string& file) {
  return complaint([&] { parse(file); });
}

std::string bytes_of(const TensorView& tensor) {
  return {reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size()};
}

TEST(Safetensors, ReadsTensorsInNameOrder) {
  const std::string file = hand_made(R"({"__metadata__":{"format":"pt"},)"
                                     R"("w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
                                     R"("b":{"data_offsets":[8,12],"shape":[2],"dtype":"BF16"}}   )",
                                     "12345678abcd");
  const auto tensors = parse(file);
  ASSERT_EQ(tensors.size(), 2u);
  EXPECT_EQ(tensors[0].name, "b");
  EXPECT_EQ(tensors[0].dtype, DType::bf16);
  EXPECT_THAT(tensors[0].shape, ElementsAre(2));
  EXPECT_EQ(bytes_of(tensors[0]), "abcd");
  EXPECT_EQ(tensors[1].name, "w");
  EXPECT_EQ(tensors[1].dtype, DType::f32);
  EXPECT_THAT(tensors[1].shape, ElementsAre(1, 2));
  EXPECT_EQ(bytes_of(tensors[1]), "12345678");
  EXPECT_EQ(find_tensor(tensors, "w"), &tensors[1]);
  EXPECT_EQ(find_tensor(tensors, "a"), nullptr);
  EXPECT_EQ(find_tensor(tensors, "z"), nullptr);
}

TEST(Safetensors, ReadsScalarsAndEmptyTensors) {
  const auto tensors = parse(hand_made(R"({"empty":{"dtype":"F64","shape":[3,0,7],"data_offsets":[4,4]},)"
                                       R"("scalar":{"dtype":"I32","shape":[],"data_offsets":[0,4]},)"
                                       R"("start":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
                                       "wxyz"));
  ASSERT_EQ(tensors.size(), 3u);
  EXPECT_THAT(tensors[0].shape, ElementsAre(3, 0, 7));
  EXPECT_THAT(tensors[0].bytes, IsEmpty());
  EXPECT_THAT(tensors[1].shape, IsEmpty());
  EXPECT_EQ(bytes_of(tensors[1]), "wxyz");
  EXPECT_THAT(tensors[2].bytes, IsEmpty());
}

TEST(Safetensors, ReadsAFileWithoutTensors) {
  EXPECT_THAT(parse(hand_made("{}", "")), IsEmpty());
}

TEST(Safetensors, KeepsUnalignedData) {
  const std::string file = hand_made(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                                     R"("b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}})",
                                     "!wxyz");
  const auto tensors = parse(file);
  EXPECT_EQ(tensors[1].bytes.data(), tensors[0].bytes.data() + 1);
  EXPECT_EQ(bytes_of(tensors[1]), "wxyz");
}

TEST(Safetensors, KnowsEveryDtype) {
  struct Expected {
    const char* name;
    DType dtype;
    std::size_t size;
  };
  for (const Expected& expected : {Expected{"BOOL", DType::bool_, 1},
                                   {"U8", DType::u8, 1},
                                   {"I8", DType::i8, 1},
                                   {"I16", DType::i16, 2},
                                   {"U16", DType::u16, 2},
                                   {"I32", DType::i32, 4},
                                   {"U32", DType::u32, 4},
                                   {"I64", DType::i64, 8},
                                   {"U64", DType::u64, 8},
                                   {"F16", DType::f16, 2},
                                   {"BF16", DType::bf16, 2},
                                   {"F32", DType::f32, 4},
                                   {"F64", DType::f64, 8},
                                   {"F8_E4M3", DType::f8_e4m3, 1},
                                   {"F8_E5M2", DType::f8_e5m2, 1}}) {
    const std::string end = std::to_string(3 * expected.size);
    const auto tensors = parse(hand_made(
        std::string(R"({"t":{"dtype":")") + expected.name + R"(","shape":[3],"data_offsets":[0,)" + end + "]}}",
        std::string(3 * expected.size, 'x')));
    EXPECT_EQ(tensors.at(0).dtype, expected.dtype) << expected.name;
    EXPECT_EQ(item_size(expected.dtype), expected.size) << expected.name;
    EXPECT_STREQ(name(expected.dtype), expected.name);
  }
}

TEST(Safetensors, RefusesOtherDtypesByName) {
  for (const char* dtype : {"C64", "F4", "F6_E2M3", "F8_E8M0", "F8_E4M3FNUZ", "Q4", "f32"})
    EXPECT_THAT(
        refusal(hand_made(std::string(R"({"odd one":{"dtype":")") + dtype + R"(","shape":[1],"data_offsets":[0,8]}})",
                          "12345678")),
        AllOf(StartsWith("some.safetensors"), HasSubstr("\"odd one\""), HasSubstr(dtype)));
}

// What is wrong with a file, and the words its refusal must have besides the file's name.
struct Violation {
  const char* about;
  std::string file;
  std::vector<std::string> words;

  friend void PrintTo(const Violation& violation, std::ostream* out) { *out << violation.about; }
};

// A header of one tensor "t" and its data.
std::string one(const std::string& description, std::string_view data) {
  return hand_made(R"({"t":{)" + description + "}}", data);
}

class SafetensorsViolation : public testing::TestWithParam<Violation> {};

TEST_P(SafetensorsViolation, IsRefused) {
  const std::string sentence = refusal(GetParam().file);
  EXPECT_THAT(sentence, StartsWith("some.safetensors"));
  for (const std::string& word : GetParam().words) EXPECT_THAT(sentence, HasSubstr(word));
}

const std::string good_tensor = R"("dtype":"U8","shape":[2],"data_offsets":[0,2])";

INSTANTIATE_TEST_SUITE_P(
    Length, SafetensorsViolation,
    testing::Values(Violation{"empty_file", "", {"0 bytes"}}, Violation{"seven_bytes", "1234567", {"7 bytes"}},
                    Violation{"header_cut_short", hand_made("{}", "").substr(0, 9), {"claims 2 bytes", "after 1"}},
                    Violation{"length_past_the_end", file_with_length(3, "{}", ""), {"claims 3 bytes", "after 2"}},
                    Violation{"length_over_the_limit", file_with_length(100'000'001, "{}", ""), {"at most 100000000"}},
                    Violation{"length_wraps_around",
                              file_with_length(~std::uint64_t{0}, "{}", ""),
                              {"claims 18446744073709551615 bytes"}},
                    Violation{"header_of_no_bytes", hand_made("", "{}"), {"not a JSON object"}}),
    [](const auto& test) { return test.param.about; });

INSTANTIATE_TEST_SUITE_P(
    Header, SafetensorsViolation,
    testing::Values(
        Violation{"a_git_lfs_pointer", "version https://git-lfs.github.com/spec/v1\n", {"safetensors header claims"}},
        Violation{"an_array", hand_made("[]", ""), {"not a JSON object"}},
        Violation{"space_before", hand_made(" {}", ""), {"not a JSON object"}},
        Violation{"nul_after", hand_made(std::string("{}\0x", 4), ""), {"not a JSON object"}},
        Violation{"more_after", hand_made("{} {}", ""), {"not valid JSON near byte 4"}},
        Violation{"unfinished", hand_made(R"({"t":)", ""), {"not valid JSON"}},
        Violation{"broken_utf8", hand_made("{\"\xff\":{}}", ""), {"not valid JSON"}},
        Violation{"deeply_nested", hand_made("{\"t\":" + std::string(1'000'000, '['), ""), {"an array", "\"t\""}},
        Violation{"duplicate_name",
                  hand_made("{\"t\":{" + good_tensor + "},\"t\":{" + good_tensor + "}}", "12"),
                  {"names \"t\" twice"}},
        Violation{"duplicate_name_in_escapes",
                  hand_made("{\"t\":{" + good_tensor + R"(},"\u0074":{)" + good_tensor + "}}", "12"),
                  {"names \"t\" twice"}},
        Violation{"duplicate_field", one(R"("dtype":"U8",)" + good_tensor, "12"), {"\"t\"", "two fields \"dtype\""}},
        Violation{"unknown_field", one(good_tensor + R"(,"order":"F")", "12"), {"\"t\"", "unknown field \"order\""}},
        Violation{"no_dtype", one(R"("shape":[2],"data_offsets":[0,2])", "12"), {"\"t\"", "no dtype"}},
        Violation{"no_shape", one(R"("dtype":"U8","data_offsets":[0,2])", "12"), {"\"t\"", "no shape"}},
        Violation{"no_offsets", one(R"("dtype":"U8","shape":[2])", "12"), {"\"t\"", "no data_offsets"}},
        Violation{"one_offset", one(R"("dtype":"U8","shape":[2],"data_offsets":[0])", "12"), {"1 data_offsets"}},
        Violation{"three_offsets", one(R"("dtype":"U8","shape":[2],"data_offsets":[0,1,2])", "12"), {"3 data_offsets"}},
        Violation{"negative_dimension",
                  one(R"("dtype":"U8","shape":[-2],"data_offsets":[0,2])", "12"),
                  {"negative number in the shape of tensor \"t\""}},
        Violation{"fractional_dimension",
                  one(R"("dtype":"U8","shape":[2.0],"data_offsets":[0,2])", "12"),
                  {"in the shape of tensor \"t\""}},
        Violation{"dimension_over_64_bits",
                  one(R"("dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,2])", "12"),
                  {"not a 64-bit integer in the shape"}},
        Violation{"shape_of_shapes",
                  one(R"("dtype":"U8","shape":[[2]],"data_offsets":[0,2])", "12"),
                  {"an array in the shape"}},
        Violation{"shape_is_a_number",
                  one(R"("dtype":"U8","shape":2,"data_offsets":[0,2])", "12"),
                  {"a number in the shape"}},
        Violation{
            "dtype_is_a_number", one(R"("dtype":8,"shape":[2],"data_offsets":[0,2])", "12"), {"a number in the dtype"}},
        Violation{"dtype_is_an_array",
                  one(R"("dtype":["U8"],"shape":[2],"data_offsets":[0,2])", "12"),
                  {"an array in the dtype"}},
        Violation{"offsets_are_null",
                  one(R"("dtype":"U8","shape":[2],"data_offsets":null)", "12"),
                  {"null in the data_offsets"}},
        Violation{"tensor_is_a_number", hand_made(R"({"t":3})", ""), {"a number where \"t\" is described"}},
        Violation{"metadata_is_a_string", hand_made(R"({"__metadata__":"pt"})", ""), {"a string", "__metadata__"}},
        Violation{"metadata_of_numbers",
                  hand_made(R"({"__metadata__":{"step":3}})", ""),
                  {"a number as __metadata__ \"step\""}},
        Violation{
            "metadata_of_objects", hand_made(R"({"__metadata__":{"a":{}}})", ""), {"an object as __metadata__ \"a\""}}),
    [](const auto& test) { return test.param.about; });

std::string two(const std::string& offsets_of_a, const std::string& offsets_of_b, std::string_view data) {
  return hand_made(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[)" + offsets_of_a +
                       R"(]},"b":{"dtype":"U8","shape":[2],"data_offsets":[)" + offsets_of_b + "]}}",
                   data);
}

INSTANTIATE_TEST_SUITE_P(
    Tiling, SafetensorsViolation,
    testing::Values(
        Violation{"overlap", two("0,2", "1,3", "123"), {"\"b\"", "inside the one before it"}},
        Violation{"same_bytes_twice", two("0,2", "0,2", "12"), {"\"b\"", "inside the one before it"}},
        Violation{"hole", two("0,2", "3,5", "12345"), {"bytes 2 to 3", "\"b\""}},
        Violation{"hole_at_the_start", two("1,3", "3,5", "12345"), {"bytes 0 to 1", "\"a\""}},
        Violation{"data_cut_short", two("0,2", "2,4", "123"), {"cut short", "\"b\"", "byte 4"}},
        Violation{"data_left_over", two("0,2", "2,4", "12345"), {"the last 1 bytes belong to no tensor"}},
        Violation{"data_without_tensors", hand_made("{}", "1"), {"the last 1 bytes belong to no tensor"}},
        Violation{"ends_before_it_begins", two("0,2", "2,1", "12"), {"\"b\"", "before they begin"}},
        Violation{"offset_near_the_64_bit_limit", two("0,2", "2,18446744073709551615", "1234"), {"cut short", "\"b\""}},
        Violation{"fewer_bytes_than_the_shape",
                  one(R"("dtype":"F32","shape":[2],"data_offsets":[0,7])", "1234567"),
                  {"\"t\"", "7 bytes", "need 8"}},
        Violation{"more_bytes_than_the_shape",
                  one(R"("dtype":"U8","shape":[2,0],"data_offsets":[0,2])", "12"),
                  {"\"t\"", "2 bytes", "need 0"}},
        Violation{"shape_product_wraps_to_the_size",
                  one(R"("dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0])", ""),
                  {"\"t\"", "too large"}},
        Violation{"item_size_wraps_to_the_size",
                  one(R"("dtype":"I64","shape":[2305843009213693952],"data_offsets":[0,0])", ""),
                  {"\"t\"", "too large"}},
        Violation{"dimension_over_63_bits",
                  one(R"("dtype":"U8","shape":[0,9223372036854775808],"data_offsets":[0,0])", ""),
                  {"\"t\"", "too large"}}),
    [](const auto& test) { return test.param.about; });

TEST(Safetensors, ShowsHostileNamesInOneShortLine) {
  const std::string tensor = R"(":{"dtype":"U8","shape":[1],"data_offsets":[0,2]}})";
  EXPECT_THAT(refusal(hand_made(R"({"line\nbreak)" + tensor, "12")), HasSubstr(R"("line\nbreak")"));
  EXPECT_LT(refusal(hand_made("{\"" + std::string(100'000, 'n') + tensor, "12")).size(), 400u);
}

TEST(SafetensorsFile, TensorsOutliveTheFileObject) {
  const TemporaryFolder folder;
  const auto path = folder.write("model.safetensors", letters("ab"));
  std::optional<TensorView> kept;
  {
    const auto file = SafetensorsFile::open(path);
    ASSERT_EQ(file.tensors().size(), 2u);
    ASSERT_NE(file.find("b"), nullptr);
    EXPECT_EQ(file.find("c"), nullptr);
    kept = *file.find("b");
  }
  EXPECT_EQ(bytes_of(*kept), "b");
}

TEST(SafetensorsFile, NamesWhatCannotBeOpened) {
  const TemporaryFolder folder;
  const auto refused = [](const std::filesystem::path& path) {
    return complaint([&] { SafetensorsFile::open(path); });
  };
  EXPECT_THAT(refused(folder.path() / "absent.safetensors"),
              AllOf(HasSubstr("absent.safetensors"), HasSubstr("No such file")));
  EXPECT_THAT(refused(folder.path()), HasSubstr("not a regular file"));
  EXPECT_THAT(refused(folder.write("empty.safetensors", "")),
              AllOf(HasSubstr("empty.safetensors"), HasSubstr("0 bytes")));
}

}  // namespace
}  // namespace ocellus::models
