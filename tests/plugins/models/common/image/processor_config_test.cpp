#include "plugins/models/common/image/processor_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ocellus/sdk/error.hpp>
#include <string>

namespace ocellus::models {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

PixelLimits limits(const std::string& json) {
  return parse_processor_config(json, "config").limits;
}

template <class Call>
std::string complaint(Call call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), OC_E_MODEL);
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

std::string refusal(const std::string& json) {
  return complaint([&] { parse_processor_config(json, "some.json"); });
}

TEST(ProcessorConfig, DefaultsAreThoseOfTheClass) {
  const auto processor = parse_processor_config("{}", "config");
  EXPECT_EQ(processor.limits, (PixelLimits{3136, 1003520}));
  EXPECT_THAT(processor.mean, ElementsAre(0.48145466f, 0.4578275f, 0.40821073f));
  EXPECT_THAT(processor.deviation, ElementsAre(0.26862954f, 0.26130258f, 0.27577711f));
  EXPECT_EQ(processor.rescale_factor, 1.0 / 255.0);
  EXPECT_EQ(processor.patch_size, 14);
  EXPECT_EQ(processor.temporal_patch_size, 2);
  EXPECT_EQ(processor.merge_size, 2);
  EXPECT_EQ(processor.factor(), 28);
  EXPECT_TRUE(processor.resize && processor.rescale && processor.normalize);
}

TEST(ProcessorConfig, ReadsPixelLimitsInThreeSpellings) {
  EXPECT_EQ(limits(R"({"min_pixels":1,"max_pixels":2})"), (PixelLimits{1, 2}));
  EXPECT_EQ(limits(R"({"size":{"min_pixels":1,"max_pixels":2}})"), (PixelLimits{1, 2}));
  EXPECT_EQ(limits(R"({"size":{"shortest_edge":1,"longest_edge":2}})"), (PixelLimits{1, 2}));
}

TEST(ProcessorConfig, TopLevelPixelLimitsWin) {
  EXPECT_EQ(limits(R"({"min_pixels":1,"size":{"shortest_edge":5,"longest_edge":6}})"), (PixelLimits{1, 6}));
  EXPECT_EQ(limits(R"({"max_pixels":2,"size":{"min_pixels":5,"max_pixels":6}})"), (PixelLimits{5, 2}));
  EXPECT_EQ(limits(R"({"min_pixels":null,"max_pixels":null,"size":{"shortest_edge":5,"longest_edge":6}})"),
            (PixelLimits{5, 6}));
  EXPECT_EQ(limits(R"({"max_pixels":12845056})"), (PixelLimits{3136, 12845056}));
}

TEST(ProcessorConfig, ReadsEveryField) {
  const auto processor = parse_processor_config(
      R"({"image_processor_type":"Qwen2VLImageProcessorFast","patch_size":16,"temporal_patch_size":1,"merge_size":3,
          "image_mean":[0,1,2],"image_std":0.5,"rescale_factor":1,"resample":3,"crop_size":null,
          "do_resize":false,"do_rescale":false,"do_normalize":false,"do_convert_rgb":true})",
      "config");
  EXPECT_THAT(processor.mean, ElementsAre(0.f, 1.f, 2.f));
  EXPECT_THAT(processor.deviation, ElementsAre(0.5f, 0.5f, 0.5f));
  EXPECT_EQ(processor.rescale_factor, 1.0);
  EXPECT_EQ(processor.patch_size, 16);
  EXPECT_EQ(processor.temporal_patch_size, 1);
  EXPECT_EQ(processor.merge_size, 3);
  EXPECT_FALSE(processor.resize || processor.rescale || processor.normalize);
}

TEST(ProcessorConfig, RefusesOtherProcessorsByName) {
  EXPECT_NO_THROW(parse_processor_config(R"({"image_processor_type":"Qwen2VLImageProcessor"})", "config"));
  EXPECT_THAT(refusal(R"({"image_processor_type":"CLIPImageProcessor"})"),
              AllOf(StartsWith("some.json"), HasSubstr("\"CLIPImageProcessor\""), HasSubstr("not supported")));
  EXPECT_THAT(refusal(R"({"image_processor_type":7})"), HasSubstr("image_processor_type 7"));
}

TEST(ProcessorConfig, NamesTheFieldThatIsWrong) {
  EXPECT_THAT(refusal(R"({"resample":2})"), AllOf(StartsWith("some.json: resample"), HasSubstr("bicubic")));
  EXPECT_THAT(refusal(R"({"do_convert_rgb":false})"), HasSubstr("do_convert_rgb must be true"));
  EXPECT_THAT(refusal(R"({"do_resize":1})"), HasSubstr("do_resize must be true or false"));
  EXPECT_THAT(refusal(R"({"size":28})"), HasSubstr("size must be an object"));
  EXPECT_THAT(refusal(R"({"size":{"longest_edge":0}})"), HasSubstr("size.longest_edge must be a whole number from 1"));
  EXPECT_THAT(refusal(R"({"min_pixels":-1})"), HasSubstr("min_pixels must be a whole number"));
  EXPECT_THAT(refusal(R"({"max_pixels":18446744073709551615})"), HasSubstr("max_pixels must be a whole number"));
  EXPECT_THAT(refusal(R"({"patch_size":0})"), HasSubstr("patch_size must be a whole number from 1 to 256"));
  EXPECT_THAT(refusal(R"({"merge_size":257})"), HasSubstr("merge_size must be a whole number from 1 to 256"));
  EXPECT_THAT(refusal(R"({"temporal_patch_size":"2"})"), HasSubstr("temporal_patch_size must be a whole number"));
  EXPECT_THAT(refusal(R"({"image_mean":[1,2]})"), HasSubstr("image_mean must be a list of 3 numbers"));
  EXPECT_THAT(refusal(R"({"image_mean":[1,2,"3"]})"), HasSubstr("image_mean must be a number"));
  EXPECT_THAT(refusal(R"({"image_std":[1,0,1]})"), HasSubstr("image_std must be other than 0"));
  EXPECT_THAT(refusal(R"({"rescale_factor":1e300})"), HasSubstr("rescale_factor must be a number"));
}

TEST(ProcessorConfig, RefusesWhatIsNoObject) {
  for (const char* json : {"", "[]", "{", "{}}", "null"}) EXPECT_THAT(refusal(json), HasSubstr("not a JSON object"));
}

TEST(ProcessorConfig, NamesTheMissingFile) {
  EXPECT_THAT(complaint([] { read_processor_config(OCELLUS_TEST_DATA "/image"); }),
              AllOf(HasSubstr("image/preprocessor_config.json"), HasSubstr("cannot be opened")));
}

}  // namespace
}  // namespace ocellus::models
