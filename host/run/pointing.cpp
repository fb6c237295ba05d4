#include "host/run/pointing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>

#include "host/store/heatmap.hpp"
#include "host/store/step_maps.hpp"

namespace ocellus::run {
namespace {

using nlohmann::ordered_json;

constexpr const char* numbers[] = {"pointing", "energy", "centre", "random"};
constexpr double PointingScore::*members[] = {&PointingScore::pointing, &PointingScore::energy, &PointingScore::centre,
                                              &PointingScore::random};

struct Point {
  double x, y;  // units of the image
};

Point centre_of(const store::Heatmap::Cell& cell) {
  return {(static_cast<double>(cell.x0) + cell.x1) / 2, (static_cast<double>(cell.y0) + cell.y1) / 2};
}

// Of the cells where `value` is largest, the share that is inside.
template <class Value>
double share_of_largest(const std::vector<bool>& inside, Value&& value) {
  double largest = -HUGE_VAL;
  size_t n = 0, hits = 0;
  for (size_t cell = 0; cell < inside.size(); ++cell) {
    const double at = value(cell);
    if (at < largest) continue;
    if (at > largest) largest = at, n = hits = 0;
    ++n;
    hits += inside[cell] ? 1 : 0;
  }
  return static_cast<double>(hits) / static_cast<double>(n);
}

PointingScore score(const store::Heatmap& map, const std::vector<bool>& inside) {
  PointingScore score;
  score.layer = map.name.layer;
  score.pointing = share_of_largest(inside, [&](size_t cell) { return static_cast<double>(map.values[cell]); });
  double sum = 0, in_object = 0;
  for (size_t cell = 0; cell < inside.size(); ++cell) {
    const double value = std::max(0.0f, map.values[cell]);
    sum += value;
    in_object += inside[cell] ? value : 0;
  }
  score.energy = sum > 0 ? in_object / sum : 0;
  // In cells, so that cells in the same distance tie exactly.
  score.centre = share_of_largest(inside, [&](size_t cell) {
    const int64_t row = static_cast<int64_t>(cell) / map.cols, col = static_cast<int64_t>(cell) % map.cols;
    const int64_t dy = 2 * row + 1 - map.rows, dx = 2 * col + 1 - map.cols;
    return -static_cast<double>(dx * dx + dy * dy);
  });
  score.random = share_of_largest(inside, [](size_t) { return 0.0; });
  return score;
}

// Which of the map's cells have their centre in one of `boxes`.
std::vector<bool> cells_inside(const store::Heatmap& map, const std::vector<Box>& boxes, const ImageSize& image) {
  std::vector<bool> inside;
  for (const store::Heatmap::Cell& cell : map.cells) {
    const Point at = centre_of(cell);
    const double x = at.x * static_cast<double>(image.width), y = at.y * static_cast<double>(image.height);
    inside.push_back(std::any_of(boxes.begin(), boxes.end(), [&](const Box& box) {
      return x >= box.x0 && x < box.x1 && y >= box.y0 && y < box.y1;
    }));
  }
  return inside;
}

struct Word {
  size_t begin, end;  // bytes
  std::string text;   // letters of English in lower case
};

// Runs of letters and digits; every character that is not ASCII counts as a letter.
std::vector<Word> words_of(std::string_view text) {
  const auto is_letter = [&](size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    return byte >= 0x80 || std::isalnum(byte) != 0;
  };
  std::vector<Word> words;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    std::string word;
    while (end < text.size() && is_letter(end))
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(text[end++])));
    if (!word.empty()) words.push_back({at, end, std::move(word)});
    at = end + 1;
  }
  return words;
}

// The boxes whose label has one of the words that bytes begin .. end-1 of the answer belong to.
std::vector<Box> boxes_named(const std::vector<Box>& boxes, const std::vector<Word>& answer, size_t begin, size_t end) {
  std::vector<Box> named;
  for (const Box& box : boxes) {
    const std::vector<Word> label = words_of(box.label);
    const bool is_named = std::any_of(answer.begin(), answer.end(), [&](const Word& word) {
      return word.begin < end && begin < word.end &&
             std::any_of(label.begin(), label.end(), [&](const Word& of) { return of.text == word.text; });
    });
    if (is_named) named.push_back(box);
  }
  return named;
}

std::vector<Box> boxes_of(int32_t image, const std::vector<Box>& boxes) {
  std::vector<Box> here;
  std::copy_if(boxes.begin(), boxes.end(), std::back_inserter(here),
               [&](const Box& box) { return box.image == image; });
  return here;
}

