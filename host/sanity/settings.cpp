#include "host/sanity/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <ocellus/sdk/error.hpp>
#include <sstream>

#include "host/options/nearest.hpp"

namespace ocellus::sanity {
namespace {

constexpr std::array all{Check::weights, Check::question, Check::image};

}  // namespace

const char* name_of(Check check) {
  switch (check) {
    case Check::weights:
      return "weights";
    case Check::question:
      return "question";
    case Check::image:
      break;
  }
  return "image";
}

std::vector<Check> parse_checks(const std::string& text) {
  std::vector<std::string> words, known;
  std::istringstream parts(text);
  for (std::string word; std::getline(parts, word, ',');) words.push_back(word);
  for (const Check check : all) known.emplace_back(name_of(check));
  if (words.empty() || text.ends_with(','))
    throw Error(OC_E_OPTION, "--checks wants some of weights, question and image, with commas between");
  for (const std::string& word : words) {
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    throw Error(OC_E_OPTION, fmt::format("--checks: there is no '{}'{}", word, options::did_you_mean(word, known)));
  }
  std::vector<Check> checks;
  std::copy_if(all.begin(), all.end(), std::back_inserter(checks),
               [&](Check check) { return std::find(words.begin(), words.end(), name_of(check)) != words.end(); });
  return checks;
}

std::string text_of(const std::vector<Check>& checks) {
  std::string text;
  for (const Check check : checks) text += fmt::format("{}{}", text.empty() ? "" : ",", name_of(check));
  return text;
}

std::string folder_of(const Stage& stage) {
  return stage.check == Check::weights ? fmt::format("weights-{}", stage.layers) : name_of(stage.check);
}

std::vector<Stage> weight_stages(size_t stages, int64_t layers) {
  std::vector<Stage> made;
  for (int64_t step = 1, steps = static_cast<int64_t>(stages); step <= steps; ++step) {
    const int64_t top = (step * layers + steps - 1) / steps;
    if (top > (made.empty() ? 0 : made.back().layers)) made.push_back({Check::weights, top});
  }
  return made;
}

}  // namespace ocellus::sanity
