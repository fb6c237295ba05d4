// token-steps/1 as a film reads it: what was written, token by token, and what each step looked at.
#pragma once

#include <cstdint>
#include <ocellus/sdk/run.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plugins/renderers/common/map_sampler.hpp"

namespace ocellus::mp4 {

// Tokens that stand for one piece of text: one, or those that share a character, or those of one image.
struct Unit {
  size_t begin = 0, end = 0;  // bytes of the text
  int64_t image = -1;         // whose tokens they are; -1 = none
};

struct Step {
  size_t unit = 0;  // of the token that it shows
  std::optional<float> log_probability{};
};

struct ImageSteps {
  int32_t image = 0;
  int rows = 0, columns = 0;
  drawing::Extent extent{};       // of all cells in the picture
  std::span<const float> values;  // [layers, stored steps, rows, columns]
};

// Borrows the artifact's arrays.
class StoredSteps {
 public:
  // Throws OC_E_INTERNAL for arrays that contradict each other.
  explicit StoredSteps(const ArtifactView& artifact);

  const std::string& text() const { return text_; }
  std::span<const Unit> units() const { return units_; }
  size_t first_of_answer() const { return first_of_answer_; }  // a unit; units().size() of an empty answer
  std::span<const int64_t> layers() const { return layers_; }
  // Those whose token has a text: without the one that shows the stop token.
  std::span<const Step> steps() const { return steps_; }
  std::span<const ImageSteps> images() const { return images_; }
  // The row shown is the one that read the token, not the one that produced it.
  bool is_upstream() const { return is_upstream_; }

  // Attention to each unit, summed over its tokens: [units]. `layer` counts in layers().
  std::vector<float> unit_weights(size_t layer, size_t step) const;
  // Attention to the cells of images()[image]: [rows, columns].
  std::span<const float> cell_weights(size_t layer, size_t step, size_t image) const;

 private:
  std::string text_;
  std::vector<Unit> units_;
  std::vector<int64_t> group_;  // [tokens]
  size_t first_of_answer_ = 0;
  std::vector<int64_t> layers_;
  size_t n_stored_ = 0;
  std::vector<Step> steps_;
  std::span<const float> weights_;  // [layers, stored steps, tokens]
  std::vector<ImageSteps> images_;
  bool is_upstream_ = false;
};

}  // namespace ocellus::mp4
