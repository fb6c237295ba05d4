// A run in shards through the program: whatever their number, and however often they were killed, what is merged is
// what a run in one piece leaves.
#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "tests/cli/program.hpp"

namespace ocellus::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class Shards : public Program {
 protected:
  // Six samples that work, one whose picture is gone, in three categories; one with a known box. No two are about the
  // same picture, but s0 and s6.
  void SetUp() override {
    const char* pictures[] = {"small.png", "landscape.png", "gone.png", "portrait.png", "turned.jpg", "noise.png"};
    std::string lines;
    for (int i = 0; i < 7; ++i) {
      json entry{{"id", fmt::format("s{}", i)},
                 {"image", pictures[i % 6]},
                 {"question", fmt::format("Is it {}?", i)},
                 {"category", fmt::format("c{}", i / 3)}};
      if (i == 1) entry["box"] = {0, 0, 20, 20};
      lines += entry.dump() + "\n";
    }
    write_file(scratch / "set.jsonl", lines);
  }

  Words request(const std::string& out) const {
    return run_words(out) + Words{"--dataset",   "set.jsonl",
                                  "--image-dir", (fixtures / "images").string(),
                                  "--method",    "head-stats",
                                  "--method",    "raw-attention:layers=1",
                                  "--render",    "overlay:dpi=50",
                                  "--render",    "histogram:of=overall,dpi=50",
                                  "--render",    "export:format=csv,names=mme"};
  }
  Words shard(const std::string& out, int index, int count) const {
    return request(out) + Words{"--shard", fmt::format("{}/{}", index, count)};
  }
  void run_shards(const std::string& out, int count) const {
    for (int index = count; index > 0; --index) {
      const Outcome outcome = ocellus(shard(out, index, count));
      const bool has_the_failure = 2 % count + 1 == index;
      ASSERT_EQ(outcome.exit_code, has_the_failure ? 1 : 0) << outcome.err;
    }
  }
  Outcome merge(const std::string& out) const { return ocellus({"merge", (scratch / out).string()}); }
  Outcome with_fault(Words words, const std::string& out, const std::string& fault) const {
    Command faulty = command(std::move(words));
    faulty.environment["LD_PRELOAD"] = OCELLUS_FAULTS;
    faulty.environment["OCELLUS_FAULT"] = fault;
    faulty.environment["OCELLUS_FAULT_UNDER"] = "/" + out + "/";
    return Process(faulty).wait(std::chrono::minutes(5));
  }
  Outcome with_environment(const Words& words, const std::map<std::string, std::string>& variables) const {
    Command started = command(words);
    started.environment.insert(variables.begin(), variables.end());
    return Process(started).wait(std::chrono::minutes(5));
  }

  // All files but what tells of the run as a whole, and of that what does not tell of time, memory and shards.
  std::map<std::string, std::string> results(const std::string& out) const {
    std::map<std::string, std::string> files = contents_of(scratch / out);
    std::erase_if(files, [](const auto& file) { return file.first.starts_with("run."); });
    json record = read_json(scratch / out / "run.json");
    for (const char* key : {"timings", "peak_memory_bytes", "shards"}) record.erase(key);
    files["run.json"] = record.dump(1);
    return files;
  }
  void expect_like_whole(const std::string& out) const {
    const auto whole = results("whole/out"), joined = results(out);
    for (const auto& [name, bytes] : whole) {
      ASSERT_TRUE(joined.contains(name)) << out << " lacks " << name;
      EXPECT_TRUE(joined.at(name) == bytes) << out << ": " << name << " differs";
    }
    EXPECT_EQ(joined.size(), whole.size()) << out;
  }
  Outcome run_whole() const {
    const Outcome outcome = ocellus(request("whole/out"));
    EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
    return outcome;
  }
};

