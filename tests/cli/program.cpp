#include "tests/cli/program.hpp"

#include <algorithm>
#include <chrono>
#include <sstream>

namespace ocellus::test {

using nlohmann::json;
namespace fs = std::filesystem;

std::string image(const std::string& name) {
  return (fixtures / "images" / name).string();
}

NpyArray expected_array(const std::string& fixture, const std::string& name) {
  return read_npz(fixtures / fixture / "expected.npz").at(name);
}

Words operator+(Words left, const Words& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

json read_json(const fs::path& file) {
  return json::parse(read_file(file));
}

json parse_lines(const std::string& text) {
  json lines = json::array();
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
  return lines;
}

std::set<std::string> files_in(const fs::path& folder) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.insert(entry.path().lexically_relative(folder).string());
  }
  return files;
}

std::map<std::string, std::string> contents_of(const fs::path& folder) {
  std::map<std::string, std::string> contents;
  for (const std::string& file : files_in(folder)) {
    if (!fs::path(file).filename().string().starts_with(".tmp-")) contents[file] = read_file(folder / file);
  }
  return contents;
}

Command Program::command(const Words& words) const {
  // What the registry learnt about plugins may be shared: it is checked against the files.
  return {Words{OCELLUS_PROGRAM} + words,
          {{"XDG_CACHE_HOME", OCELLUS_TEST_CACHE},
           {"XDG_DATA_HOME", (scratch / "data").string()},
           {"OCELLUS_PLUGIN_PATH", ""}},
          scratch.path()};
}

Outcome Program::ocellus(const Words& words) const {
  return Process(command(words)).wait(std::chrono::minutes(5));
}

Words Program::run_words(const std::string& out, const fs::path& model) const {
  return {"run", "--threads", "1", "--progress", "none", "--model", model.string(), "--out", (scratch / out).string()};
}

Outcome Program::run(const std::string& out, const Words& more) const {
  Outcome outcome =
      ocellus(run_words(out) + Words{"--image", image("landscape.png"), "--prompt", "What is in the picture?"} + more);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return outcome;
}

void expect_refusal(const Outcome& outcome, int code, const Words& words) {
  EXPECT_EQ(outcome.exit_code, code) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_THAT(outcome.err, ::testing::StartsWith("ocellus: "));
  for (const std::string& word : words) EXPECT_THAT(outcome.err, ::testing::HasSubstr(word));
  for (const char* word : {"terminate", "exception", "[json", "std::"}) {
    EXPECT_THAT(outcome.err, ::testing::Not(::testing::HasSubstr(word)));
  }
}

}  // namespace ocellus::test
