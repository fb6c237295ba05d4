#include "host/store/json_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <ocellus/sdk/error.hpp>

namespace ocellus::store {
namespace {

using nlohmann::ordered_json;

TEST(JsonText, KeepsTheOrderOfKeysAndIndentsByTwo) {
  const ordered_json json{{"z", 1}, {"a", {1.5, "x"}}};
  EXPECT_EQ(json_text(json), "{\n  \"z\": 1,\n  \"a\": [\n    1.5,\n    \"x\"\n  ]\n}\n");
  EXPECT_EQ(json_line(json), R"({"z":1,"a":[1.5,"x"]})");
}

TEST(JsonText, WritesNumbersThatReadBackAsTheyWere) {
  for (const double value : {0.1, 1.0 / 3, static_cast<double>(0.1F), 1e300, 5e-324, -0.0, 123456789.125}) {
    const double back = ordered_json::parse(json_line(value)).get<double>();
    EXPECT_EQ(std::signbit(back), std::signbit(value));
    EXPECT_EQ(back, value);
  }
}

TEST(JsonText, RefusesNumbersThatJsonCannotSay) {
  for (const double value : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    try {
      json_text({{"maps", {{{"max", value}}}}});
      FAIL() << "was written";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr("'/maps/0/max'"));
    }
  }
}

TEST(JsonText, SaysNullWhereANumberIsNotFinite) {
  EXPECT_EQ(number_or_null(0.5), 0.5);
  for (const double value : {std::nan(""), -std::numeric_limits<double>::infinity()})
    EXPECT_TRUE(number_or_null(value).is_null());
}

TEST(JsonText, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(json_line("a\xff"
                      "b\xc3"),
            "\"a\xef\xbf\xbd"
            "b\xef\xbf\xbd\"");
}

TEST(JsonText, TellsWhatAReaderFinds) {
  EXPECT_EQ(text_from_json("two \"lines\"\nof \xE2\x82\xAC"), "two \"lines\"\nof \xE2\x82\xAC");
  EXPECT_EQ(text_from_json("a \xB0!"), "a \xEF\xBF\xBD!");
}

}  // namespace
}  // namespace ocellus::store
