#include "host/faithfulness/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ocellus/sdk/error.hpp>
#include <span>
#include <utility>

#include "host/faithfulness/masking.hpp"
#include "host/store/step_maps.hpp"

namespace ocellus::faithfulness {
namespace {

// Equal maps of cells on one picture are one grid.
struct PlacedGrid {
  int32_t image;
  int64_t rows, cols;
  Grid grid;
};

bool are_equal(const std::vector<store::Heatmap::Cell>& a, const std::vector<store::Heatmap::Cell>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& left, const auto& right) {
    return left.x0 == right.x0 && left.y0 == right.y0 && left.x1 == right.x1 && left.y1 == right.y1;
  });
}

// Distinct inputs, and where the reply to each will be.
class Inputs {
 public:
  static constexpr size_t clean = 0;

  // The number of the input with these cells masked.
  size_t add(size_t grid, std::span<const uint32_t> places) {
    if (places.empty()) return clean;
    Mask mask{grid, {places.begin(), places.end()}};
    std::sort(mask.second.begin(), mask.second.end());
    const auto [at, is_new] = numbers_.emplace(std::move(mask), masks_.size() + 1);
    if (is_new) masks_.push_back(&at->first);
    return at->second;
  }

  using Mask = std::pair<size_t, std::vector<uint32_t>>;  // grid, places
  const Mask& mask(size_t number) const { return *masks_[number - 1]; }
  size_t n_altered() const { return masks_.size(); }

 private:
  std::map<Mask, size_t> numbers_;
  std::vector<const Mask*> masks_;
};

// An order of cells, and the inputs that its two curves are made of.
struct Trial {
  Source source;
  size_t grid;
  std::vector<double> x;
  std::vector<size_t> deletion, insertion;
};

Trial trial_of(Source source, size_t grid, const Order& order, size_t steps, Inputs& inputs) {
  Trial trial{source, grid, {}, {}, {}};
  for (const size_t count : masked_counts(order.size(), steps)) {
    const std::span<const uint32_t> all(order);
    trial.x.push_back(static_cast<double>(count) / static_cast<double>(std::max<size_t>(1, order.size())));
    trial.deletion.push_back(inputs.add(grid, all.first(count)));
    trial.insertion.push_back(inputs.add(grid, all.subspan(count)));
  }
  return trial;
}

// None = the answer.
using Token = std::optional<size_t>;

Curve curve_of(const Trial& trial, const std::vector<Replies>& replies, const Token& token) {
  const auto reply = [&](size_t input) -> const Reply& {
    return token ? replies[input].tokens.at(*token) : replies[input].answer;
  };
  Curve curve{trial.x, {}, {}, {}};
  for (size_t i = 0; i < trial.x.size(); ++i) {
    curve.deletion.push_back(reply(trial.deletion[i]).value);
    curve.insertion.push_back(reply(trial.insertion[i]).value);
    curve.tokens.push_back(reply(trial.deletion[i]).likeliest);
  }
  return curve;
}

// Several curves as one.
class MeanOfCurves {
 public:
  void add(Curve curve) {
    areas_.push_back(areas_of(curve));
    curves_.push_back(std::move(curve));
  }
  JudgedCurve judged(Source source, std::string label, std::optional<int64_t> layer, size_t grid) const {
    return {source, std::move(label), layer, grid, mean_of(curves_), mean_of(areas_)};
  }

 private:
  std::vector<Curve> curves_;
  std::vector<Areas> areas_;
};

// A seed for each purpose; the mixing of SplitMix64.
uint64_t seed_of(uint64_t seed, uint64_t purpose) {
  uint64_t mixed = seed + (purpose + 1) * 0x9e3779b97f4a7c15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return mixed ^ (mixed >> 31);
}

class Jury {
 public:
  Jury(const std::vector<MapOfImage>& maps, const std::vector<KnownPicture>& pictures, const Settings& settings,
       uint64_t seed)
      : maps_(maps), pictures_(pictures), settings_(settings), seed_(seed) {
    for (const MapOfImage& map : maps_) {
      const size_t grid = number_of_grid(map);
      const std::vector<double> values(map.map.values.begin(), map.map.values.end());
      of_maps_.push_back(try_order(Source::map, grid, order_by(values, ties_[grid])));
    }
    for (size_t grid = 0; grid < grids_.size(); ++grid) add_controls(grid);
  }