void append_word_scores(const store::ArtifactData& film, const std::vector<Box>& boxes,
                        const std::vector<ImageSize>& images, std::vector<PointingScore>& scores) {
  const store::StepMaps maps = store::step_maps_of(film);
  const std::vector<Word> words = words_of(maps.answer);
  for (int32_t image = 0; image < std::min(maps.n_images, static_cast<int32_t>(images.size())); ++image) {
    const std::vector<Box> here = boxes_of(image, boxes);
    for (size_t layer = 0; layer < maps.layers.size(); ++layer) {
      PointingScore mean;
      size_t n = 0;
      for (const store::AnswerStep& step : maps.steps) {
        const std::vector<Box> named = boxes_named(here, words, step.begin, step.end);
        if (named.empty()) continue;
        const store::Heatmap map = store::map_of_step(film, image, layer, step.step);
        if (map.cells.empty()) continue;
        const PointingScore of_step = score(map, cells_inside(map, named, images[static_cast<size_t>(image)]));
        ++n;
        for (const auto member : members) mean.*member += (of_step.*member - mean.*member) / static_cast<double>(n);
      }
      if (n == 0) continue;
      mean.label = film.label + ".words";
      mean.layer = maps.layers[layer];
      mean.image = image;
      scores.push_back(std::move(mean));
    }
  }
}

}  // namespace

std::vector<PointingScore> score_pointing(const std::vector<store::ArtifactData>& artifacts,
                                          const std::vector<Box>& boxes, const std::vector<ImageSize>& images) {
  std::vector<PointingScore> scores;
  for (const store::ArtifactData& artifact : artifacts) {
    if (artifact.type == "token-steps/1") append_word_scores(artifact, boxes, images, scores);
    const std::vector<Box> here = boxes_of(artifact.image, boxes);
    if (artifact.image < 0 || static_cast<size_t>(artifact.image) >= images.size() || here.empty()) continue;
    for (const store::Heatmap& map : store::heatmaps_of(artifact)) {
      if (map.cells.empty() || !map.degenerate.empty()) continue;
      scores.push_back(score(map, cells_inside(map, here, images[static_cast<size_t>(artifact.image)])));
      scores.back().label = store::label_of_map(artifact, map.name);
      scores.back().image = artifact.image;
    }
  }
  return scores;
}

std::optional<double> score_of(const std::vector<PointingScore>& scores, const store::ArtifactData& artifact,
                               size_t map, std::string_view score) {
  const auto member = std::find(std::begin(numbers), std::end(numbers), score);
  if (member == std::end(numbers) || scores.empty()) return std::nullopt;
  const store::MapName name = store::name_of_map(artifact, map);
  const std::string label = store::label_of_map(artifact, name);
  const auto found = std::find_if(scores.begin(), scores.end(), [&](const PointingScore& of) {
    return of.label == label && of.image == artifact.image && of.layer == name.layer;
  });
  if (found == scores.end()) return std::nullopt;
  return (*found).*members[member - std::begin(numbers)];
}

ordered_json pointing_record(const std::vector<PointingScore>& scores) {
  ordered_json list = ordered_json::array();
  for (const PointingScore& score : scores) {
    ordered_json entry{{"label", score.label}, {"image", score.image}};
    if (score.layer) entry["layer"] = *score.layer;
    for (size_t i = 0; i < std::size(numbers); ++i) entry[numbers[i]] = score.*members[i];
    list.push_back(std::move(entry));
  }
  return list;
}

std::vector<PointingScore> read_pointing(const ordered_json& record) {
  std::vector<PointingScore> scores;
  for (const ordered_json& entry : record) {
    PointingScore& score = scores.emplace_back();
    score.label = entry.at("label").get<std::string>();
    score.image = entry.at("image").get<int32_t>();
    if (entry.contains("layer")) score.layer = entry["layer"].get<int64_t>();
    for (size_t i = 0; i < std::size(numbers); ++i) score.*members[i] = entry.at(numbers[i]).get<double>();
  }
  return scores;
}

void PointingTable::add(const std::vector<PointingScore>& scores) {
  for (const PointingScore& score : scores) {
    auto row = std::find_if(rows_.begin(), rows_.end(), [&](const PointingMean& of) {
      return of.mean.label == score.label && of.mean.layer == score.layer;
    });
    if (row == rows_.end()) {
      rows_.emplace_back();
      row = rows_.end() - 1;
      row->mean.label = score.label;
      row->mean.layer = score.layer;
    }
    ++row->n;
    for (const auto member : members)
      row->mean.*member += (score.*member - row->mean.*member) / static_cast<double>(row->n);
  }
}

std::string pointing_csv(const std::vector<PointingMean>& rows) {
  std::string text = "label,layer,n,pointing,energy,centre,random\n";
  for (const auto& [mean, n] : rows) {
    text += fmt::format("{},{},{},{:.6f},{:.6f},{:.6f},{:.6f}\n", mean.label,
                        mean.layer ? fmt::format("{}", *mean.layer) : "", n, mean.pointing, mean.energy, mean.centre,
                        mean.random);
  }
  return text;
}

}  // namespace ocellus::run
