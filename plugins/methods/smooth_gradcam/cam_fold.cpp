#include "plugins/methods/smooth_gradcam/cam_fold.hpp"

#include <algorithm>
#include <numeric>

namespace ocellus::methods {

std::vector<ImageTokens> image_tokens(const Run& run) {
  std::vector<ImageTokens> images;
  for (const oc_grid& grid : run.grids("language")) {
    ImageTokens& image = images.emplace_back();
    image.n_cells = size_t{grid.rows} * grid.cols;
    for (const oc_segment& segment : run.segments("language")) {
      if (segment.kind != OC_SEGMENT_IMAGE || segment.image != grid.image) continue;
      for (int64_t token = segment.begin; token < segment.end; ++token) image.tokens.push_back(token);
    }
    std::sort(image.tokens.begin(), image.tokens.end());
    image.cells.assign(image.tokens.size(), -1);
    for (const oc_cell& cell : run.cells("language")) {
      if (cell.image != grid.image) continue;
      const auto at = std::lower_bound(image.tokens.begin(), image.tokens.end(), cell.token);
      if (at == image.tokens.end() || *at != cell.token)
        throw Error(OC_E_INTERNAL, "the model's layout has a cell whose token is none of its image");
      image.cells[static_cast<size_t>(at - image.tokens.begin())] =
          int64_t{cell.row} * int64_t{grid.cols} + int64_t{cell.col};
    }
  }
  return images;
}

CamFold::CamFold(CamSettings settings, std::vector<ImageTokens> images)
    : settings_(std::move(settings)), images_(std::move(images)) {
  for (size_t image = 0; image < images_.size(); ++image) {
    for (size_t place = 0; place < images_[image].tokens.size(); ++place) {
      place_of_token_[images_[image].tokens[place]] = {image, place};
    }
  }
}

uint64_t CamFold::bytes(size_t width) const {
  uint64_t held = 0;
  for (const ImageTokens& image : images_) {
    for (const CamSettings::Wanted& wanted : settings_.wanted) {
      held += DrawMean::bytes(image.n_cells) * (settings_.mean_over_sites ? 1 : wanted.sites.size());
      if (settings_.mean_over_sites) held += settings_.draws * image.n_cells * sizeof(double);
    }
    held += image.tokens.size() * (2 * width * sizeof(float) + sizeof(double));
  }
  return held;
}

void CamFold::add(int64_t site, size_t draw, const Capture& capture) {
  const std::vector<int64_t>& shape = capture.values().shape();
  const size_t n_rows = capture.rows().size();
  if (shape.size() != 3 || shape[0] != 2 || shape[1] != static_cast<int64_t>(n_rows) || shape[2] <= 0)
    throw Error(OC_E_INTERNAL, "a capture of gradients has another shape than [2, rows, width]");
  const auto width = static_cast<size_t>(shape[2]);
  const std::span<const float> flat = capture.values().flat();
  for (size_t begin = 0; begin < n_rows;) {
    // Rows of one image that follow each other.
    size_t end = begin, image = 0;
    std::vector<size_t> places;
    for (; end < n_rows; ++end) {
      const auto at = place_of_token_.find(capture.rows()[end]);
      if (at == place_of_token_.end()) throw Error(OC_E_INTERNAL, "a capture has a row that is no token of an image");
      if (end > begin && at->second.first != image) break;
      image = at->second.first;
      places.push_back(at->second.second);
    }
    const size_t n = (end - begin) * width;
    add_rows(site, draw, image, {flat.subspan(begin * width, n), flat.subspan((n_rows + begin) * width, n), width},
             places);
    begin = end;
  }
}

void CamFold::add_rows(int64_t site, size_t draw, size_t image, const TokenGradients& rows,
                       std::span<const size_t> places) {
  const size_t n_tokens = images_[image].tokens.size();
  if (places.size() == n_tokens) return fold(site, draw, image, rows, places);
  const std::tuple key{site, draw, image};
  Rows& waiting = waiting_[key];
  waiting.activation.insert(waiting.activation.end(), rows.activation.begin(), rows.activation.end());
  waiting.gradient.insert(waiting.gradient.end(), rows.gradient.begin(), rows.gradient.end());
  waiting.places.insert(waiting.places.end(), places.begin(), places.end());
  if (waiting.places.size() < n_tokens) return;
  fold(site, draw, image, {waiting.activation, waiting.gradient, rows.width}, waiting.places);
  waiting_.erase(key);
}

void CamFold::fold(int64_t site, size_t draw, size_t image, const TokenGradients& rows,
                   std::span<const size_t> places) {
  const ImageTokens& of = images_[image];
  const bool has_gradient =
      std::any_of(rows.gradient.begin(), rows.gradient.end(), [](float value) { return value != 0.0f; });
  for (size_t index = 0; index < settings_.wanted.size(); ++index) {
    const CamSettings::Wanted& wanted = settings_.wanted[index];
    if (std::find(wanted.sites.begin(), wanted.sites.end(), site) == wanted.sites.end()) continue;
    const ActivationMap found = activation_map(wanted.weighting, rows, settings_.grad_relu);
    std::vector<double> map(of.n_cells, 0.0);
    for (size_t row = 0; row < places.size(); ++row) {
      if (const int64_t cell = of.cells[places[row]]; cell >= 0) map[static_cast<size_t>(cell)] = found.values[row];
    }
    const double largest = normalise(map, settings_.threshold);
    SiteFacts& facts = facts_[{index, site, image}];
    facts.maxima.resize(settings_.draws, 0.0f);
    facts.maxima.at(draw) = static_cast<float>(largest);
    facts.has_gradient |= has_gradient;
    if (found.largest_terms > 0) facts.cancelled = std::max(facts.cancelled, largest / found.largest_terms);
    if (!settings_.mean_over_sites) {
      maps_[{index, site, image}].add(map);
      continue;
    }
    Partial& partial = partial_[{index, draw, image}];
    partial.sum.resize(of.n_cells, 0.0);
    for (size_t cell = 0; cell < of.n_cells; ++cell) partial.sum[cell] += map[cell];
    if (++partial.sites < wanted.sites.size()) continue;
    for (double& value : partial.sum) value /= static_cast<double>(wanted.sites.size());
    maps_[{index, all_sites, image}].add(partial.sum);
    partial_.erase({index, draw, image});
  }
}

const DrawMean& CamFold::map(size_t wanted, int64_t site, size_t image) const {
  const auto at = maps_.find({wanted, site, image});
  if (at == maps_.end() || at->second.draws() != settings_.draws)
    throw Error(OC_E_INTERNAL, "the model delivered fewer gradients than it was asked for");
  return at->second;
}

const SiteFacts& CamFold::facts(size_t wanted, int64_t site, size_t image) const {
  const auto at = facts_.find({wanted, site, image});
  if (at == facts_.end()) throw Error(OC_E_INTERNAL, "the model delivered fewer gradients than it was asked for");
  return at->second;
}

}  // namespace ocellus::methods
