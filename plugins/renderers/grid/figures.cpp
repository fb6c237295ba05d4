#include "plugins/renderers/grid/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <ocellus/sdk/error.hpp>
#include <optional>
#include <utility>

namespace ocellus::grid {
namespace {

constexpr std::array<std::pair<std::string_view, By>, 7> kNames{{{"layer", By::layer},
                                                                 {"head", By::head},
                                                                 {"method", By::method},
                                                                 {"weights", By::weights},
                                                                 {"question", By::question},
                                                                 {"image", By::image},
                                                                 {"model", By::model}}};

// Equal texts, the same figure; none = the map is in no figure.
using Key = std::vector<std::string>;

// Layer and head, or whatever else a stack has.
std::string step_of(const MapFacts& map) {
  return map.layers + "/" + map.step;
}

std::optional<Key> key_of(By by, const MapFacts& map) {
  const std::string sample = fmt::format("{}", map.sample), image = fmt::format("{}", map.image);
  switch (by) {
    case By::layer:
      if (map.axis == "head") return std::nullopt;
      return Key{sample, image, map.label, map.name, map.step};
    case By::head:
      if (map.axis != "head") return std::nullopt;
      return Key{sample, image, map.label, map.name, map.layers};
    case By::weights:
      if (map.weights.empty()) return std::nullopt;
      return Key{sample, image};
    case By::method:
      return Key{sample, image};
    case By::question:
      return Key{map.run, map.model, map.picture_hash, map.label, map.name, step_of(map)};
    case By::image:
      return Key{map.run, map.model, map.question, map.label, map.name, step_of(map)};
    case By::model:
      break;
  }
  // The last layers of two models go together, whatever their numbers.
  return Key{map.picture_hash, map.question, map.label, map.name, map.axis, fmt::format("{}", map.place)};
}

// A word that may stand in the name of a file.
std::string file_word(const std::string& text) {
  constexpr size_t longest = 40;
  std::string word;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (plain) word += c;
    if (!plain && !word.empty() && word.back() != '-') word += '-';
  }
  word.resize(std::min(word.size(), longest));
  while (!word.empty() && word.back() == '-') word.pop_back();
  return word;
}

// Artifacts, by label and name in the order met, each with its maps.
using Series = std::pair<std::pair<std::string, std::string>, std::vector<size_t>>;
std::vector<Series> series_of(const std::vector<size_t>& places, const std::vector<MapFacts>& maps) {
  std::vector<Series> series;
  for (const size_t place : places) {
    const std::pair key{maps[place].label, maps[place].name};
    auto at = std::find_if(series.begin(), series.end(), [&](const Series& of) { return of.first == key; });
    if (at == series.end()) at = series.insert(series.end(), {key, {}});
    at->second.push_back(place);
  }
  return series;
}

// Methods with the same layers: a row a layer.
void lay_in_rows(Figure& figure, const std::vector<MapFacts>& maps) {
  const std::vector<Series> series = series_of(figure.maps, maps);
  const std::vector<size_t>& first = series.front().second;
  for (const auto& [name, places] : series) {
    const bool same = std::equal(first.begin(), first.end(), places.begin(), places.end(),
                                 [&](size_t a, size_t b) { return step_of(maps[a]) == step_of(maps[b]); });
    if (!same) return;
  }
  figure.maps.clear();
  figure.in_row = series.size();
  for (size_t k = 0; k < first.size(); ++k) {
    for (const auto& [name, places] : series) figure.maps.push_back(places[k]);
  }
}

// What tells figures of one label apart that the names of files do not tell apart of themselves.
std::string part_of(By by, const MapFacts& map, const std::vector<std::string>& questions) {
  const auto with = [](std::string word, const std::string& more) {
    return word + (word.empty() || more.empty() ? "" : ".") + more;
  };
  const std::string step = map.step.empty() ? "" : fmt::format("{}{}", map.axis, map.number);
  switch (by) {
    case By::layer:
      return step;
    case By::head:
      return "";
    case By::method:
      return "methods";
    case By::weights:
      return "weights";
    case By::question:
      return with(file_word(map.picture_name), step);
    case By::image: {
      const auto question = std::find(questions.begin(), questions.end(), map.question) - questions.begin();
      return with(questions.size() > 1 ? fmt::format("question{}", question) : "", step);
    }
    case By::model:
      break;
  }
  return with(file_word(map.folder), step);
}

std::vector<std::string> questions_of(const std::vector<MapFacts>& maps) {
  std::vector<std::string> questions;
  for (const MapFacts& map : maps) {
    if (std::find(questions.begin(), questions.end(), map.question) == questions.end())
      questions.push_back(map.question);
  }
  return questions;
}

}  // namespace

By by_named(std::string_view word) {
  for (const auto& [name, by] : kNames) {
    if (name == word) return by;
  }
  throw Error(OC_E_INTERNAL, fmt::format("there is no by={}", word));
}

int32_t layer_of_file(By by, const MapFacts& first) {
  return is_over_samples(by) && first.axis == "layer" ? static_cast<int32_t>(first.number) : -1;
}

std::vector<Figure> figures_of(By by, const std::vector<MapFacts>& maps, size_t per_file) {
  std::vector<Figure> whole;
  std::map<Key, size_t> places;
  for (size_t i = 0; i < maps.size(); ++i) {
    const std::optional<Key> key = key_of(by, maps[i]);
    if (!key) continue;
    const auto [at, is_new] = places.emplace(*key, whole.size());
    if (is_new) whole.emplace_back();
    whole[at->second].maps.push_back(i);
  }
  std::vector<Figure> figures;
  std::map<std::vector<std::string>, size_t> names;  // how often a name was given
  const std::vector<std::string> questions = questions_of(maps);
  for (Figure& figure : whole) {
    if (is_over_samples(by) && figure.maps.size() == 1) continue;
    if (by == By::method || by == By::weights) lay_in_rows(figure, maps);
    const MapFacts& first = maps[figure.maps.front()];
    figure.part = part_of(by, first, questions);
    const std::string image = is_over_samples(by) ? "" : fmt::format("{}", first.image);
    const std::string layer = fmt::format("{}", layer_of_file(by, first));
    const size_t earlier = names[{first.label, first.name, image, layer, figure.part}]++;
    if (earlier > 0) figure.part += fmt::format("{}{}", figure.part.empty() ? "figure" : "-", earlier + 1);
    const size_t in_row = std::max(figure.in_row, size_t{1});
    const size_t per_page = std::max(per_file / in_row, size_t{1}) * in_row;
    for (size_t begin = 0, page = 1; begin < figure.maps.size(); begin += per_page, ++page) {
      Figure& of = figures.emplace_back();
      const auto from = figure.maps.begin() + static_cast<std::ptrdiff_t>(begin);
      of.maps.assign(from, from + static_cast<std::ptrdiff_t>(std::min(per_page, figure.maps.size() - begin)));
      of.in_row = figure.in_row;
      of.part = figure.part;
      if (page > 1) of.part += fmt::format("{}page{}", of.part.empty() ? "" : ".", page);
    }
  }
  return figures;
}

}  // namespace ocellus::grid
