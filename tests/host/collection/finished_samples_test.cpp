#include "host/collection/finished_samples.hpp"

#include <gmock/gmock.h>

#include "tests/support/refusal.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::collection {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FinishedSamples : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& record) const {
    std::filesystem::create_directories(out_ / "samples" / name);
    return test::write_file(out_ / "samples" / name / "sample.json", record);
  }
  // What they say of "number", in the order read.
  std::string read(const std::vector<std::string>& folders) {
    return for_each_finished(out_.path(), folders, "", [&](const std::string& name, run::StoredSample& sample) {
      names_.push_back(name);
      numbers_.push_back(sample.record.at("number").get<int>());
    });
  }

  test::TemporaryFolder out_;
  std::vector<std::string> names_;
  std::vector<int> numbers_;
};

TEST_F(FinishedSamples, AreReadInTheOrderGiven) {
  write("a", R"({"model": "m", "number": 1})");
  write("b", R"({"model": "m", "number": 2})");
  EXPECT_EQ(read({"b", "a"}), "m");
  EXPECT_THAT(names_, ElementsAre("b", "a"));
  EXPECT_THAT(numbers_, ElementsAre(2, 1));
  EXPECT_EQ(read({}), "");
}

TEST_F(FinishedSamples, ThatAreNotAsThisProgramWritesThemAreNamed) {
  for (const char* record : {R"({"model": "m"})", R"({"model": "m", "number": "one"})", R"({"number": 1})"}) {
    const std::string file = write("a", record).string();
    const test::Refusal refusal = test::refusal_of([&] { read({"a"}); });
    EXPECT_EQ(refusal.status, OC_E_MODEL) << record;
    EXPECT_THAT(refusal.sentence, HasSubstr(file + " is not as this program writes it: ")) << record;
  }
}

}  // namespace
}  // namespace ocellus::collection
