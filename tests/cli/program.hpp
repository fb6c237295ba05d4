// The built program, started with a scratch folder for everything it writes.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/support/npz.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"

namespace ocellus::test {

using Words = std::vector<std::string>;

inline const std::filesystem::path source_dir = OCELLUS_SOURCE_DIR;
inline const std::filesystem::path fixtures = std::filesystem::path(OCELLUS_TEST_DATA) / "qwen2_5_vl";
inline const std::filesystem::path base_model = fixtures / "base/model";

// tests/data/qwen2_5_vl/images/NAME
std::string image(const std::string& name);

// What transformers computed for a case: an array of its expected.npz.
NpyArray expected_array(const std::string& fixture, const std::string& name);

Words operator+(Words left, const Words& right);

nlohmann::json read_json(const std::filesystem::path& file);
nlohmann::json parse_lines(const std::string& text);  // JSON Lines, as an array

// The files under `folder` as relative paths.
std::set<std::string> files_in(const std::filesystem::path& folder);

// Their contents. Temporary files (`.tmp-…`) are nobody's result and left out.
std::map<std::string, std::string> contents_of(const std::filesystem::path& folder);

class Program : public ::testing::Test {
 protected:
  // Started in the scratch folder, with the user's folders of plugins and caches elsewhere.
  Command command(const Words& words) const;
  Outcome ocellus(const Words& words) const;

  // `ocellus run` of `model` on one thread and without progress, into scratch/NAME.
  Words run_words(const std::string& out, const std::filesystem::path& model = base_model) const;
  // The same about landscape.png, run; it has to succeed.
  Outcome run(const std::string& out, const Words& more) const;

  std::filesystem::path sample(const std::string& out, const std::string& id) const {
    return scratch / out / "samples" / id;
  }

  TemporaryFolder scratch;
};

// The program ended with `code` and one sentence on stderr that holds all of `words`, and printed no result.
void expect_refusal(const Outcome& outcome, int code, const Words& words);

}  // namespace ocellus::test