TEST_F(Shards, OneTwoAndFiveMergeToTheBytesOfARunInOnePiece) {
  const Outcome whole = run_whole();
  ASSERT_EQ(ocellus(shard("1/out", 1, 1)).exit_code, 1);
  EXPECT_FALSE(std::filesystem::exists(scratch / "1/out/run.samples.json"));
  expect_like_whole("1/out");
  for (const int count : {2, 5, 9}) {
    const std::string out = fmt::format("{}/out", count);
    ASSERT_NO_FATAL_FAILURE(run_shards(out, count));
    EXPECT_FALSE(std::filesystem::exists(scratch / out / "collection"));
    EXPECT_FALSE(std::filesystem::exists(scratch / out / "run.json"));
    const Outcome merged = merge(out);
    EXPECT_EQ(merged.exit_code, 1) << merged.err;
    EXPECT_THAT(merged.err, HasSubstr("1 of 7 samples failed:\n  s2: picture"));
    EXPECT_THAT(merged.out, HasSubstr("Does the map point at the known box?"));
    expect_like_whole(out);
    const json record = read_json(scratch / out / "run.json");
    EXPECT_EQ(record["complete"], false);
    EXPECT_EQ(record["shards"].size(), static_cast<size_t>(count));
    EXPECT_EQ(record["timings"]["samples"].size(), 6u);
    EXPECT_EQ(record["timings"]["samples"][0]["sample"], "s0");
  }
  // Merging again changes nothing; the shards may go on, and are merged anew.
  EXPECT_EQ(merge("2/out").exit_code, 1);
  expect_like_whole("2/out");
  EXPECT_EQ(ocellus(shard("2/out", 2, 2)).exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(scratch / "2/out/run.json"));
  EXPECT_EQ(merge("2/out").exit_code, 1);
  expect_like_whole("2/out");
}

TEST_F(Shards, EachTakesEveryNthSampleAndSaysSo) {
  const Outcome outcome = ocellus(shard("out", 3, 3) + Words{"--json"});
  EXPECT_EQ(outcome.exit_code, 1);  // s2
  EXPECT_THAT(outcome.err, HasSubstr("shard 3/3, by --shard: 2 of 7 samples\n"));
  std::vector<std::string> told;
  for (const json& line : parse_lines(outcome.out)) told.push_back(line["sample"]);
  EXPECT_EQ(told, (std::vector<std::string>{"s2", "s5"}));
  const json record = read_json(scratch / "out/run.shard-3-of-3.json");
  EXPECT_EQ(record["shard"], (json{{"index", 3}, {"count", 3}, {"origin", "--shard"}}));
  EXPECT_EQ(record["counts"], (json{{"samples", 2}, {"finished", 1}, {"failed", 1}}));
  const Outcome planned = ocellus(shard("out", 3, 3) + Words{"--dry-run", "--limit", "3"});
  EXPECT_EQ(planned.exit_code, 1);
  EXPECT_THAT(planned.err, HasSubstr("1 of 3 samples"));
}

TEST_F(Shards, WhatIsMissingIsNamed) {
  expect_refusal(merge("out"), 3, {"holds no shards"});
  ASSERT_EQ(ocellus(shard("out", 1, 3)).exit_code, 0);  // s0 s3 s6
  const Outcome killed = with_fault(shard("out", 2, 3), "out/samples/s4", "kill-before-rename:1");
  ASSERT_EQ(killed.signal, SIGKILL) << killed.err;
  Outcome outcome = ocellus({"merge", "--json", (scratch / "out").string()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err,
            "shard 2/3 is not finished:\n  s4\nshard 3/3 has not begun:\n  s2\n  s5\n"
            "3 of 7 samples are missing: start shards 2/3, 3/3 again, then merge\n");
  const json lines = parse_lines(outcome.out);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0], (json{{"sample", "s4"}, {"status", "missing"}, {"shard", "2/3"}}));
  EXPECT_FALSE(std::filesystem::exists(scratch / "out/run.json"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "out/collection"));

  EXPECT_EQ(ocellus(shard("out", 2, 3)).exit_code, 0);
  EXPECT_EQ(ocellus(shard("out", 3, 3)).exit_code, 1);
  std::filesystem::remove(sample("out", "s6") / "head-stats.npz");
  outcome = merge("out");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("shard 1/3 is not finished:\n  s6\n"));
}

