#include "plugins/renderers/grid/titles.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "plugins/renderers/common/maps/captions.hpp"
#include "plugins/renderers/common/text_block.hpp"

namespace ocellus::grid {
namespace {

constexpr size_t kLongestQuestion = 30;  // characters

std::string capital(std::string words) {
  if (!words.empty() && words.front() >= 'a' && words.front() <= 'z')
    words.front() = static_cast<char>(words.front() - 32);
  return words;
}

// Of the model, and of the run where two runs of one model are shown.
std::string model_name(const MapFacts& map, const std::vector<MapFacts>& all) {
  const auto other = [&](const MapFacts& of) { return of.model == map.model && of.run != map.run; };
  return std::any_of(all.begin(), all.end(), other) ? fmt::format("{} ({})", map.model, map.run) : map.model;
}

template <class Member>
bool is_common(const std::vector<MapFacts>& all, Member member) {
  return std::all_of(all.begin(), all.end(), [&](const MapFacts& map) { return map.*member == all.front().*member; });
}

}  // namespace

std::string title_of_cell(By by, const MapFacts& map, const std::vector<MapFacts>& all) {
  std::vector<std::string> words;
  switch (by) {
    case By::layer:
      return map.layers.empty() ? map.label : capital(map.layers);
    case By::head:
      return capital(map.step);
    case By::method:
      words = {map.label};
      if (!map.name.empty()) words.push_back(map.name);
      break;
    case By::weights:
      words = {map.weights};
      break;
    case By::question:
      return map.question.empty() ? map.folder : drawing::shortened(map.question, kLongestQuestion);
    case By::image:
      return map.picture_name.empty() ? fmt::format("image {}", map.image)
                                      : drawing::shortened(map.picture_name, kLongestQuestion);
    case By::model:
      words = {model_name(map, all)};
      break;
  }
  for (const std::string& word : {map.layers, map.step}) {
    if (!word.empty()) words.push_back(word);
  }
  return maps::joined_facts(words);
}

std::vector<std::string> cut_questions(By by, const std::vector<MapFacts>& all) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; by == By::question && i < all.size(); ++i) {
    if (drawing::shortened(all[i].question, kLongestQuestion) == drawing::printable(all[i].question)) continue;
    lines.push_back(maps::marked(fmt::format("question {}", i + 1), all[i].question));
  }
  return lines;
}

std::vector<std::string> titles_of_figure(By by, const Run& sample, const MapFacts& first) {
  if (by == By::question) return {first.picture_name};
  if (by == By::image || by == By::model) return maps::question_of(sample);
  return maps::title_of(sample);
}

std::string subtitle_of_figure(By by, const std::vector<MapFacts>& all) {
  const MapFacts& first = all.front();
  std::vector<std::string> facts;
  if (is_common(all, &MapFacts::label)) facts.push_back(first.label);
  if (is_over_samples(by) && is_common(all, &MapFacts::model) && !first.model.empty()) facts.push_back(first.model);
  if (by == By::model && !first.picture_name.empty()) facts.push_back(first.picture_name);
  for (const std::string& fact : first.method_facts) {
    const auto has = [&](const MapFacts& map) {
      return std::find(map.method_facts.begin(), map.method_facts.end(), fact) != map.method_facts.end();
    };
    if (!std::all_of(all.begin(), all.end(), has)) continue;
    // Of one map alone nothing differs; its title says this already.
    const bool is_title = (by == By::layer && fact == first.layers) || (by == By::head && fact == first.step);
    if (!is_title) facts.push_back(fact);
  }
  return maps::joined_facts(facts);
}

}  // namespace ocellus::grid
