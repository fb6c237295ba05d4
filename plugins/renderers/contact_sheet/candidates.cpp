#include "plugins/renderers/contact_sheet/candidates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "plugins/renderers/common/maps/captions.hpp"

namespace ocellus::contact_sheet {
namespace {

// The place of the candidate's picture: in a pair of query and candidate as recorded, else the first.
int32_t image_of(const Run& sample) {
  const std::string digits = sample.text("fact.candidate_image");
  int32_t image = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), image);
  return image;
}

// The numbers of `order`, such as "floored -entropy": a minus says that smaller is better.
void put_order(Candidate& candidate, const ArtifactView& scores) {
  candidate.numbers.emplace_back("score", scores.number("score"));
  std::istringstream names(scores.text("order"));
  for (std::string name; names >> name;) {
    const bool is_small_better = name.starts_with('-');
    if (is_small_better) name.erase(0, 1);
    const double value = scores.number(name.c_str());
    candidate.keys.push_back(is_small_better ? value : -value);
    if (name != "score") candidate.numbers.emplace_back(name, value);
  }
}

CandidateMap describe(const Run& sample, const ArtifactView& artifact, const maps::StoredMap& map, size_t index) {
  CandidateMap made;
  made.artifact = index;
  made.place = map.place;
  made.label = artifact.label();
  made.name = sample.name_of(artifact);
  made.layers = map.layers;
  made.step = map.step;
  made.file_layer = map.file_layer;
  made.degenerate = map.degenerate;
  made.facts = maps::facts_of(artifact, map);
  if (map.degenerate.empty()) made.range = drawing::value_range(map.map);
  return made;
}

Candidate describe(const Run& sample, const ArtifactView& scores) {
  Candidate candidate;
  candidate.run = sample.source_of(scores, "run");
  candidate.model = sample.source_of(scores, "model");
  candidate.label = scores.label();
  const bool is_pair = !sample.text("fact.candidate_index").empty();
  candidate.question = sample.text(is_pair ? "fact.query_text" : "question");
  candidate.query = is_pair ? sample.text("fact.query") : candidate.question;
  candidate.image = image_of(sample);
  candidate.file = sample.text(fmt::format("image.{}", candidate.image).c_str());
  const oc_image picture = sample.picture(candidate.image);
  candidate.width = static_cast<int>(picture.width);
  candidate.height = static_cast<int>(picture.height);
  put_order(candidate, scores);
  return candidate;
}

}  // namespace

std::vector<Candidate> candidates_of(const Run& run) {
  std::vector<Candidate> candidates;
  for (size_t index = 0; index < run.n_samples(); ++index) {
    run.with_sample(index, [&](const Run& sample, const std::vector<ArtifactView>& artifacts) {
      for (size_t k = 0; k < artifacts.size(); ++k) {
        if (artifacts[k].type() != "scores/1") continue;
        Candidate& candidate = candidates.emplace_back(describe(sample, artifacts[k]));
        candidate.sample = index;
        candidate.artifact = k;
        for (size_t of = 0; of < artifacts.size(); ++of) {
          if (artifacts[of].type() == "scores/1" || artifacts[of].image() != candidate.image) continue;
          for (const maps::StoredMap& map : maps::maps_of(artifacts[of]))
            candidate.maps.push_back(describe(sample, artifacts[of], map, of));
        }
      }
    });
  }
  return candidates;
}

}  // namespace ocellus::contact_sheet