TEST_F(Shards, AKillAtAnyRenameOfAShardOrTheMergeLosesNothing) {
  run_whole();
  // A shard of s0, s2, s4, s6: list, run.yaml, its record, then files and record of each sample, its record again.
  for (const char* fault : {"kill-before-rename", "kill-after-rename"}) {
    for (const int n : {1, 2, 3, 4, 8, 9, 13, 14}) {
      const std::string name = fmt::format("{}-{}", fault, n), out = name + "/out";
      ASSERT_EQ(ocellus(shard(out, 2, 2)).exit_code, 0);
      const Outcome killed = with_fault(shard(out, 1, 2), name, fmt::format("{}:{}", fault, n));
      ASSERT_EQ(killed.signal, SIGKILL) << killed.err;
      const Outcome early = merge(out);
      EXPECT_EQ(early.exit_code, 1);
      EXPECT_THAT(early.err, HasSubstr("shard 1/2 ")) << out;
      const Outcome again = ocellus(shard(out, 1, 2));
      ASSERT_EQ(again.exit_code, 1) << again.err;
      const Outcome half = with_fault({"merge", (scratch / out).string()}, name, fmt::format("{}:{}", fault, n));
      ASSERT_EQ(half.signal, SIGKILL) << half.err;
      ASSERT_EQ(merge(out).exit_code, 1) << out;
      expect_like_whole(out);
      for (const std::string& file : files_in(scratch / out)) EXPECT_THAT(file, ::testing::Not(HasSubstr(".tmp-")));
    }
  }
}

TEST_F(Shards, FoldersOfTheirOwnAreJoinedInAnother) {
  run_whole();
  for (int index = 1; index <= 3; ++index) ocellus(shard(fmt::format("part{}", index), index, 3));
  const auto part = [&](int index) { return (scratch / fmt::format("part{}", index)).string(); };
  const Words words{"merge", part(1), part(2), part(3)};
  expect_refusal(ocellus(words), 2, {"--out"});
  const Words join = words + Words{"--out", (scratch / "joined/out").string()};
  const Outcome lacking = ocellus({"merge", part(1), part(3), "--out", (scratch / "joined/out").string()});
  EXPECT_EQ(lacking.exit_code, 1);
  EXPECT_THAT(lacking.err, HasSubstr("shard 2/3 has not begun:\n  s1\n  s4\n"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "joined"));
  const Outcome killed = with_fault(join, "joined/out", "kill-before-rename:9");
  ASSERT_EQ(killed.signal, SIGKILL) << killed.err;
  EXPECT_EQ(ocellus(join).exit_code, 1);
  expect_like_whole("joined/out");
  EXPECT_EQ(merge("joined/out").exit_code, 1) << "it holds all shards now";
  expect_like_whole("joined/out");
}

TEST_F(Shards, OfDifferentRunsAreNotMixed) {
  ASSERT_EQ(ocellus(shard("out", 2, 2)).exit_code, 0);
  const Words other{"--max-pixels", "100000"};
  expect_refusal(ocellus(shard("out", 1, 2) + other), 2, {"another request"});
  expect_refusal(ocellus(shard("out", 1, 3)), 2, {"2 shards", "--shard I/2"});
  expect_refusal(ocellus(request("out")), 2, {"2 shards", "merge", "--fresh"});
  expect_refusal(ocellus(shard("out", 1, 2) + Words{"--fresh"}), 2, {"--fresh", "other shards"});
  EXPECT_TRUE(std::filesystem::exists(scratch / "out/run.shard-2-of-2.json"));

  const std::string out = (scratch / "out").string(), elsewhere = (scratch / "other").string();
  const Words join{"merge", out, elsewhere, "--out", (scratch / "joined").string()};
  ocellus(shard("other", 1, 2) + other);
  expect_refusal(ocellus(join), 2, {"not of one run", "'max_pixels'"});
  std::filesystem::remove_all(elsewhere);
  ocellus(shard("other", 1, 3));
  expect_refusal(ocellus(join), 2, {"not of one run", "number of shards"});
  std::filesystem::remove_all(elsewhere);
  write_file(scratch / "set.jsonl", read_file(scratch / "set.jsonl") + R"({"id": "late", "question": "Why?"})");
  ocellus(shard("other", 1, 2));
  expect_refusal(ocellus(join), 2, {"not of one run", "samples"});
  expect_refusal(ocellus(shard("out", 1, 2)), 2, {"the data set was changed"});
  EXPECT_FALSE(std::filesystem::exists(scratch / "joined"));

  ASSERT_EQ(ocellus(request("out") + Words{"--fresh"}).exit_code, 1);
  expect_refusal(merge("out"), 3, {"not in shards"});
}

