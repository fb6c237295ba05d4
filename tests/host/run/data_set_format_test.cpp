#include "host/run/data_set_format.hpp"

#include <gtest/gtest.h>

#include "tests/support/refusal.hpp"

namespace ocellus::run {
namespace {

using nlohmann::ordered_json;
using test::Refusal;
using test::refusal_of;

std::string form_of(const char* entry) {
  return recognise_format(ordered_json::parse(entry)).name;
}

TEST(DataSetFormat, IsToldByItsFields) {
  EXPECT_EQ(form_of(R"({"question_id":"a/b.jpg","question":"x","answer":"Yes","category":"c","image_file":"0.png"})"),
            "MME questions");
  EXPECT_EQ(form_of(R"({"question_id":3,"image":"a.jpg","text":"x","category":"c"})"), "LLaVA questions");
  EXPECT_EQ(form_of(R"({"id":"a","image":"a.jpg","conversations":[]})"), "LLaVA conversations");
  EXPECT_EQ(form_of(R"({"id":"a","image":["a.jpg"],"problem":"x","solution":"y"})"), "Reason-RFT problems");
}

TEST(DataSetFormat, AnythingElseIsTheGeneralForm) {
  for (const char* entry :
       {"{}", R"({"prompt":"x","image":"a.png"})", R"({"problem":"x"})", R"({"text":"x","image":"a.png"})",
        R"({"question":"x","image":"a.png"})", R"({"question":"x","image_file":null})", R"({"messages":[]})"}) {
    EXPECT_EQ(form_of(entry), "") << entry;
  }
}

TEST(DataSetFormat, TheOthersMustHaveItToo) {
  const DataSetFormat& mme = recognise_format(ordered_json::parse(R"({"question":"x","image_file":"0.png"})"));
  expect_format(mme, ordered_json::parse(R"({"question":"y","image_file":"1.png","more":1})"));
  EXPECT_EQ(refusal_of([&] { expect_format(mme, ordered_json::parse(R"({"image_file":"1.png","question":null})")); }),
            (Refusal{OC_E_MODEL,
                     "there is no question: by its first entry this file holds MME questions, which all "
                     "have question and image_file"}));
  expect_format(recognise_format(ordered_json::object()), ordered_json::object());
}

}  // namespace
}  // namespace ocellus::run
