#include "plugins/models/common/sentencepiece/model_file.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <limits>

#include "tests/plugins/models/common/sentencepiece/hand_made.hpp"
#include "tests/plugins/models/common/weights/hand_made.hpp"
#include "tests/support/npy.hpp"

namespace ocellus::models {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using Kind = SentencePiece::Kind;

std::string refusal(const std::string& file) {
  const std::string sentence = complaint([&] { parse_sentencepiece_model(file, "tokenizer.model"); });
  EXPECT_THAT(sentence, StartsWith("tokenizer.model"));
  return sentence;
}

TEST(SentencePieceModel, HoldsPiecesAndSettings) {
  const auto model =
      parse_sentencepiece_model(model_file({{"a", -1.5, Kind::user_defined}}, "", number_field(3, 0)), "");
  ASSERT_EQ(model.pieces.size(), 4u);
  EXPECT_EQ(model.pieces[0].kind, Kind::unknown);
  EXPECT_EQ(model.pieces[3].text, "a");
  EXPECT_EQ(model.pieces[3].score, -1.5f);
  EXPECT_EQ(model.pieces[3].kind, Kind::user_defined);
  EXPECT_FALSE(model.byte_fallback);
  EXPECT_FALSE(model.add_dummy_prefix);
  EXPECT_TRUE(parse_sentencepiece_model(model_file({}), "").add_dummy_prefix);
}

TEST(SentencePieceModel, PassesOverFieldsItDoesNotNeed) {
  const std::string more = number_field(99, 1) + bytes_field(98, "text") + varint(97 << 3 | 1) + std::string(8, 'x');
  EXPECT_EQ(parse_sentencepiece_model(model_file({}, more) + more, "").pieces.size(), 3u);
}

TEST(SentencePieceModel, RefusesOtherModels) {
  EXPECT_THAT(refusal(model_file({}, number_field(3, 1))), HasSubstr("is Unigram"));
  EXPECT_THAT(refusal(model_file({}, number_field(3, 77))), HasSubstr("of no type"));
  EXPECT_THAT(refusal(model_file({}, number_field(24, 1))), HasSubstr("suffix"));
  EXPECT_THAT(refusal(model_file({}, "", bytes_field(1, "nfkc") + bytes_field(2, "rules"))),
              AllOf(HasSubstr("'nfkc'"), HasSubstr("only identity")));
  EXPECT_THAT(refusal(model_file({}, "", number_field(4, 1))), HasSubstr("extra white space"));
  EXPECT_THAT(refusal(model_file({}, "", number_field(5, 0))), HasSubstr("not escaped"));
  EXPECT_THAT(refusal(model_file({}) + bytes_field(5, bytes_field(2, "rules"))), HasSubstr("decoded text"));
}

TEST(SentencePieceModel, RefusesOtherModelsOfTheReference) {
  const std::filesystem::path data = std::filesystem::path(OCELLUS_TEST_DATA) / "sentencepiece";
  const auto refused = [&](const std::string& name) {
    return refusal(test::npy_detail::read_file(data / ("refused_" + name + ".model")));
  };
  EXPECT_THAT(refused("unigram"), HasSubstr("Unigram"));
  EXPECT_THAT(refused("nmt"), HasSubstr("'nmt_nfkc'"));
  EXPECT_THAT(refused("extra_spaces"), HasSubstr("extra white space"));
  EXPECT_THAT(refused("suffix"), HasSubstr("suffix"));
}

TEST(SentencePieceModel, RefusesPiecesThatCannotBe) {
  EXPECT_THAT(refusal(""), HasSubstr("no pieces"));
  EXPECT_THAT(refusal(model_file({{"", 0, Kind::normal}})), HasSubstr("empty or not UTF-8"));
  EXPECT_THAT(refusal(model_file({{"\xff", 0, Kind::normal}})), HasSubstr("empty or not UTF-8"));
  EXPECT_THAT(refusal(model_file({{"a", 0, Kind::normal}, {"a", 0, Kind::unused}})), HasSubstr("'a' comes twice"));
  EXPECT_THAT(refusal(model_file({{"a", 0, Kind::unknown}})), HasSubstr("2 unknown pieces"));
  EXPECT_THAT(refusal(model_file({{"a", std::numeric_limits<float>::quiet_NaN(), Kind::normal}})),
              HasSubstr("not finite"));
  EXPECT_THAT(refusal(model_file({{"a", 0, static_cast<Kind>(7)}})), HasSubstr("unknown type 7"));
  EXPECT_THAT(refusal(model_file({}, number_field(35, 1))), HasSubstr("'<0x00>' is missing"));
  EXPECT_THAT(refusal(model_file({{"<0x00>", 0, Kind::byte}})), HasSubstr("stand for no byte"));
}

TEST(SentencePieceModel, RefusesAMalformedFile) {
  const std::string whole = model_file({{"a", 0, Kind::normal}}, "", "");
  for (std::size_t size = 0; size < whole.size(); ++size) refusal(whole.substr(0, size));
  EXPECT_THAT(refusal(whole + "\x0b"), HasSubstr("malformed"));                      // a group
  EXPECT_THAT(refusal(whole + std::string("\0\0", 2)), HasSubstr("malformed"));      // field 0
  EXPECT_THAT(refusal(whole + std::string(11, '\xff')), HasSubstr("malformed"));     // a number without end
  EXPECT_THAT(refusal(whole + "\x0a\xff\xff\xff\xff\x0f"), HasSubstr("malformed"));  // longer than the file
}

}  // namespace
}  // namespace ocellus::models