TEST_F(Shards, ABrokenRecordIsNamed) {
  run_shards("out", 2);
  const auto record = scratch / "out/run.shard-2-of-2.json";
  const std::string before = read_file(record);
  write_file(record, "half");
  expect_refusal(merge("out"), 3, {"run.shard-2-of-2.json"});
  std::string changed = before;
  write_file(record, changed.replace(changed.find("\"timings\""), 9, "\"time\""));
  expect_refusal(merge("out"), 3, {"run its shard again"});
  write_file(record, before);
  write_file(scratch / "out/run.samples.json", R"({"samples": [{"folder": 1}]})");
  expect_refusal(merge("out"), 3, {"run.samples.json"});
}

TEST_F(Shards, LaunchersSayWhichShardAProcessIs) {
  run_whole();
  const auto ran = [&](const std::string& out, const std::map<std::string, std::string>& variables) {
    const Outcome outcome = with_environment(request(out), variables);
    // One that failed a sample, too: mpirun and torchrun would stop the others.
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.err;
  };
  EXPECT_THAT(ran("env/out", {{"RANK", "0"}, {"WORLD_SIZE", "3"}}),
              HasSubstr("shard 1/3, by torchrun (RANK=0, WORLD_SIZE=3): 3 of 7 samples"));
  EXPECT_THAT(ran("env/out", {{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "3"}}), HasSubstr("shard 2/3"));
  EXPECT_THAT(ran("env/out", {{"SLURM_PROCID", "2"}, {"SLURM_NTASKS", "3"}}), HasSubstr("shard 3/3"));
  EXPECT_EQ(read_json(scratch / "env/out/run.shard-3-of-3.json")["shard"]["origin"],
            "Slurm task (SLURM_PROCID=2, SLURM_NTASKS=3)");
  EXPECT_EQ(merge("env/out").exit_code, 1);
  expect_like_whole("env/out");

  const std::map<std::string, std::string> two{
      {"RANK", "0"}, {"WORLD_SIZE", "3"}, {"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "3"}};
  expect_refusal(with_environment(request("two"), two), 2, {"torchrun", "Open MPI", "--shard I/N"});
  EXPECT_EQ(with_environment(shard("three", 3, 3), two).exit_code, 0) << "told, but launched";
  EXPECT_EQ(with_environment(shard("two/out", 1, 1), two).exit_code, 1);
  expect_like_whole("two/out");
}

TEST_F(Shards, ProcessesOfOneHostShareItsProcessors) {
  Words words = request("out");  // without --threads
  words.erase(words.begin() + 1, words.begin() + 3);
  const auto threads_with = [&](std::map<std::string, std::string> variables) {
    std::filesystem::remove_all(scratch / "out");
    variables.insert({{"RANK", "0"}, {"WORLD_SIZE", "7"}, {"LOCAL_WORLD_SIZE", "1000"}});
    EXPECT_EQ(with_environment(words, variables).exit_code, 0);
    return read_json(scratch / "out/run.shard-1-of-7.json")["facts"]["threads"];
  };
  EXPECT_EQ(threads_with({}), "1");
  // The user's own number counts; no libtorch takes more than there are processors.
  EXPECT_EQ(threads_with({{"OMP_NUM_THREADS", "2"}}), std::thread::hardware_concurrency() > 1 ? "2" : "1");
}

}  // namespace
}  // namespace ocellus::test
