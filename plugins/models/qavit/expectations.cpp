#include "plugins/models/qavit/expectations.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <map>
#include <ocellus/sdk/error.hpp>
#include <sstream>
#include <vector>

namespace ocellus::qavit {
namespace {

std::map<std::string, double> numbers_of(const TowerConfig& config) {
  const models::ClipVisionConfig& vision = config.vision;
  const auto number = [](int64_t value) { return static_cast<double>(value); };
  return {{"hidden_size", number(vision.hidden_size)},        {"intermediate_size", number(vision.intermediate_size)},
          {"num_hidden_layers", number(vision.layers)},       {"num_attention_heads", number(vision.heads)},
          {"num_channels", number(vision.channels)},          {"image_size", number(vision.image_size)},
          {"patch_size", number(vision.patch_size)},          {"layer_norm_eps", vision.layer_norm_eps},
          {"instruction_dim", number(config.instruction_dim)}};
}

[[noreturn]] void refuse(const std::string& name, const std::string& value, const std::string& found,
                         const std::filesystem::path& folder) {
  throw Error(OC_E_MODEL,
              fmt::format("{}: {} is {} and not {} as expected: it is another model (--adapter qavit expects nothing)",
                          folder.string(), name, found, value));
}

}  // namespace

void expect(const TowerConfig& config, const std::string& expected, const std::filesystem::path& folder) {
  const std::map<std::string, double> numbers = numbers_of(config);
  std::istringstream words(expected);
  for (std::string word; words >> word;) {
    const size_t sign = word.find('=');
    const std::string name = word.substr(0, sign), value = sign == word.npos ? "" : word.substr(sign + 1);
    if (name == "integration_point") {
      const std::string found = name_of(config.integration_point);
      if (value != found) refuse(name, value, found, folder);
      continue;
    }
    const auto known = numbers.find(name);
    if (known == numbers.end()) {
      std::vector<std::string> names{"integration_point"};
      for (const auto& [other, number] : numbers) names.push_back(other);
      throw Error(OC_E_OPTION, fmt::format("expects: there is no '{}'; there are: {}", name, fmt::join(names, ", ")));
    }
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size())
      throw Error(OC_E_OPTION, fmt::format("expects: {} is a number, not '{}'", name, value));
    if (number != known->second) refuse(name, value, fmt::format("{}", known->second), folder);
  }
}

}  // namespace ocellus::qavit
