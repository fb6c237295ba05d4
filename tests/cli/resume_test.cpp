// Promise 8: whatever ends a run, the same command goes on where it stopped and the result is that of a run that
// nothing disturbed.
#include <fmt/format.h>

#include <algorithm>

#include "tests/cli/model_folder.hpp"
#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

class Resume : public Program {
 protected:
  Words words(const std::string& out) const {
    return run_words(out) + Words{"--image",          image("small.png"),
                                  "--image",          image("landscape.png"),
                                  "--prompt",         "Why?",
                                  "--prompt",         "How?",
                                  "--max-new-tokens", "3",
                                  "--method",         "raw-attention:layers=all",
                                  "--render",         "overlay:dpi=50"};
  }
  Outcome run_with_fault(const std::string& out, const std::string& fault) const {
    Command faulty = command(words(out));
    faulty.environment["LD_PRELOAD"] = OCELLUS_FAULTS;
    faulty.environment["OCELLUS_FAULT"] = fault;
    faulty.environment["OCELLUS_FAULT_UNDER"] = "/" + out + "/";
    return Process(faulty).wait(std::chrono::minutes(5));
  }
  std::map<std::string, std::string> results(const std::string& out) const {
    return contents_of(scratch / out / "samples");
  }
};

TEST_F(Resume, AfterAKillAtAnyRenameNothingIsLostOrDifferent) {
  ASSERT_EQ(ocellus(words("whole")).exit_code, 0);
  const auto whole = results("whole");
  ASSERT_EQ(whole.size(), 4u * (1 + 3 + 1));
  for (const char* fault : {"kill-before-rename", "kill-after-rename"}) {
    for (int n = 1; n <= 19; n += 2) {
      const std::string out = fmt::format("{}-{}", fault, n);
      const Outcome killed = run_with_fault(out, fmt::format("{}:{}", fault, n));
      ASSERT_EQ(killed.signal, SIGKILL) << killed.err;
      for (const auto& [name, bytes] : results(out)) {
        ASSERT_TRUE(whole.contains(name)) << name;
        EXPECT_TRUE(whole.at(name) == bytes) << name << " is not whole after " << out;
      }
      const Outcome again = ocellus(words(out));
      ASSERT_EQ(again.exit_code, 0) << again.err;
      EXPECT_TRUE(results(out) == whole) << out;
      EXPECT_EQ(read_json(scratch / out / "run.json")["complete"], true);
    }
  }
}

TEST_F(Resume, AFullDiskIsSaidAndWhatWasFinishedStays) {
  ASSERT_EQ(ocellus(words("whole")).exit_code, 0);
  const auto whole = results("whole");
  uintmax_t bytes = 0;
  for (const auto& [name, content] : whole) bytes += content.size();
  for (const uintmax_t room : {uintmax_t{0}, uintmax_t{3000}, bytes / 2, bytes - 100}) {
    const std::string out = fmt::format("full-{}", room);
    const Outcome full = run_with_fault(out, fmt::format("disk-full:{}", room));
    EXPECT_EQ(full.exit_code, 6);
    EXPECT_THAT(full.err, testing::AllOf(testing::StartsWith("ocellus: "), testing::HasSubstr("writ")));
    EXPECT_EQ(std::count(full.err.begin(), full.err.end(), '\n'), 1) << full.err;
    for (const auto& [name, content] : results(out)) {
      ASSERT_TRUE(whole.contains(name)) << name;
      EXPECT_TRUE(whole.at(name) == content) << name;
    }
    const Outcome again = ocellus(words(out));
    ASSERT_EQ(again.exit_code, 0) << again.err;
    EXPECT_TRUE(results(out) == whole) << out;
  }
}

TEST_F(Resume, FinishedSamplesAreKeptAndToldAgain) {
  const Outcome first = ocellus(words("out"));
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const auto stamp = std::filesystem::last_write_time(sample("out", "small-0") / "sample.json");
  const Outcome second = ocellus(words("out"));
  EXPECT_EQ(second.exit_code, 0);
  EXPECT_EQ(second.out, first.out);
  EXPECT_EQ(std::filesystem::last_write_time(sample("out", "small-0") / "sample.json"), stamp);
}

TEST_F(Resume, WhatDecidesTheResultDecidesAboutKeeping) {
  std::filesystem::copy_file(image("small.png"), scratch / "picture.png");
  const Words request =
      run_words("out") + Words{"--image", "picture.png", "--prompt", "Why?", "--method", "raw-attention"};
  const auto ran = [&] {
    const auto file = sample("out", "picture-0") / "sample.json";
    const auto before = std::filesystem::exists(file) ? std::filesystem::last_write_time(file)
                                                      : decltype(std::filesystem::last_write_time(file)){};
    const Outcome outcome = ocellus(request);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return std::filesystem::last_write_time(file) != before;
  };
  EXPECT_TRUE(ran());
  EXPECT_FALSE(ran());
  std::filesystem::copy_file(image("landscape.png"), scratch / "picture.png",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_TRUE(ran()) << "another picture of the same name";
  std::filesystem::remove(sample("out", "picture-0") / "raw-attention.npz");
  EXPECT_TRUE(ran()) << "an artifact is gone";
  EXPECT_FALSE(ran());
}

TEST_F(Resume, AnotherModelOfTheSameNameRunsAgain) {
  copy_model("base", scratch / "model");
  const Words request = run_words("out", scratch / "model") +
                        Words{"--image", image("small.png"), "--prompt", "Why?", "--method", "raw-attention"};
  ASSERT_EQ(ocellus(request).exit_code, 0);
  const std::string key = read_json(sample("out", "small-0") / "sample.json")["key"];
  edit_json(scratch / "model/generation_config.json",
            [](nlohmann::json& content) { content["repetition_penalty"] = 1.5; });
  ASSERT_EQ(ocellus(request).exit_code, 0);
  EXPECT_NE(read_json(sample("out", "small-0") / "sample.json")["key"], key);
}

TEST_F(Resume, AFailedSampleIsTriedAgain) {
  const Words request =
      run_words("out") + Words{"--image", "late.png", "--prompt", "Why?", "--method", "raw-attention"};
  EXPECT_EQ(ocellus(request).exit_code, 1);
  std::filesystem::copy_file(image("small.png"), scratch / "late.png");
  EXPECT_EQ(ocellus(request).exit_code, 0);
  EXPECT_EQ(read_json(sample("out", "late-0") / "sample.json")["status"], "ok");
}

}  // namespace
}  // namespace ocellus::test