  Judged operator()(const Replies& clean, const Ask& ask) const {
    std::map<int32_t, media::Picture> fills;
    for (const PlacedGrid& of : grids_) {
      if (!fills.contains(of.image)) fills[of.image] = fill_of(picture(of.image), settings_.fill);
    }
    std::vector<Replies> replies = ask(inputs_.n_altered(), [&](size_t index) {
      const auto& [grid, places] = inputs_.mask(index + 1);
      const int32_t image = grids_[grid].image;
      return AlteredInput{image, masked(picture(image), fills.at(image), grids_[grid].grid, places)};
    });
    replies.insert(replies.begin(), clean);
    return verdict(replies);
  }

 private:
  const media::Picture& picture(int32_t image) const { return pictures_[static_cast<size_t>(image)].picture; }

  size_t number_of_grid(const MapOfImage& map) {
    const auto known = std::find_if(grids_.begin(), grids_.end(), [&](const PlacedGrid& of) {
      return of.image == map.image && of.rows == map.map.rows && of.cols == map.map.cols &&
             are_equal(of.grid.cells(), map.map.cells);
    });
    if (known != grids_.end()) return static_cast<size_t>(known - grids_.begin());
    const media::Picture& of = picture(map.image);
    grids_.push_back({map.image, map.map.rows, map.map.cols, Grid(map.map.cells, of.width, of.height)});
    ties_.push_back(random_order(grids_.back().grid, seed_of(seed_, 0)));
    return grids_.size() - 1;
  }

  Trial try_order(Source source, size_t grid, const Order& order) {
    return trial_of(source, grid, order, settings_.steps, inputs_);
  }

  void add_controls(size_t number) {
    const Grid& grid = grids_[number].grid;
    std::vector<Trial>& controls = controls_.emplace_back();
    for (size_t k = 1; k <= settings_.seeds; ++k)
      controls.push_back(try_order(Source::random, number, random_order(grid, seed_of(seed_, k))));
    const Order& ties = ties_[number];
    controls.push_back(try_order(Source::centre, number, order_by(nearness_to_centre(grid), ties)));
    const std::vector<Box>& boxes = pictures_[static_cast<size_t>(grids_[number].image)].boxes;
    if (!boxes.empty())
      controls.push_back(try_order(Source::oracle, number, order_by(share_in_boxes(grid, boxes), ties)));
  }

  // Maps that have one judgement: that of the answer, or those of its tokens.
  struct Group {
    std::vector<size_t> maps;   // of maps_
    std::vector<Token> tokens;  // that each of them is of
  };

  bool are_together(size_t a, size_t b) const {
    const MapOfImage &one = maps_[a], &other = maps_[b];
    return one.token && other.token && one.label == other.label && one.map.name.layer == other.map.name.layer &&
           of_maps_[a].grid == of_maps_[b].grid;
  }

  std::vector<Group> groups() const {
    std::vector<Group> groups;
    for (size_t i = 0; i < maps_.size(); ++i) {
      const auto known =
          std::find_if(groups.begin(), groups.end(), [&](const Group& of) { return are_together(of.maps.front(), i); });
      Group& group = known != groups.end() ? *known : groups.emplace_back();
      group.maps.push_back(i);
      group.tokens.push_back(maps_[i].token);
    }
    return groups;
  }

  // The controls of all maps on one grid that are judged by the same tokens.
  struct Controls {
    size_t grid;
    std::vector<Token> tokens;
    std::vector<JudgedCurve> judged;
  };

  std::vector<JudgedCurve> judged_controls(size_t grid, const std::vector<Token>& tokens, size_t number,
                                           const std::vector<Replies>& replies) const {
    std::map<Source, MeanOfCurves> means;
    for (const Trial& trial : controls_[grid]) {
      for (const Token& token : tokens) means[trial.source].add(curve_of(trial, replies, token));
    }
    std::vector<JudgedCurve> judged;
    for (const auto& [source, mean] : means) judged.push_back(mean.judged(source, source_name(source), {}, number));
    return judged;
  }

