// One YAML document that stands for words of the command line.
#pragma once

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <string>
#include <vector>

namespace ocellus::cli {

class YamlFile {
 public:
  // `option` is the one that names the file. Throws Error(OC_E_OPTION) with file:line for what is no YAML, and for more
  // than one document.
  YamlFile(std::filesystem::path path, std::string option);

  const std::filesystem::path& path() const { return path_; }
  const YAML::Node& root() const { return root_; }

  // Throws Error(OC_E_OPTION): "--config run.yaml:3: why".
  [[noreturn]] void refuse(const YAML::Node& at, const std::string& why) const;

 private:
  [[noreturn]] void refuse(const YAML::Mark& at, const std::string& why) const;
  std::string read() const;
  YAML::Node load() const;

  std::filesystem::path path_;
  std::string option_;
  YAML::Node root_;
};

// Whether the words `given` of a command line set `option` ("--method").
bool sets(const std::vector<std::string>& given, const std::string& option);

}  // namespace ocellus::cli
