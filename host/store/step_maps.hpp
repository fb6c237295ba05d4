// The maps of a token-steps/1 artifact, and the piece of the answer that each is shown with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/store/heatmap.hpp"
#include "host/store/schema.hpp"

namespace ocellus::store {

// A step that shows a token of the answer.
struct AnswerStep {
  size_t step;        // its place on the axis of steps
  size_t token;       // its place in the answer
  size_t begin, end;  // bytes of StepMaps::answer that the token, or the character it is a part of, stands for
};

struct StepMaps {
  std::string answer;
  std::vector<AnswerStep> steps;  // without that of the stop token
  std::vector<int64_t> layers;
  int32_t n_images = 0;
};

// `artifact` is a token-steps/1 that has passed check_schema.
StepMaps step_maps_of(const ArtifactData& artifact);

// That of one step, by its place on the axis, in the layer at this place of StepMaps::layers.
Heatmap map_of_step(const ArtifactData& artifact, int32_t image, size_t layer, size_t step);

}  // namespace ocellus::store