  Judged verdict(const std::vector<Replies>& replies) const {
    Judged judged;
    judged.n_inputs = inputs_.n_altered();
    std::vector<Controls> controls;
    for (const Group& group : groups()) {
      const MapOfImage& map = maps_[group.maps.front()];
      const size_t grid = of_maps_[group.maps.front()].grid;
      auto own = std::find_if(controls.begin(), controls.end(),
                              [&](const Controls& of) { return of.grid == grid && of.tokens == group.tokens; });
      const auto number = static_cast<size_t>(own - controls.begin());
      if (own == controls.end())
        own = controls.insert(own, {grid, group.tokens, judged_controls(grid, group.tokens, number, replies)});
      MeanOfCurves mean;
      for (const size_t i : group.maps) mean.add(curve_of(of_maps_[i], replies, maps_[i].token));
      const JudgedCurve curve = mean.judged(Source::map, map.label, map.map.name.layer, number);
      judged.curves[map.image].push_back(curve);
      Judgement& judgement = judged.maps.emplace_back();
      judgement.label = map.label;
      judgement.layer = map.map.name.layer;
      judgement.image = map.image;
      judgement.map = curve.areas;
      for (const JudgedCurve& control : own->judged) {
        if (control.source == Source::random) judgement.random = control.areas;
        if (control.source == Source::centre) judgement.centre = control.areas;
        if (control.source == Source::oracle) judgement.oracle = control.areas;
      }
    }
    for (const Controls& of : controls) {
      std::vector<JudgedCurve>& of_image = judged.curves[grids_[of.grid].image];
      of_image.insert(of_image.end(), of.judged.begin(), of.judged.end());
    }
    return judged;
  }

  const std::vector<MapOfImage>& maps_;
  const std::vector<KnownPicture>& pictures_;
  const Settings& settings_;
  uint64_t seed_;
  std::vector<PlacedGrid> grids_;
  std::vector<Order> ties_;                   // of each grid
  std::vector<Trial> of_maps_;                // of each map
  std::vector<std::vector<Trial>> controls_;  // of each grid
  Inputs inputs_;
};

void add_maps_of_tokens(const store::ArtifactData& artifact, std::vector<MapOfImage>& maps) {
  const store::StepMaps film = store::step_maps_of(artifact);
  for (int32_t image = 0; image < film.n_images; ++image) {
    for (size_t layer = 0; layer < film.layers.size(); ++layer) {
      for (const store::AnswerStep& step : film.steps) {
        MapOfImage map{artifact.label + ".words", image, store::map_of_step(artifact, image, layer, step.step),
                       step.token};
        if (!map.map.cells.empty()) maps.push_back(std::move(map));
      }
    }
  }
}

}  // namespace

std::vector<MapOfImage> maps_of(const std::vector<store::ArtifactData>& artifacts) {
  std::vector<MapOfImage> maps;
  for (const store::ArtifactData& artifact : artifacts) {
    if (artifact.type == "token-steps/1") add_maps_of_tokens(artifact, maps);
    if (artifact.image < 0) continue;
    for (store::Heatmap& map : store::heatmaps_of(artifact)) {
      if (map.cells.empty() || !map.degenerate.empty()) continue;
      std::string label = store::label_of_map(artifact, map.name);
      maps.push_back({std::move(label), artifact.image, std::move(map)});
    }
  }
  return maps;
}

const char* source_name(Source source) {
  switch (source) {
    case Source::random:
      return "random";
    case Source::centre:
      return "centre";
    case Source::oracle:
      return "oracle";
    case Source::map:
      break;
  }
  return "map";
}

Source source_named(std::string_view name) {
  for (const Source source : {Source::map, Source::random, Source::centre, Source::oracle}) {
    if (name == source_name(source)) return source;
  }
  throw Error(OC_E_MODEL, fmt::format("stored curves are of '{}', which nothing orders cells by", name));
}

Judged judge(const std::vector<MapOfImage>& maps, const std::vector<KnownPicture>& pictures, const Settings& settings,
             uint64_t seed, const Replies& clean, const Ask& ask) {
  return Jury(maps, pictures, settings, seed)(clean, ask);
}

Cost cost_of(const Settings& settings, bool boxes_known) {
  // The ends of both curves, nothing and everything masked, are the same for all orders.
  Cost cost;
  cost.per_map = 2 * (settings.steps - 1);
  cost.per_grid = (settings.seeds + (boxes_known ? 2 : 1)) * cost.per_map + 1;
  return cost;
}

const Judgement* find(const std::vector<Judgement>& judgements, const std::string& label,
                      const std::optional<int64_t>& layer, int32_t image) {
  const auto at = std::find_if(judgements.begin(), judgements.end(), [&](const Judgement& of) {
    return of.label == label && of.layer == layer && of.image == image;
  });
  return at == judgements.end() ? nullptr : &*at;
}

}  // namespace ocellus::faithfulness
