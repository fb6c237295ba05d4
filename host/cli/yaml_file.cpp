#include "host/cli/yaml_file.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <optional>
#include <sstream>
#include <utility>

#include "host/run/data_set.hpp"

namespace ocellus::cli {
namespace {

// Where a second document begins, if one does. YAML::LoadAll would tell, but of a stray comma outside of lists it makes
// documents without end.
struct OneDocument : YAML::EventHandler {
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(begun, true) && !second) second = mark;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  bool begun = false;
  std::optional<YAML::Mark> second;
};

}  // namespace

YamlFile::YamlFile(std::filesystem::path path, std::string option)
    : path_(std::move(path)), option_(std::move(option)), root_(load()) {}

void YamlFile::refuse(const YAML::Node& at, const std::string& why) const {
  refuse(at.Mark(), why);
}

void YamlFile::refuse(const YAML::Mark& at, const std::string& why) const {
  const int line = std::max(at.line, 0) + 1;  // of an empty file, -1
  throw Error(OC_E_OPTION, fmt::format("{} {}:{}: {}", option_, path_.string(), line, why));
}

std::string YamlFile::read() const {
  try {
    return run::read_text_file(path_);
  } catch (const Error& error) {
    throw Error(OC_E_OPTION, fmt::format("{} {}", option_, error.what()));
  }
}

YAML::Node YamlFile::load() const {
  const std::string text = read();
  try {
    std::istringstream in(text);
    YAML::Parser parser(in);
    OneDocument one;
    while (parser.HandleNextDocument(one) && !one.second) {
    }
    if (one.second) refuse(*one.second, "a second document (---, or a stray comma) begins here: one file is one run");
    return YAML::Load(text);
  } catch (const YAML::Exception& error) {
    refuse(error.mark, fmt::format("this is not YAML: {}", error.msg));
  }
}

bool sets(const std::vector<std::string>& given, const std::string& option) {
  return std::any_of(given.begin(), given.end(),
                     [&](const std::string& word) { return word == option || word.starts_with(option + "="); });
}

}  // namespace ocellus::cli
